package io.tenure.credential.termination;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.tenure.credential.CredentialTest;
import io.tenure.credential.Database;
import io.tenure.credential.KeycloakTestResource.KeycloakStart;
import io.tenure.credential.Tenant;
import io.tenure.credential.identity.InMemoryIdentities;
import io.tenure.credential.identity.TenantIdentities.Standing;
import io.tenure.events.CredentialFact;
import io.tenure.events.CredentialFact.CredentialRevoked;
import io.tenure.events.CredentialFact.TenantAccessRestored;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.CredentialFact.TenantKeysDestroyed;
import io.tenure.events.LifecycleFact.Command;
import io.tenure.events.LifecycleFact.CommandRepeated;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.LifecycleFact.RestorationStarted;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.Lifecycle;
import io.tenure.kit.testing.TestRecords;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands that lifecycle repeats because it still waits for them. */
@CredentialTest
class RepetitionTest {

    KeycloakStart keycloak;

    private final UUID termination = Ids.next();
    private final CommandRepeated disable = new CommandRepeated(termination, Command.DISABLE, null);
    private final CommandRepeated restore = new CommandRepeated(termination, Command.RESTORE, null);
    private final CommandRepeated delete = new CommandRepeated(termination, Command.DELETE, Tenant.MANIFEST);

    @Inject
    InMemoryIdentities identities;

    /** The service gets its own token from Keycloak; without it, it cannot ask lifecycle. */
    @BeforeEach
    void keycloakAnswers() throws Exception {
        keycloak.server().get(3, TimeUnit.MINUTES);
    }

    @Test
    void whoHasDoneItTellsItOnceMoreWithTheSameContent() {
        Tenant tenant = Tenant.created();
        tenant.publish(new TerminationRequested(termination));
        TenantAccessRestricted restricted = tenant.awaitFact(TenantAccessRestricted.class);
        tenant.publish(disable);
        assertEquals(List.of(restricted, restricted), facts(tenant, TenantAccessRestricted.class, 2));
        assertEquals(1, tenant.facts(CredentialRevoked.class).size(), "it is told, not done, once more");

        tenant.publish(new DeletionStarted(termination, Tenant.MANIFEST));
        TenantKeysDestroyed destroyed = tenant.awaitFact(TenantKeysDestroyed.class);
        tenant.publish(delete);
        assertEquals(List.of(destroyed, destroyed), facts(tenant, TenantKeysDestroyed.class, 2));
        Tenant.awaitReceived(tenant.publish(disable));
        Tenant.awaitReceived(tenant.publish(restore));
        assertEquals(2, tenant.facts(TenantAccessRestricted.class).size(), "nobody waits for that any more");
        assertEquals(List.of(), tenant.facts(TenantAccessRestored.class));
    }

    @Test
    void aRestorationIsToldOnceMore() {
        Tenant tenant = Tenant.created();
        tenant.publish(new TerminationRequested(termination));
        tenant.publish(new RestorationStarted(termination));
        TenantAccessRestored restored = tenant.awaitFact(TenantAccessRestored.class);
        tenant.publish(restore);
        assertEquals(List.of(restored, restored), facts(tenant, TenantAccessRestored.class, 2));
        Tenant.awaitReceived(tenant.publish(disable));
        assertEquals(Standing.ADMINISTRATOR, identities.usersOf(tenant.id).getFirst().standing);
    }

    /** The first commands became dead letters, or were lost. */
    @Test
    void whatNeverArrivedIsCarriedOut() {
        Tenant tenant = Tenant.created();
        tenant.publish(disable);
        assertEquals(termination, tenant.awaitFact(TenantAccessRestricted.class).terminationId());
        assertEquals("REVOKED", tenant.status(tenant.credentialOf(tenant.id)));
        tenant.publish(restore);
        assertEquals(termination, tenant.awaitFact(TenantAccessRestored.class).terminationId());
        assertEquals(Standing.ADMINISTRATOR, identities.usersOf(tenant.id).getFirst().standing);
    }

    @Test
    void aDeletionThatNeverArrivedIsCarriedOutOnceLifecycleConfirmsIt() {
        Tenant tenant = Tenant.created();
        tenant.publish(new TerminationRequested(termination));
        tenant.awaitFact(TenantAccessRestricted.class);
        Lifecycle.orders(termination, tenant.id, Tenant.MANIFEST);
        tenant.publish(delete);
        assertEquals(termination, tenant.awaitFact(TenantKeysDestroyed.class).terminationId());
    }

