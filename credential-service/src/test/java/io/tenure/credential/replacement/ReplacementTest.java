package io.tenure.credential.replacement;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.tenure.credential.CredentialTest;
import io.tenure.credential.Database;
import io.tenure.credential.Tenant;
import io.tenure.credential.identity.InMemoryIdentities;
import io.tenure.credential.identity.InMemoryIdentities.User;
import io.tenure.credential.identity.TenantIdentities.Standing;
import io.tenure.events.AdministrativeActionPerformed;
import io.tenure.events.CredentialFact.CredentialIssued;
import io.tenure.events.CredentialFact.CredentialRevoked;
import io.tenure.events.CredentialFact.TenantAccessRestored;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.LifecycleFact.RestorationStarted;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.MovableClock;
import io.tenure.kit.testing.TestTokens;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every credential that cannot be used can be replaced. */
@CredentialTest
class ReplacementTest {

    private final UUID termination = Ids.next();

    @Inject
    InMemoryIdentities identities;

    @Inject
    MovableClock clock;

    @AfterEach
    void now() {
        clock.reset();
    }

    @Test
    void anExpiredCredentialOfAnAdministratorWhoNeverLoggedInIsReplaced() {
        Tenant tenant = Tenant.created();
        UUID first = tenant.credentialOf(tenant.id);
        String link = tenant.link(first);
        clock.advance(Duration.ofDays(8));
        assertEquals("EXPIRED", tenant.status(first));
        Tenant.redeem(link).statusCode(410);

        UUID second = replaced(as("account-manager"), first);

        awaitIssued(tenant, second);
        assertEquals("REVOKED", tenant.status(first));
        Tenant.redeem(link).statusCode(410).body("type", equalTo("urn:tenure:problem:credential-revoked"));
        assertOpens(tenant, second);
        assertTrue(tenant.facts(CredentialRevoked.class).contains(new CredentialRevoked(first, null)));
        AdministrativeActionPerformed action = tenant.facts(AdministrativeActionPerformed.class).stream()
                .filter(one -> one.action().equals("credential.replace"))
                .findFirst()
                .orElseThrow();
        assertEquals("/v1/credentials/" + first + "/replacement", action.resource());
        assertEquals(List.of("account-manager"), action.actorRoles());
    }

    @Test
    void aCredentialThatWasShownAndLostIsReplacedByOneThatOpensTheSameMachine() {
        Tenant tenant = Tenant.created();
        UUID first = tenant.newVm();
        String lost =
                Tenant.redeem(tenant.link(first)).statusCode(200).extract().path("secret");

        UUID second = replaced(given().auth().oauth2(tenant.administrator), first);

        awaitIssued(tenant, second);
        String secret = Tenant.redeem(tenant.link(second))
                .statusCode(200)
                .body("username", equalTo("vmadmin"))
                .extract()
                .path("secret");
        assertNotEquals(lost, secret);
    }

    @Test
    void openLinksOfTheOldOneAreVoid() {
        Tenant tenant = Tenant.created();
        UUID vm = tenant.newVm();
        String link = tenant.link(vm);
        replaced(as("csp-operator"), vm);
        Tenant.redeem(link).statusCode(410).body("type", equalTo("urn:tenure:problem:credential-revoked"));
        Tenant.requestLink(tenant.administrator, vm).statusCode(409);
    }

    @ParameterizedTest
    @CsvSource({
        "csp-operator, 202",
        "csp-admin, 202",
        "account-manager, 202",
        "auditor, 403",
        "service, 403",
        "deletion-order-reader, 403"
    })
    void rolesOfTheProvider(String role, int status) {
        Tenant tenant = Tenant.created();
        replace(as(role), tenant.newVm()).statusCode(status);
    }

