package io.tenure.audit.query;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import io.tenure.audit.AuditTest;
import io.tenure.audit.LogTable;
import io.tenure.audit.Sample;
import io.tenure.audit.log.Sequencer;
import io.tenure.kit.Ids;
import io.tenure.kit.access.Roles;
import io.tenure.kit.testing.TestTokens;
import io.tenure.verifier.offline.OfflineVerifier;
import io.tenure.verifier.tree.Merkle;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@AuditTest
class EventResourceTest {

    /** A UUIDv7 of the year 2025, whose event would have been logged long ago. */
    private static final String OLD_ID = "01950000-0000-7000-8000-000000000000";

    private final UUID tenant = Ids.next();

    @Inject
    Sequencer sequencer;

    @Inject
    LogTable log;

    @Test
    void everyEntryOfTheLogIsProvenToWhoeverHasTheLogsKey() {
        append(Sample.several(300, tenant));
        String vkey = RestAssured.get("/log/vkey").asString();
        List<String> ids = new ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            JsonPath page = auditor()
                    .queryParam("limit", 200)
                    .queryParams(cursor.isEmpty() ? Map.of() : Map.of("cursor", cursor))
                    .get("/v1/events")
                    .then()
                    .statusCode(200)
                    .extract()
                    .jsonPath();
            ids.addAll(page.getList("items.id", String.class));
            cursor = page.getString("next");
        }
        assertTrue(ids.size() >= log.size());
        for (String id : ids) {
            byte[] proof = auditor()
                    .get("/v1/events/" + id + "/proof")
                    .then()
                    .statusCode(200)
                    .extract()
                    .asByteArray();
            OfflineVerifier.Report report = OfflineVerifier.document(proof, Optional.of(vkey), Optional.empty());
            assertTrue(report.ok(), () -> id + " " + report.findings());
        }
    }

    @Test
    void anEventIsReturnedByteForByte() {
        Sample sample = Sample.of(tenant, Ids.next());
        append(List.of(sample));
        byte[] body = auditor()
                .get("/v1/events/" + sample.id())
                .then()
                .statusCode(200)
                .header("Content-Type", containsString("application/cloudevents+json"))
                .extract()
                .asByteArray();
        assertArrayEquals(sample.bytes(), body);
    }

    @Test
    void theListSaysWhereAnEventIs() {
        UUID termination = Ids.next();
        Sample sample = Sample.of(tenant, termination);
        append(List.of(Sample.of(tenant), sample, Sample.of(Ids.next(), termination)));

        auditor()
                .queryParam("tenantId", tenant)
                .queryParam("correlationId", termination)
                .queryParam("type", Sample.TYPE)
                .get("/v1/events")
                .then()
                .statusCode(200)
                .body("items", hasSize(1))
                .body("items[0].id", equalTo(sample.id().toString()))
                .body("items[0].type", equalTo(Sample.TYPE))
                .body("items[0].tenantId", equalTo(tenant.toString()))
                .body("items[0].correlationId", equalTo(termination.toString()))
                .body("items[0].source", equalTo("/tenure/provisioning"))
                .body("items[0].time", equalTo("2026-11-01T10:15:30.123456Z"))
                .body("items[0].leafHash", equalTo(HexFormat.of().formatHex(Merkle.hashLeaf(sample.bytes()))))
                .body("next", nullValue());
        auditor()
                .queryParam("correlationId", termination)
                .get("/v1/events")
                .then()
                .body("items", hasSize(2));
        auditor()
                .queryParam("tenantId", tenant)
                .queryParam("type", "io.tenure.Nothing")
                .get("/v1/events")
                .then()
                .body("items", hasSize(0));
    }

    @Test
    void pagesFollowOneAnotherWithoutGapOrRepetition() {
        List<Sample> samples = Sample.several(25, tenant);
        append(samples);
        List<String> seen = new ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            JsonPath page = auditor()
                    .queryParam("tenantId", tenant)
                    .queryParam("limit", 10)
                    .queryParams(cursor.isEmpty() ? Map.of() : Map.of("cursor", cursor))
                    .get("/v1/events")
                    .jsonPath();
            seen.addAll(page.getList("items.id", String.class));
            cursor = page.getString("next");
        }
        assertEquals(samples.stream().map(sample -> sample.id().toString()).toList(), seen);
    }

    @Test
    void aTenantsAdministratorSeesThatTenantOnly() {
        UUID other = Ids.next();
        Sample mine = Sample.of(tenant);
        Sample theirs = Sample.of(other);
        append(List.of(mine, theirs));

        RequestSpecification me = as(TestTokens.ofTenant("audit", tenant));
        me.get("/v1/events")
                .then()
                .statusCode(200)
                .body("items.id", contains(mine.id().toString()));
        me.queryParam("tenantId", tenant)
                .get("/v1/events")
                .then()
                .body("items.tenantId", everyItem(equalTo(tenant.toString())));
        as(TestTokens.ofTenant("audit", tenant))
                .queryParam("tenantId", other)
                .get("/v1/events")
                .then()
                .statusCode(404)
                .body("type", equalTo("urn:tenure:problem:not-found"));
        for (String path : List.of("", "/proof")) {
            as(TestTokens.ofTenant("audit", tenant))
                    .get("/v1/events/" + mine.id() + path)
                    .then()
                    .statusCode(200);
        }
        as(TestTokens.ofTenant("audit", tenant))
                .get("/v1/events/" + theirs.id())
                .then()
                .statusCode(404);
    }

    @Test
    void anotherTenantsEventAnswersExactlyAsOneThatDoesNotExist() {
        Sample theirs = Sample.of(Ids.next());
        append(List.of(theirs));
        for (String path : List.of("", "/proof")) {
            JsonPath hidden = answer("/v1/events/" + theirs.id() + path);
            JsonPath absent = answer("/v1/events/" + Ids.next() + path);
            for (String member : List.of("type", "title", "status", "detail")) {
                assertEquals(absent.getString(member), hidden.getString(member));
            }
        }
    }

    @Test
    void anEventNobodyHasSeenIsNotYetThereOrNotThereAtAll() {
        auditor()
                .get("/v1/events/" + Ids.next() + "/proof")
                .then()
                .statusCode(409)
                .header("Retry-After", "1")
                .body("type", equalTo("urn:tenure:problem:not-yet-sequenced"));
        for (String id : List.of(OLD_ID, "3f2b8e1c-6a5d-4f7e-9c1b-2d3e4f5a6b7c")) {
            auditor()
                    .get("/v1/events/" + id + "/proof")
                    .then()
                    .statusCode(404)
                    .body("type", equalTo("urn:tenure:problem:not-found"));
        }
        auditor().get("/v1/events/" + OLD_ID).then().statusCode(404);
    }

    @ParameterizedTest
    @CsvSource({
        "auditor,200,200,200",
        "csp-admin,200,200,200",
        "account-manager,403,403,200",
        "csp-operator,403,403,403",
        "service,403,403,403"
    })
    void eachOperationIsForItsRoles(String role, int list, int event, int proof) {
        Sample sample = Sample.of(tenant);
        append(List.of(sample));
        String token = TestTokens.of("audit", role);
        as(token).get("/v1/events").then().statusCode(list);
        as(token).get("/v1/events/" + sample.id()).then().statusCode(event);
        as(token).get("/v1/events/" + sample.id() + "/proof").then().statusCode(proof);
    }

    @Test
    void nobodyWithoutAGoodTokenSeesAnything() {
        for (String path : List.of("/v1/events", "/v1/events/" + OLD_ID, "/v1/events/" + OLD_ID + "/proof")) {
            RestAssured.get(path).then().statusCode(401).contentType("application/problem+json");
            as(TestTokens.expired("audit", Roles.AUDITOR)).get(path).then().statusCode(401);
            as(TestTokens.forAudience("lifecycle", Roles.AUDITOR))
                    .get(path)
                    .then()
                    .statusCode(401);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/events/nonsense, malformed-id",
        "/v1/events/1-1-1-1-1/proof, malformed-id",
        "/v1/events?tenantId=x, malformed-id",
        "/v1/events?limit=0, invalid-request",
        "/v1/events?limit=201, invalid-request",
        "/v1/events?cursor=-1, invalid-request",
        "/v1/events?cursor=01, invalid-request",
        "/v1/events?cursor=9223372036854775808, invalid-request",
        "/v1/events?cursor=%27, invalid-request"
    })
    void malformedParametersAreRefused(String path, String problem) {
        auditor()
                .urlEncodingEnabled(false)
                .get(path)
                .then()
                .statusCode(400)
                .body("type", equalTo("urn:tenure:problem:" + problem));
    }

    private JsonPath answer(String path) {
        return new JsonPath(as(TestTokens.ofTenant("audit", tenant)).get(path).asString());
    }

    private void append(List<Sample> samples) {
        sequencer.append(samples.stream().map(Sample::entry).toList()).await().atMost(Duration.ofSeconds(30));
    }

    private static RequestSpecification auditor() {
        return as(TestTokens.of("audit", Roles.AUDITOR));
    }

    private static RequestSpecification as(String token) {
        return RestAssured.given().auth().oauth2(token);
    }
}
