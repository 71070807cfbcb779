package io.tenure.credential.termination;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.vertx.VertxContextSupport;
import io.tenure.credential.CredentialTest;
import io.tenure.credential.Database;
import io.tenure.credential.KeycloakTestResource.KeycloakStart;
import io.tenure.credential.Tenant;
import io.tenure.credential.identity.InMemoryIdentities;
import io.tenure.credential.identity.InMemoryIdentities.User;
import io.tenure.credential.identity.TenantIdentities.Standing;
import io.tenure.credential.temporary.Credential;
import io.tenure.events.CredentialFact.CredentialIssued;
import io.tenure.events.CredentialFact.CredentialRevoked;
import io.tenure.events.CredentialFact.TenantAccessRestored;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.CredentialFact.TenantIdentitiesRemoved;
import io.tenure.events.CredentialFact.TenantIdentityCreated;
import io.tenure.events.CredentialFact.TenantKeysDestroyed;
import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.LifecycleFact.RestorationStarted;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.kit.Ids;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.encryption.TenantKeyDestroyedException;
import io.tenure.kit.encryption.TenantKeys;
import io.tenure.kit.testing.TestTokens;
import jakarta.inject.Inject;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@CredentialTest
class AccessCascadeTest {

    KeycloakStart keycloak;

    /** The service gets its own token from Keycloak; without it, it cannot ask lifecycle. */
    @BeforeEach
    void keycloakAnswers() throws Exception {
        keycloak.server().get(3, TimeUnit.MINUTES);
    }

    private final UUID termination = Ids.next();

    @Inject
    InMemoryIdentities identities;

    @Inject
    TenantKeys keys;

    @Inject
    UnitOfWork unitOfWork;

    @Test
    void fromTheFirstCredentialToDestroyedKeys() throws Throwable {
        Tenant tenant = Tenant.created();
        UUID administrator = tenant.credentialOf(tenant.id);
        UUID vm = tenant.newVm();
        UUID vdc = tenant.newVdc();
        User user = identities.usersOf(tenant.id).getFirst();

        assertEquals(List.of(user.id), ids(tenant.facts(TenantIdentityCreated.class)));
        String password = Tenant.redeem(tenant.link(administrator))
                .statusCode(200)
                .body("username", equalTo(user.username))
                .body("target.kind", equalTo("TENANT"))
                .body("target.id", equalTo(tenant.id.toString()))
                .extract()
                .path("secret");
        assertEquals(user.password, password, "what is shown opens the identity");
        byte[] ciphertext = ciphertext(vm);
        String unused = tenant.link(vdc);

        TerminationRequested requested = new TerminationRequested(termination);
        UUID event = tenant.publish(requested);
        tenant.publish(event, requested);
        tenant.publish(requested);
        assertRestricted(tenant, 3, 1);
        assertEquals(
                List.of(administrator, vm, vdc).stream().collect(Collectors.toSet()),
                tenant.facts(CredentialRevoked.class).stream()
                        .filter(fact -> fact.terminationId().equals(termination))
                        .map(CredentialRevoked::credentialId)
                        .collect(Collectors.toSet()));
        assertTrue(user.enabled, "the administrator keeps a way in");
        assertEquals(Standing.DEPARTING, user.standing);
        assertNull(Database.value(
                "SELECT string_agg(id::text, ',') FROM credential WHERE tenant_id = ? AND ciphertext IS NOT NULL",
                tenant.id));
        Tenant.redeem(unused).statusCode(410).body("type", equalTo("urn:tenure:problem:credential-revoked"));
        Tenant.requestLink(TestTokens.of("credential", "service"), vm)
                .statusCode(409)
                .body("type", equalTo("urn:tenure:problem:credential-revoked"));
        Tenant.requestLink(tenant.administrator, vm)
                .statusCode(401)
                .body("type", equalTo("urn:tenure:problem:log-in-again"));
        Tenant.requestLink(TestTokens.departing("credential", tenant.id), vm).statusCode(403);
        assertEquals("REVOKED", tenant.status(vdc));

        UUID late = Ids.next();
        Tenant.awaitReceived(tenant.publishVm(late));
        assertTrue(tenant.facts(CredentialIssued.class).stream()
                .noneMatch(issued -> issued.targetId().equals(late)));

        tenant.publish(new DeletionStarted(termination, Tenant.MANIFEST));
        TenantKeysDestroyed destroyed = tenant.awaitFact(TenantKeysDestroyed.class);

        // The ciphertexts of the VM and the VDC; the administrator's was erased when it was shown.
        assertEquals(new TenantKeysDestroyed(termination, 1, 2), destroyed);
        assertEquals(List.of(user), identities.usersOf(tenant.id), "who can still fetch the certificate");
        assertEquals("DESTROYED", tenant.status(administrator));
        assertNull(Database.value("SELECT wrapped FROM tenant_key WHERE tenant_id = ?", tenant.id));
        assertThrows(
                TenantKeyDestroyedException.class,
                () -> VertxContextSupport.subscribeAndAwait(
                        () -> unitOfWork.run(() -> keys.decrypt(tenant.id, Credential.purpose(vm), ciphertext))));
        assertEquals(1, tenant.facts(TenantAccessRestricted.class).size(), "redelivered facts have no second effect");
        assertEquals(3, tenant.facts(CredentialRevoked.class).size());
        assertEquals(0, openTasks(tenant));

        tenant.publish(new DeletionCertificateIssued(termination, Ids.next(), "ab".repeat(32)));
        await().until(() -> openTasks(tenant) == 1);
        assertEquals(
                "30",
                Database.value(
                        "SELECT round(extract(epoch FROM due_at - now()) / 86400)::int FROM task WHERE tenant_id = ?",
                        tenant.id));
        assertEquals(List.of(user), identities.usersOf(tenant.id), "the grace period goes on");
        Database.timePasses(tenant.id);
        assertEquals(new TenantIdentitiesRemoved(termination), tenant.awaitFact(TenantIdentitiesRemoved.class));
        assertEquals(List.of(), identities.usersOf(tenant.id));

        Tenant.awaitReceived(tenant.publish(new DeletionCertificateIssued(termination, Ids.next(), "ab".repeat(32))));
        assertEquals(0, openTasks(tenant), "a certificate that is told again finds nobody");
        assertTrue(tenant.records().stream()
                .filter(record -> new String(record.value()).contains("Revoked"))
                .allMatch(record -> new String(record.value()).contains("\"correlationid\":\"" + termination + "\"")));
    }

