package io.tenure.credential.termination;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tenure.credential.CredentialTest;
import io.tenure.credential.Database;
import io.tenure.credential.Tenant;
import io.tenure.credential.identity.InMemoryIdentities;
import io.tenure.credential.identity.TenantIdentities.Standing;
import io.tenure.events.CredentialFact.TenantAccessRestored;
import io.tenure.events.Fact;
import io.tenure.events.LifecycleFact.RestorationStarted;
import io.tenure.events.LifecycleFact.TerminationCancelled;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.events.ProvisioningFact.BackupResponsibility;
import io.tenure.events.ProvisioningFact.TenantCreated;
import io.tenure.events.ProvisioningFact.VmProvisioned;
import io.tenure.kit.Ids;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An order and a cancelled termination, in every order in which their facts can arrive; facts of the same service keep
 * their order. In the end the machine and the administrator have exactly one working credential each.
 */
@CredentialTest
class OrdersTest {

    @Inject
    InMemoryIdentities identities;

    /** Every interleaving of two sequences: P for the next fact of provisioning, L for the next fact of lifecycle. */
    static Stream<String> orders() {
        return interleavings("PP", "LLL").stream();
    }

    private static List<String> interleavings(String left, String right) {
        if (left.isEmpty() || right.isEmpty()) {
            return List.of(left + right);
        }
        List<String> all = new ArrayList<>();
        interleavings(left.substring(1), right).forEach(rest -> all.add(left.charAt(0) + rest));
        interleavings(left, right.substring(1)).forEach(rest -> all.add(right.charAt(0) + rest));
        return all;
    }

    @ParameterizedTest
    @MethodSource("orders")
    void afterACancellationEverythingHasAUsableCredential(String order) {
        Tenant tenant = new Tenant();
        UUID vm = Ids.next();
        UUID termination = Ids.next();
        List<Fact> provisioning = new ArrayList<>(List.of(
                new TenantCreated(tenant.id, List.of("de-fra-1"), BackupResponsibility.CUSTOMER),
                new VmProvisioned(vm, "debian-13", 1, 512, 1024, "de-fra-1")));
        List<Fact> lifecycle = new ArrayList<>(List.of(
                new TerminationRequested(termination),
                new RestorationStarted(termination),
                new TerminationCancelled(termination)));
        for (char next : order.toCharArray()) {
            Fact fact = next == 'P' ? provisioning.removeFirst() : lifecycle.removeFirst();
            UUID event = tenant.publish(fact);
            tenant.publish(event, fact);
            if (!(fact instanceof TerminationCancelled)) {
                Tenant.awaitReceived(event);
            }
        }
        tenant.awaitFact(TenantAccessRestored.class);

        UUID ofVm = inForce(vm);
        Tenant.redeem(tenant.link(ofVm)).statusCode(200).body("username", equalTo("vmadmin"));
        UUID ofAdministrator = inForce(tenant.id);
        var user = identities.usersOf(tenant.id).getFirst();
        Tenant.redeem(tenant.link(ofAdministrator)).statusCode(200).body("secret", equalTo(user.password));
        assertEquals(Standing.ADMINISTRATOR, user.standing);
        assertEquals(1, identities.usersOf(tenant.id).size());
    }

    /** The only credential that is not void, once it was announced. */
    private static UUID inForce(UUID target) {
        String id = await().until(
                        () -> Database.value(
                                "SELECT id FROM credential WHERE target_id = ? AND state = 'ISSUED'", target),
                        found -> found != null);
        assertEquals(
                "1",
                Database.value("SELECT count(*) FROM credential WHERE target_id = ? AND state <> 'REVOKED'", target));
        return UUID.fromString(id);
    }
}
