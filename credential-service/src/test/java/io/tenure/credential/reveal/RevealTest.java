package io.tenure.credential.reveal;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.vertx.VertxContextSupport;
import io.tenure.credential.CredentialTest;
import io.tenure.credential.Database;
import io.tenure.credential.Tenant;
import io.tenure.credential.temporary.Credentials;
import io.tenure.events.AdministrativeActionPerformed;
import io.tenure.events.CredentialFact.CredentialHandedOver;
import io.tenure.events.CredentialFact.CredentialReplayAttempted;
import io.tenure.events.CredentialFact.RefusalReason;
import io.tenure.events.CredentialFact.RevealLinkCreated;
import io.tenure.kit.testing.MovableClock;
import io.tenure.kit.testing.TestTokens;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@CredentialTest
class RevealTest {

    @Inject
    MovableClock clock;

    @Inject
    Credentials credentials;

    private Tenant tenant;
    private UUID vm;

    @BeforeEach
    void aCredentialWaits() {
        tenant = Tenant.created();
        vm = tenant.newVm();
    }

    @AfterEach
    void now() {
        clock.reset();
    }

    @Test
    void showsOnceAndErases() {
        Tenant.requestLink(tenant.administrator, vm)
                .statusCode(201)
                .header("Cache-Control", equalTo("no-store"))
                .body("linkId", notNullValue())
                .body("url", matchesPattern("http://127\\.0\\.0\\.1:8083/reveal#[A-Za-z0-9_-]{43}"))
                .body("expiresAt", notNullValue());
        String token = tenant.link(vm);

        Tenant.redeem(token)
                .statusCode(200)
                .header("Cache-Control", equalTo("no-store"))
                .body("username", equalTo("vmadmin"))
                .body("secret", matchesPattern("([2-9A-Za-z]{6}-){3}[2-9A-Za-z]{6}"))
                .body("target.kind", equalTo("VM"))
                .body("target.id", notNullValue())
                .body("mustChange", equalTo(true));

        assertNull(Database.value("SELECT ciphertext FROM credential WHERE id = ?", vm));
        assertEquals("HANDED_OVER", tenant.status(vm));
        assertEquals(vm, tenant.awaitFact(CredentialHandedOver.class).credentialId());
        assertEquals(2, tenant.facts(RevealLinkCreated.class).size());
        assertEquals(
                List.of("credential.link", "credential.link"),
                tenant.facts(AdministrativeActionPerformed.class).stream()
                        .map(AdministrativeActionPerformed::action)
                        .toList());
        Tenant.requestLink(tenant.administrator, vm)
                .statusCode(409)
                .body("type", equalTo("urn:tenure:problem:credential-already-revealed"));
    }

    @Test
    void refusesTheSecondAttemptAndTellsOfIt() {
        String token = tenant.link(vm);
        Tenant.redeem(token).statusCode(200);

        Tenant.redeem(token)
                .statusCode(410)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:tenure:problem:credential-already-revealed"));
        CredentialReplayAttempted attempt = tenant.awaitFact(CredentialReplayAttempted.class);
        assertEquals(vm, attempt.credentialId());
        assertEquals(tenant.facts(RevealLinkCreated.class).getFirst().linkId(), attempt.linkId());
        assertEquals(RefusalReason.ALREADY_REVEALED, attempt.reason());
    }

    @Test
    void recordsNoMoreThanTenRefusalsOfALink() {
        String token = tenant.link(vm);
        Tenant.redeem(token).statusCode(200);
        for (int i = 0; i < 15; i++) {
            Tenant.redeem(token).statusCode(410);
        }
        assertEquals("10", Database.value("SELECT refusals FROM reveal_link WHERE credential_id = ?", vm));
        await().until(() -> "0".equals(Database.value("SELECT count(*) FROM outbox WHERE tenant_id = ?", tenant.id)));
        assertEquals(10, tenant.facts(CredentialReplayAttempted.class).size());
    }