    @Test
    void aCancelledTerminationEnablesWhomItDisabledAndNobodyElse() {
        Tenant tenant = Tenant.created();
        UUID credential = tenant.credentialOf(tenant.id);
        User administrator = identities.usersOf(tenant.id).getFirst();
        User colleague = identities.add(tenant.id, "colleague-" + tenant.id, true);
        User dismissed = identities.add(tenant.id, "dismissed-" + tenant.id, false);

        tenant.publish(new TerminationRequested(termination));
        assertRestricted(tenant, 1, 3);
        assertFalse(colleague.enabled || dismissed.enabled);
        assertEquals(Standing.DEPARTING, administrator.standing);

        tenant.publish(new RestorationStarted(termination));
        assertEquals(new TenantAccessRestored(termination, 2), tenant.awaitFact(TenantAccessRestored.class));
        assertTrue(administrator.enabled && colleague.enabled);
        assertEquals(Standing.ADMINISTRATOR, administrator.standing);
        assertFalse(dismissed.enabled, "somebody else disabled this one");
        assertEquals("REVOKED", tenant.status(credential));
        assertEquals(2, tenant.facts(CredentialIssued.class).size(), "nobody had seen the first one");

        Tenant.awaitReceived(tenant.publish(new TerminationRequested(termination)));
        assertEquals(
                Standing.ADMINISTRATOR, administrator.standing, "a late copy of the cancelled request changes nothing");
        assertNotNull(tenant.newVm());
    }

    @Test
    void issuesOneCredentialForAnAssetHoweverOftenItIsTold() {
        Tenant tenant = Tenant.created();
        UUID vm = Ids.next();
        tenant.publishVm(vm);
        tenant.credentialOf(vm);
        Tenant.awaitReceived(tenant.publishVm(vm));
        Tenant.awaitReceived(tenant.publishCreated());
        assertEquals(2, tenant.facts(CredentialIssued.class).size());
        assertEquals("2", Database.value("SELECT count(*) FROM credential WHERE tenant_id = ?", tenant.id));
        assertEquals(1, tenant.facts(TenantIdentityCreated.class).size());
    }

    @Test
    void triesAgainUntilTheProviderIsBackAndGivesItTheSamePassword() {
        Tenant tenant = new Tenant();
        identities.failNext(tenant.id, 2);
        tenant.publishCreated();
        UUID credential = tenant.credentialOf(tenant.id);
        User user = identities.usersOf(tenant.id).getFirst();
        Tenant.redeem(tenant.link(credential)).statusCode(200).body("secret", equalTo(user.password));
    }

