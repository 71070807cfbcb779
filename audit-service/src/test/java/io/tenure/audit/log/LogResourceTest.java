package io.tenure.audit.log;

import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.tenure.audit.AuditTest;
import io.tenure.audit.LogTable;
import io.tenure.audit.Sample;
import io.tenure.kit.Ids;
import io.tenure.kit.access.Roles;
import io.tenure.kit.testing.TestTokens;
import io.tenure.verifier.note.Checkpoint;
import io.tenure.verifier.note.NoteVerifier;
import io.tenure.verifier.tree.EntryBundle;
import io.tenure.verifier.tree.Proofs;
import io.tenure.verifier.tree.Tile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a reader can see with only the public paths. */
@AuditTest
class LogResourceTest {

    @Inject
    Sequencer sequencer;

    @Inject
    LogTable log;

    @BeforeEach
    void aFullTileAndAPartialOne() {
        int missing = (int) Math.max(1, 300 - log.size());
        sequencer
                .append(Sample.several(missing, Ids.next()).stream()
                        .map(Sample::entry)
                        .toList())
                .await()
                .atMost(Duration.ofSeconds(30));
    }

    @Test
    void theTreeIsRebuiltFromItsTilesAlone() {
        Checkpoint head = checkpoint();
        assertEquals(log.size(), head.size());
        byte[] root =
                Proofs.root(head.size(), tile -> get("/log/tile/" + tile.path()).asByteArray());
        assertArrayEquals(head.root(), root);
    }

    @Test
    void theEntriesHashToTheLeaves() {
        Checkpoint head = checkpoint();
        List<byte[]> entries = new ArrayList<>();
        for (long first = 0; first < head.size(); first += 256) {
            EntryBundle bundle = new EntryBundle(first / 256, (int) Math.min(256, head.size() - first));
            byte[] body = auditor()
                    .get("/log/tile/" + bundle.path())
                    .then()
                    .statusCode(200)
                    .header("Content-Type", "application/octet-stream")
                    .header("Cache-Control", "private, max-age=31536000, immutable")
                    .extract()
                    .asByteArray();
            entries.addAll(EntryBundle.decode(body));
        }
        assertArrayEquals(head.root(), LogTable.roots(entries).getLast());
    }

    @Test
    void contentTypesAndCachingAsTheSpecificationHasThem() {
        get("/log/checkpoint")
                .then()
                .header("Content-Type", equalTo("text/plain;charset=utf-8"))
                .header("Cache-Control", "no-cache");
        get("/log/vkey").then().header("Content-Type", equalTo("text/plain;charset=utf-8"));
        get("/log/tile/0/000")
                .then()
                .header("Content-Type", "application/octet-stream")
                .header("Cache-Control", "public, max-age=31536000, immutable");
        assertEquals(8192, get("/log/tile/0/000").asByteArray().length);
    }

    @Test
    void aPartialTileOfAnOlderTreeIsTheBeginningOfTheFullOne() {
        byte[] full = get("/log/tile/0/000").asByteArray();
        assertArrayEquals(
                Arrays.copyOf(full, 7 * 32), get("/log/tile/0/000.p/7").asByteArray());
        Tile edge = Tile.within(log.size(), 1, 0);
        assertEquals(32, get("/log/tile/" + new Tile(1, 0, 1).path()).asByteArray().length);
        assertEquals(edge.width() * 32, get("/log/tile/" + edge.path()).asByteArray().length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/log/tile/0/999",
                "/log/tile/0/x999/999",
                "/log/tile/1/000",
                "/log/tile/9/000",
                "/log/tile/63/000.p/1",
                "/log/tile/64/000",
                "/log/tile/999999999999999999999/000",
                "/log/tile/00/000",
                "/log/tile/0/0",
                "/log/tile/0/000.p/0",
                "/log/tile/0/000.p/256",
                "/log/tile/0/000.p/07",
                "/log/tile/0/000/000",
                "/log/tile/0/x000/000",
                "/log/tile/0/abc",
                "/log/tile/leaves/000",
                "/log/nothing"
            })
    void whatTheTreeDoesNotHaveIsNotFound(String path) {
        RestAssured.get(path).then().statusCode(404).body("type", equalTo("urn:tenure:problem:not-found"));
    }

    @Test
    void entriesAreForAuditorsAndAdministratorsOnly() {
        String path = "/log/tile/entries/000";
        RestAssured.get(path).then().statusCode(401);
        for (String role : List.of(Roles.CSP_OPERATOR, Roles.ACCOUNT_MANAGER, Roles.SERVICE)) {
            as(TestTokens.of("audit", role)).get(path).then().statusCode(403);
        }
        as(TestTokens.ofTenant("audit", Ids.next())).get(path).then().statusCode(403);
        as(TestTokens.of("audit", Roles.CSP_ADMIN)).get(path).then().statusCode(200);
        auditor().get(path).then().statusCode(200);
        auditor().get("/log/tile/entries/999").then().statusCode(404);
        auditor().get("/log/tile/entries/0").then().statusCode(404);
        as(TestTokens.expired("audit", Roles.AUDITOR)).get(path).then().statusCode(401);
        as(TestTokens.forAudience("lifecycle", Roles.AUDITOR)).get(path).then().statusCode(401);
    }

    @Test
    void entryBundlesAreCompressedForThoseWhoAsk() {
        auditor()
                .header("Accept-Encoding", "gzip")
                .get("/log/tile/entries/000")
                .then()
                .statusCode(200)
                .header("Content-Encoding", containsString("gzip"));
    }

    private static Checkpoint checkpoint() {
        NoteVerifier key = NoteVerifier.parse(get("/log/vkey").asString());
        return Checkpoint.open(get("/log/checkpoint").asString(), key);
    }

    private static Response get(String path) {
        return RestAssured.get(path).then().statusCode(200).extract().response();
    }

    private static RequestSpecification auditor() {
        return as(TestTokens.of("audit", Roles.AUDITOR));
    }

    private static RequestSpecification as(String token) {
        return RestAssured.given().auth().oauth2(token);
    }
}