    @Test
    void othersAndUnknownOnesAreRefused() {
        Tenant tenant = Tenant.created();
        UUID vm = tenant.newVm();
        replace(given().auth().oauth2(TestTokens.ofTenant("credential", Ids.next())), vm)
                .statusCode(404);
        replace(given().auth().oauth2(TestTokens.departing("credential", tenant.id)), vm)
                .statusCode(403);
        replace(given().auth().oauth2(TestTokens.of("credential", "tenant-admin")), vm)
                .statusCode(403)
                .body("type", equalTo("urn:tenure:problem:no-tenant"));
        replace(given(), vm).statusCode(401);
        replace(as("csp-operator"), Ids.next()).statusCode(404);
        replace(as("csp-operator"), "nonsense").statusCode(400);
        replace(as("csp-operator").header("Idempotency-Key", "x".repeat(129)), vm)
                .statusCode(400);
        assertEquals("ISSUED", tenant.status(vm));
    }

    @Test
    void aRepeatedRequestGetsTheSameAnswerAndOneCredential() {
        Tenant tenant = Tenant.created();
        UUID vm = tenant.newVm();
        UUID second = replaced(as("csp-operator").header("Idempotency-Key", "lost answer"), vm);
        assertEquals(second, replaced(as("csp-operator").header("Idempotency-Key", "lost answer"), vm));
        replace(as("csp-operator").header("Idempotency-Key", "lost answer"), second)
                .statusCode(422)
                .body("type", equalTo("urn:tenure:problem:idempotency-key-reused"));

        replace(as("csp-operator"), vm)
                .statusCode(409)
                .body("type", equalTo("urn:tenure:problem:credential-replaced"))
                .body("replacedBy", equalTo(second.toString()));
        assertEquals("2", Database.value("SELECT count(*) FROM credential WHERE target_id = ?", targetOf(vm)));
    }

    @Test
    void ofConcurrentRequestsOneReplaces() throws Exception {
        Tenant tenant = Tenant.created();
        UUID vm = tenant.newVm();
        int callers = 6;
        CyclicBarrier together = new CyclicBarrier(callers);
        try (var threads = Executors.newFixedThreadPool(callers)) {
            List<Callable<Integer>> calls = IntStream.range(0, callers)
                    .<Callable<Integer>>mapToObj(i -> () -> {
                        together.await();
                        return replace(as("csp-operator"), vm).extract().statusCode();
                    })
                    .toList();
            List<Integer> answers = threads.invokeAll(calls).stream()
                    .map(java.util.concurrent.Future::resultNow)
                    .sorted()
                    .toList();
            assertEquals(List.of(202, 409, 409, 409, 409, 409), answers);
        }
        assertEquals("2", Database.value("SELECT count(*) FROM credential WHERE target_id = ?", targetOf(vm)));
    }

    /** A password is not published before the identity provider knows it. */
    @Test
    void anAdministratorsIsToldOnceTheProviderKnowsIt() {
        Tenant tenant = Tenant.created();
        UUID first = tenant.credentialOf(tenant.id);
        identities.failNext(tenant.id, 3);
        UUID second = replaced(as("csp-admin"), first);
        assertFalse(issued(tenant).contains(second));
        assertEquals("PREPARED", tenant.status(second));
        Tenant.requestLink(tenant.administrator, second)
                .statusCode(409)
                .body("type", equalTo("urn:tenure:problem:credential-not-ready"));
        UUID third = replaced(as("csp-admin"), second);

        awaitIssued(tenant, third);
        assertOpens(tenant, third);
        assertEquals("REVOKED", tenant.status(second));
        assertFalse(issued(tenant).contains(second), "it was replaced before anybody could use it");
        assertEquals(
                List.of(),
                tenant.facts(CredentialRevoked.class).stream()
                        .filter(fact -> fact.credentialId().equals(second))
                        .toList(),
                "nobody was told of it, so nobody is told that it is void");
    }