    @Test
    void aTerminationThatOvertakesTheIdentitysCreationWins() {
        Tenant tenant = new Tenant();
        CompletableFuture<Void> answer = new CompletableFuture<>();
        identities.holdAnswer(tenant.id, answer);
        tenant.publishCreated();
        await().until(() -> !identities.usersOf(tenant.id).isEmpty());

        Tenant.awaitReceived(tenant.publish(new TerminationRequested(termination)));
        assertEquals(List.of(), tenant.facts(TenantAccessRestricted.class), "not before the provider follows");
        answer.complete(null);

        assertRestricted(tenant, 0, 1);
        assertEquals(Standing.DEPARTING, identities.usersOf(tenant.id).getFirst().standing);
        assertEquals(List.of(), tenant.facts(CredentialIssued.class));
        assertEquals(
                "0",
                Database.value(
                        "SELECT count(*) FROM credential WHERE tenant_id = ? AND ciphertext IS NOT NULL", tenant.id));

        tenant.publish(new RestorationStarted(termination));
        assertEquals(new TenantAccessRestored(termination, 1), tenant.awaitFact(TenantAccessRestored.class));
        UUID credential = tenant.credentialOf(tenant.id);
        User user = identities.usersOf(tenant.id).getFirst();
        assertTrue(user.enabled);
        Tenant.redeem(tenant.link(credential)).statusCode(200).body("secret", equalTo(user.password));
    }

    @Test
    void aTenantThatIsTerminatedBeforeItIsKnownGetsNoIdentity() {
        Tenant tenant = new Tenant();
        tenant.publish(new TerminationRequested(termination));
        assertRestricted(tenant, 0, 0);
        Tenant.awaitReceived(tenant.publishCreated());
        assertEquals(List.of(), identities.usersOf(tenant.id));
        assertEquals(0, openTasks(tenant));
    }

    /** An administrator who was disabled by somebody stays disabled, whatever happens to the termination. */
    @Test
    void anAdministratorWhoWasDisabledBeforeStaysSo() {
        Tenant tenant = Tenant.created();
        User administrator = identities.usersOf(tenant.id).getFirst();
        administrator.enabled = false;
        tenant.publish(new TerminationRequested(termination));
        tenant.awaitFact(TenantAccessRestricted.class);
        tenant.publish(new RestorationStarted(termination));
        tenant.awaitFact(TenantAccessRestored.class);
        assertFalse(administrator.enabled);
    }

    @Test
    void noTokenFromBeforeTheProviderFollowedCounts() {
        Tenant tenant = Tenant.created();
        identities.failNext(tenant.id, 2);
        tenant.publish(new TerminationRequested(termination));
        TenantAccessRestricted fact = tenant.awaitFact(TenantAccessRestricted.class);
        assertFalse(
                fact.notBefore().isBefore(identities.usersOf(tenant.id).getFirst().reducedAt),
                "a token of the provider's from before it followed would be as good as one from after");
    }

    @Test
    void aDeletionWithoutATerminationGoesToTheDeadLetterAndDestroysNothing() {
        Tenant tenant = Tenant.created();
        UUID credential = tenant.credentialOf(tenant.id);
        tenant.publish(new DeletionStarted(termination, Tenant.MANIFEST));
        await().until(() -> Tenant.read("tenure.lifecycle.credential.dlq").stream()
                .anyMatch(record -> tenant.id.toString().equals(record.key())));
        assertEquals("ISSUED", tenant.status(credential));
        assertEquals(1, identities.usersOf(tenant.id).size());
        assertNotNull(Database.value("SELECT wrapped FROM tenant_key WHERE tenant_id = ?", tenant.id));
        // Later records of the partition are processed.
        tenant.publish(new TerminationRequested(termination));
        tenant.awaitFact(TenantAccessRestricted.class);
    }

    /** A copy of a real event with ids that lifecycle does not know. */
    @Test
    void aDeletionThatLifecycleDoesNotConfirmDestroysNothing() {
        Tenant tenant = Tenant.created();
        UUID credential = tenant.credentialOf(tenant.id);
        tenant.publish(new TerminationRequested(termination));
        tenant.awaitFact(TenantAccessRestricted.class);
        tenant.forge(Ids.next(), new DeletionStarted(termination, Tenant.MANIFEST));

        await().until(() -> Tenant.read("tenure.lifecycle.credential.dlq").stream()
                .anyMatch(record -> tenant.id.toString().equals(record.key())));
        assertEquals("REVOKED", tenant.status(credential));
        assertEquals(1, identities.usersOf(tenant.id).size());
        assertNotNull(Database.value("SELECT wrapped FROM tenant_key WHERE tenant_id = ?", tenant.id));
        assertEquals(List.of(), tenant.facts(TenantKeysDestroyed.class));
    }

    private void assertRestricted(Tenant tenant, int credentials, int identities) {
        TenantAccessRestricted fact = tenant.awaitFact(TenantAccessRestricted.class);
        assertEquals(new TenantAccessRestricted(termination, fact.notBefore(), credentials, identities), fact);
    }

    private static long openTasks(Tenant tenant) {
        return Long.parseLong(Database.value("SELECT count(*) FROM task WHERE tenant_id = ?", tenant.id));
    }

    private static byte[] ciphertext(UUID credential) {
        return HexFormat.of()
                .parseHex(Database.value("SELECT encode(ciphertext, 'hex') FROM credential WHERE id = ?", credential));
    }

    private static List<String> ids(List<TenantIdentityCreated> facts) {
        return facts.stream().map(TenantIdentityCreated::identityId).toList();
    }
}
