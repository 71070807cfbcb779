package io.tenure.provisioning.termination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import io.tenure.events.Event;
import io.tenure.events.LifecycleFact;
import io.tenure.events.LifecycleFact.Command;
import io.tenure.events.LifecycleFact.CommandRepeated;
import io.tenure.events.LifecycleFact.RestorationStarted;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.events.ProvisioningFact.AssetActionBlocked;
import io.tenure.events.ProvisioningFact.AssetDisabled;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.TenantAssetsDeleted;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.events.ProvisioningFact.TenantRestored;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.Lifecycle;
import io.tenure.kit.testing.TestRecords;
import io.tenure.platform.sandbox.SandboxFiles;
import io.tenure.provisioning.Api;
import io.tenure.provisioning.ProvisioningTest;
import io.tenure.provisioning.Topics;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands that lifecycle repeats because they are overdue or an operator wants an immediate retry. */
@ProvisioningTest
class RepetitionTest {

    private static final String DEAD_LETTERS = "tenure.lifecycle.provisioning.dlq";

    @Inject
    Pool pool;

    private final UUID termination = Ids.next();
    private UUID tenant;
    private UUID vm;

    @BeforeEach
    void aTenantWithAVm() {
        tenant = Api.newTenant();
        vm = Api.orderVm(tenant, 1);
        Api.awaitVm(vm, "PROVISIONED");
    }

    @Test
    void whatIsDoneIsToldOnceMore() {
        tell(new TerminationRequested(termination));
        TenantDisabled disabled = Topics.await(tenant, TenantDisabled.class, 1).getFirst();
        repeat(Command.DISABLE);
        assertThat(Topics.await(tenant, TenantDisabled.class, 2)).containsExactly(disabled, disabled);

        Topics.publish("lifecycle", tenant, termination, Topics.deletion(tenant, termination));
        TenantAssetsDeleted deleted =
                Topics.await(tenant, TenantAssetsDeleted.class, 1).getFirst();
        repeat(Command.DELETE);
        assertThat(Topics.await(tenant, TenantAssetsDeleted.class, 2)).containsExactly(deleted, deleted);
        assertThat(Topics.published(tenant, AssetDisabled.class)).hasSize(1);
        assertThat(Topics.published(tenant, AssetSanitized.class)).hasSize(1);
        assertThat(Topics.published(tenant)).extracting(Event::id).doesNotHaveDuplicates();
    }

    /** Even if the tenant has moved on since: the original fact is published again. */
    @Test
    void aRestorationIsToldOnceMoreAsItWas() {
        tell(new TerminationRequested(termination));
        tell(new RestorationStarted(termination));
        Topics.await(tenant, TenantRestored.class, 1);
        Api.awaitVm(Api.orderVm(tenant, 1), "PROVISIONED");

        repeat(Command.RESTORE);

        TenantRestored restored = new TenantRestored(termination, 1, 0);
        assertThat(Topics.await(tenant, TenantRestored.class, 2)).containsExactly(restored, restored);
        assertThat(Api.tenantStatus(tenant)).isEqualTo("ACTIVE");
    }

    @Test
    void whatWasNeverReceivedBegins() {
        Map<String, String> before = SandboxFiles.snapshot(SandboxFiles.tenant(tenant));
        repeat(Command.DISABLE);
        Topics.await(tenant, TenantDisabled.class, 1);
        repeat(Command.RESTORE);
        Topics.await(tenant, TenantRestored.class, 1);
        assertThat(SandboxFiles.snapshot(SandboxFiles.tenant(tenant))).isEqualTo(before);
    }

    /** A deletion must be confirmed, whichever fact asks for it. */
    @Test
    void aDeletionThatWasNeverReceivedBeginsOnceLifecycleSaysSo() {
        tell(new TerminationRequested(termination));
        Topics.await(tenant, TenantDisabled.class, 1);
        String manifest = Topics.manifest(tenant);
        CommandRepeated delete = new CommandRepeated(termination, Command.DELETE, manifest);
        Topics.forge("lifecycle", tenant, termination, delete);
        await().until(() -> TestRecords.read(DEAD_LETTERS, tenant.toString()).size() == 1);
        assertThat(Topics.published(tenant, AssetSanitized.class)).isEmpty();

        Lifecycle.orders(termination, tenant, manifest);
        tell(new CommandRepeated(termination, Command.DELETE, "0".repeat(64)));
        await().until(() -> TestRecords.read(DEAD_LETTERS, tenant.toString()).size() == 2);
        assertThat(Topics.published(tenant, AssetSanitized.class)).isEmpty();

        tell(delete);
        Topics.await(tenant, TenantAssetsDeleted.class, 1);
    }

    @Test
    void whatWaitsForItsNextAttemptHasItAtOnce() throws IOException {
        Path place = SandboxFiles.tenant(tenant).resolve(vm.toString());
        Path away = Files.move(place, SandboxFiles.root().resolveSibling("away-" + vm));
        tell(new TerminationRequested(termination));
        Topics.await(tenant, AssetActionBlocked.class, 1);
        putOff();
        Api.asManager().get("/v1/vms/{id}", vm).then().body("obstacle", containsString("bring its storage back"));
        Files.move(away, place);

        repeat(Command.DISABLE);

        Topics.await(tenant, TenantDisabled.class, 1);
    }

    /** Commands of another termination, of a phase that is over, or of one that has not begun. */
    @Test
    void whatNobodyWaitsForChangesNothing() {
        tell(new TerminationRequested(termination));
        Topics.await(tenant, TenantDisabled.class, 1);
        tell(new RestorationStarted(termination));
        Topics.await(tenant, TenantRestored.class, 1);
        List<Event> before = Topics.published(tenant);

        UUID other = Ids.next();
        for (CommandRepeated fact : List.of(
                new CommandRepeated(other, Command.RESTORE, null),
                new CommandRepeated(other, Command.DELETE, "0".repeat(64)),
                new CommandRepeated(termination, Command.DISABLE, null),
                new CommandRepeated(termination, Command.DELETE, "0".repeat(64)))) {
            Event event = tell(fact);
            await().until(() -> received(event));
        }

        assertThat(Topics.published(tenant)).isEqualTo(before);
        assertThat(Api.tenantStatus(tenant)).isEqualTo("ACTIVE");
        assertThat(TestRecords.read(DEAD_LETTERS, tenant.toString())).isEmpty();
    }

    private Event tell(LifecycleFact fact) {
        return Topics.publish("lifecycle", tenant, termination, fact);
    }

    private void repeat(Command command) {
        tell(new CommandRepeated(termination, command, command == Command.DELETE ? Topics.manifest(tenant) : null));
    }

    /** Postpones automatic retries by an hour. */
    private void putOff() {
        await().until(() -> pool.preparedQuery("UPDATE task SET due_at = now() + interval '1 hour'"
                                + " WHERE tenant_id = $1 AND leased_until IS NULL")
                        .execute(Tuple.of(tenant))
                        .await()
                        .indefinitely()
                        .rowCount()
                > 0);
    }

    private boolean received(Event event) {
        return pool.preparedQuery("SELECT FROM inbox WHERE event_id = $1")
                        .execute(Tuple.of(event.id()))
                        .await()
                        .indefinitely()
                        .rowCount()
                == 1;
    }
}