    /** The provider was down for so long that the customer would have had too little time left. */
    @Test
    void whatWaitedTooLongForTheProviderMakesRoomForAnother() {
        Tenant tenant = Tenant.created();
        UUID first = tenant.credentialOf(tenant.id);
        identities.failNext(tenant.id, Integer.MAX_VALUE);
        UUID second = replaced(as("csp-admin"), first);
        await().until(() -> identities.failures(tenant.id) > 0);
        clock.advance(Duration.ofDays(4));
        identities.failNext(tenant.id, 0);

        UUID third = await().until(
                        () -> issued(tenant).stream()
                                .filter(id -> !id.equals(first))
                                .findFirst()
                                .orElse(null),
                        found -> found != null);
        assertNotEquals(second, third);
        assertOpens(tenant, third);
    }

    @Test
    void whileTheTenantIsTerminatedOnlyTheAdministratorGetsANewOne() {
        Tenant tenant = Tenant.created();
        UUID administrator = tenant.credentialOf(tenant.id);
        UUID vm = tenant.newVm();
        tenant.publish(new TerminationRequested(termination));
        tenant.awaitFact(TenantAccessRestricted.class);

        replace(as("csp-operator"), vm).statusCode(409).body("type", equalTo("urn:tenure:problem:tenant-terminated"));
        replace(given().auth().oauth2(tenant.administrator), administrator)
                .statusCode(401)
                .body("type", equalTo("urn:tenure:problem:log-in-again"));
        UUID second = replaced(as("account-manager"), administrator);

        awaitIssued(tenant, second);
        User user = identities.usersOf(tenant.id).getFirst();
        assertEquals(Standing.DEPARTING, user.standing, "a way in, and no more than that");
        Tenant.redeem(tenant.link(second)).statusCode(200).body("secret", equalTo(user.password));

        tenant.publish(new RestorationStarted(termination));
        tenant.awaitFact(TenantAccessRestored.class);
        assertEquals(Standing.ADMINISTRATOR, user.standing);
        assertEquals("HANDED_OVER", tenant.status(second), "the customer has it in use");
    }

    /** Its account was never created, because the termination came first. */
    @Test
    void anAdministratorWhoNeverExistedGetsAWayInToo() {
        Tenant tenant = new Tenant();
        tenant.publish(new TerminationRequested(termination));
        tenant.awaitFact(TenantAccessRestricted.class);
        Tenant.awaitReceived(tenant.publishCreated());
        UUID withheld = UUID.fromString(Database.value("SELECT id FROM credential WHERE target_id = ?", tenant.id));

        UUID second = replaced(as("account-manager"), withheld);

        awaitIssued(tenant, second);
        User user = identities.usersOf(tenant.id).getFirst();
        assertEquals(Standing.DEPARTING, user.standing);
        Tenant.redeem(tenant.link(second)).statusCode(200).body("secret", equalTo(user.password));
    }

    private void assertOpens(Tenant tenant, UUID credential) {
        Tenant.redeem(tenant.link(credential))
                .statusCode(200)
                .body("secret", equalTo(identities.usersOf(tenant.id).getFirst().password));
    }

    private static void awaitIssued(Tenant tenant, UUID credential) {
        await().until(() -> issued(tenant).contains(credential));
    }

    private static List<UUID> issued(Tenant tenant) {
        return tenant.facts(CredentialIssued.class).stream()
                .map(CredentialIssued::credentialId)
                .collect(Collectors.toList());
    }

    private static UUID targetOf(UUID credential) {
        return UUID.fromString(Database.value("SELECT target_id FROM credential WHERE id = ?", credential));
    }

    private static RequestSpecification as(String role) {
        return given().auth().oauth2(TestTokens.of("credential", role));
    }

    private static ValidatableResponse replace(RequestSpecification caller, Object credential) {
        return caller.post("/v1/credentials/{id}/replacement", credential).then();
    }

    private static UUID replaced(RequestSpecification caller, UUID credential) {
        return UUID.fromString(replace(caller, credential)
                .statusCode(202)
                .body("replaces", equalTo(credential.toString()))
                .extract()
                .path("credentialId"));
    }
}