    @Test
    void aRepeatedDeletionThatLifecycleDoesNotConfirmDestroysNothing() {
        Tenant tenant = Tenant.created();
        tenant.publish(new TerminationRequested(termination));
        tenant.awaitFact(TenantAccessRestricted.class);
        Lifecycle.orders(termination, tenant.id, Tenant.MANIFEST);
        tenant.publish(new CommandRepeated(termination, Command.DELETE, null));
        tenant.publish(new CommandRepeated(termination, Command.DELETE, "cd".repeat(32)));
        await().until(() -> TestRecords.read("tenure.lifecycle.credential.dlq", tenant.id.toString())
                        .size()
                >= 2);
        assertNotNull(Database.value("SELECT wrapped FROM tenant_key WHERE tenant_id = ?", tenant.id));
        assertEquals(List.of(), tenant.facts(TenantKeysDestroyed.class));
    }

    /** A legal hold came before this service asked: its order is dropped, and lifecycle repeats it after the release. */
    @Test
    void aDeletionThatIsHeldDestroysNoKeyBeforeTheRelease() {
        Tenant tenant = Tenant.created();
        tenant.publish(new TerminationRequested(termination));
        tenant.awaitFact(TenantAccessRestricted.class);
        Lifecycle.holds(termination);
        UUID order = Ids.next();
        tenant.forge(order, new DeletionStarted(termination, Tenant.MANIFEST));
        Tenant.awaitReceived(order);
        await().until(() ->
                "0".equals(Database.value("SELECT count(*) FROM unconfirmed WHERE tenant_id = ?", tenant.id)));
        assertNotNull(Database.value("SELECT wrapped FROM tenant_key WHERE tenant_id = ?", tenant.id));
        assertEquals(List.of(), tenant.facts(TenantKeysDestroyed.class));
        assertEquals(List.of(), TestRecords.read("tenure.lifecycle.credential.dlq", tenant.id.toString()));

        Lifecycle.orders(termination, tenant.id, Tenant.MANIFEST);
        tenant.publish(delete);
        assertEquals(termination, tenant.awaitFact(TenantKeysDestroyed.class).terminationId());
    }

    /** Lifecycle waits for a restoration of a termination that never arrived here. */
    @Test
    void aRestorationOfWhatNobodyHeardOfIsToldAndItsRequestComesTooLate() {
        Tenant tenant = Tenant.created();
        UUID credential = tenant.credentialOf(tenant.id);
        tenant.publish(restore);
        assertEquals(termination, tenant.awaitFact(TenantAccessRestored.class).terminationId());
        Tenant.awaitReceived(tenant.publish(new TerminationRequested(termination)));
        assertEquals("ISSUED", tenant.status(credential));
        assertEquals(List.of(), tenant.facts(TenantAccessRestricted.class));
    }

    /** The provider was down, and the next attempt is minutes away. */
    @Test
    void whatWaitsForItsNextAttemptIsTriedAtOnce() {
        Tenant tenant = Tenant.created();
        identities.failNext(tenant.id, 1);
        tenant.publish(new TerminationRequested(termination));
        await().until(() -> identities.failures(tenant.id) == 1);
        await().until(() -> Database.postpone(tenant.id) == 1);
        tenant.publish(disable);
        tenant.awaitFact(TenantAccessRestricted.class);
    }

    @Test
    void whatIsAboutAnotherTerminationChangesNothing() {
        Tenant tenant = Tenant.created();
        tenant.publish(new TerminationRequested(termination));
        tenant.awaitFact(TenantAccessRestricted.class);
        UUID other = Ids.next();
        Lifecycle.orders(other, tenant.id, Tenant.MANIFEST);
        for (Command command : Command.values()) {
            Tenant.awaitReceived(tenant.publish(new CommandRepeated(other, command, Tenant.MANIFEST)));
        }
        assertEquals(1, tenant.facts(TenantAccessRestricted.class).size());
        assertEquals(List.of(), tenant.facts(TenantAccessRestored.class));
        assertEquals(List.of(), tenant.facts(TenantKeysDestroyed.class));
        assertEquals("0", Database.value("SELECT count(*) FROM task WHERE tenant_id = ?", tenant.id));
        assertEquals(
                List.of(),
                TestRecords.read("tenure.lifecycle.credential.dlq", tenant.id.toString()),
                "to repeat too much is no failure");
    }

    private static <T extends CredentialFact> List<T> facts(Tenant tenant, Class<T> kind, int count) {
        return await().until(() -> tenant.facts(kind), found -> found.size() == count);
    }
}