    @Test
    void showsToExactlyOneOfTwentyAtOnce() {
        String token = tenant.link(vm);
        int callers = 20;
        CyclicBarrier start = new CyclicBarrier(callers);
        try (var threads = Executors.newFixedThreadPool(callers)) {
            Map<Integer, Long> answers = IntStream.range(0, callers)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    start.await();
                                } catch (Exception broken) {
                                    throw new IllegalStateException(broken);
                                }
                                return Tenant.redeem(token).extract().statusCode();
                            },
                            threads))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
            assertEquals(Map.of(200, 1L, 410, 19L), answers);
        }
        tenant.awaitFact(CredentialHandedOver.class);
        assertEquals(1, tenant.facts(CredentialHandedOver.class).size());
    }

    @Test
    void lookingAtThePageUsesNothingUp() {
        String token = tenant.link(vm);
        for (int i = 0; i < 5; i++) {
            given().get("/reveal").then().statusCode(200);
            given().head("/reveal").then().statusCode(200);
            given().queryParam("token", token).get("/reveal").then().statusCode(200);
            given().queryParam("token", token).get("/v1/reveals").then().statusCode(405);
            given().queryParam("token", token).head("/v1/reveals").then().statusCode(405);
        }
        Tenant.redeem(token).statusCode(200);
    }

    @Test
    void aNewerLinkVoidsTheOlder() {
        String older = tenant.link(vm);
        String newer = tenant.link(vm);
        Tenant.redeem(older).statusCode(410).body("type", equalTo("urn:tenure:problem:link-superseded"));
        assertEquals(
                RefusalReason.SUPERSEDED,
                tenant.awaitFact(CredentialReplayAttempted.class).reason());
        Tenant.redeem(newer).statusCode(200);
    }

    @Test
    void ofManyLinksMadeAtOnceOneWorks() {
        int callers = 8;
        List<String> tokens;
        try (var threads = Executors.newFixedThreadPool(callers)) {
            tokens = IntStream.range(0, callers)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> tenant.link(vm), threads))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
        }
        assertEquals(
                1,
                tokens.stream()
                        .filter(token -> Tenant.redeem(token).extract().statusCode() == 200)
                        .count());
    }

    @Test
    void aLinkExpires() {
        String token = tenant.link(vm);
        clock.advance(Duration.ofDays(1).plusSeconds(1));
        Tenant.redeem(token).statusCode(410).body("type", equalTo("urn:tenure:problem:link-expired"));
        assertEquals(
                RefusalReason.EXPIRED,
                tenant.awaitFact(CredentialReplayAttempted.class).reason());
        assertEquals("ISSUED", tenant.status(vm), "another link may be made");
        Tenant.redeem(tenant.link(vm)).statusCode(200);
    }

    @Test
    void aLinkNeverOutlivesItsCredential() {
        clock.advance(Duration.ofDays(6).plusHours(12));
        String expiresAt = Tenant.requestLink(tenant.administrator, vm)
                .statusCode(201)
                .extract()
                .path("expiresAt");
        assertEquals(
                Database.value("SELECT expires_at::text FROM credential WHERE id = ?", vm),
                Database.value("SELECT expires_at::text FROM reveal_link WHERE credential_id = ?", vm));
        assertTrue(Instant.parse(expiresAt).isBefore(clock.instant().plus(Duration.ofDays(1))));
    }

    @Test
    void anExpiredCredentialIsErasedAndGetsNoLink() throws Throwable {
        clock.advance(Duration.ofDays(7).plusSeconds(1));
        assertEquals("EXPIRED", tenant.status(vm));
        Tenant.requestLink(tenant.administrator, vm)
                .statusCode(409)
                .body("type", equalTo("urn:tenure:problem:credential-expired"));
        assertNotNull(Database.value("SELECT ciphertext FROM credential WHERE id = ?", vm));
        VertxContextSupport.subscribeAndAwait(credentials::eraseExpired);
        assertNull(Database.value("SELECT ciphertext FROM credential WHERE id = ?", vm));
    }

    @Test
    void aServiceMayMakeALinkForAnyTenant() {
        Tenant.requestLink(TestTokens.of("credential", "service"), vm)
                .statusCode(201)
                .body("url", startsWith("http"));
    }
}
