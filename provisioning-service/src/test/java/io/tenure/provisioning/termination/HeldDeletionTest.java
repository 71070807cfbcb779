package io.tenure.provisioning.termination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.nullValue;

import io.smallrye.mutiny.Uni;
import io.tenure.events.AssetAction;
import io.tenure.events.LifecycleFact;
import io.tenure.events.LifecycleFact.Command;
import io.tenure.events.LifecycleFact.CommandRepeated;
import io.tenure.events.LifecycleFact.LegalHoldReleased;
import io.tenure.events.LifecycleFact.LegalHoldSet;
import io.tenure.events.LifecycleFact.RestorationStarted;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.events.ProvisioningFact.AssetActionBlocked;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.MediumSanitized;
import io.tenure.events.ProvisioningFact.TenantAssetsDeleted;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.events.ProvisioningFact.TenantRestored;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.Lifecycle;
import io.tenure.kit.testing.TestRecords;
import io.tenure.platform.Answer;
import io.tenure.platform.DriverException;
import io.tenure.platform.Intent;
import io.tenure.platform.Operation;
import io.tenure.platform.Platform;
import io.tenure.provisioning.Api;
import io.tenure.provisioning.Faults;
import io.tenure.provisioning.ProvisioningTest;
import io.tenure.provisioning.Topics;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A legal hold stops what is being deleted, whichever way the service hears of it first. */
@ProvisioningTest
class HeldDeletionTest {

    @Inject
    Pool pool;

    private final UUID termination = Ids.next();
    private final UUID hold = Ids.next();
    private UUID tenant;

    @BeforeEach
    void aTenant() {
        tenant = Api.newTenant();
    }

    @AfterEach
    void end() {
        Faults.end(tenant);
    }

    /** Notes what is started on the platform, and otherwise leaves it alone. */
    private static class Watched implements Faults.Fault {

        final List<Operation> started = new CopyOnWriteArrayList<>();

        @Override
        public Uni<String> start(Platform real, Operation operation) {
            started.add(operation);
            return real.start(operation);
        }

        List<Intent> intents() {
            return started.stream().map(one -> one.command().intent()).toList();
        }
    }

    @Test
    void aDeletionThatIsHeldDoesNotBegin() {
        disabled(1);
        tell(new LegalHoldSet(hold, null, review()));
        Lifecycle.holds(termination);
        Watched watched = watched();
        var order = Topics.forge("lifecycle", tenant, termination, Topics.deletion(tenant, termination));
        await().until(() -> count("SELECT count(*) FROM inbox WHERE event_id = '" + order.id() + "'") == 1);
        await().until(() -> count("SELECT count(*) FROM task WHERE tenant_id = $1") == 0);
        assertThat(Api.tenantStatus(tenant)).isEqualTo("DISABLED");
        assertThat(watched.started).isEmpty();
        assertThat(TestRecords.read("tenure.lifecycle.provisioning.dlq", tenant.toString()))
                .isEmpty();

        released();
        Topics.await(tenant, TenantAssetsDeleted.class, 1);
    }

    /** The hold's fact never comes; lifecycle says so when it is asked before each asset. */
    @Test
    void aHoldWhoseFactIsLateStopsTheAssetThatIsNext() {
        List<UUID> vms = disabled(2);
        Watched watched = watched();
        Lifecycle.holds(termination, vms.getFirst());
        tell(Topics.deletion(tenant, termination));

        Topics.await(tenant, AssetSanitized.class, 1);
        Api.awaitVm(vms.getLast(), "SANITIZED");
        assertThat(Api.vmStatus(vms.getFirst())).isEqualTo("SANITIZING");
        assertThat(watched.started)
                .extracting(one -> one.command().intent())
                .containsExactly(Intent.SANITIZE, Intent.DELETE);
        assertThat(Topics.published(tenant, AssetActionBlocked.class)).isEmpty();

        Lifecycle.releases(termination, vms.getFirst());
        tell(new CommandRepeated(termination, Command.DELETE, Topics.manifest(tenant)));
        Topics.await(tenant, TenantAssetsDeleted.class, 1);
    }

    /** Lifecycle gives no answer about the asset: that is a blocker, and nothing is wiped. */
    @Test
    void withoutAnAnswerNothingIsWiped() {
        List<UUID> vms = disabled(1);
        Watched watched = watched();
        Topics.forge("lifecycle", tenant, termination, Topics.deletion(tenant, termination));
        Lifecycle.orders(termination, tenant, Topics.manifest(tenant));
        Lifecycle.breaks(termination, vms.getFirst());

        AssetActionBlocked blocked = await().until(
                        () -> Topics.published(tenant, AssetActionBlocked.class).stream()
                                .filter(fact -> fact.action() == AssetAction.SANITIZE)
                                .toList(),
                        found -> !found.isEmpty())
                .getFirst();
        assertThat(blocked.reason()).contains("does not confirm");
        assertThat(watched.started).isEmpty();

        Lifecycle.releases(termination, vms.getFirst());
        Topics.await(tenant, TenantAssetsDeleted.class, 1);
    }

    @Test
    void aWipeThatRunsIsCancelledAndSaysHowFarItWas() {
        List<UUID> vms = disabled(1);
        AtomicBoolean cancelled = new AtomicBoolean();
        Watched watched = new Watched() {
            @Override
            public Uni<Answer> poll(Intent intent, Supplier<Uni<Answer>> real) {
                if (intent != Intent.SANITIZE) {
                    return real.get();
                }
                return Uni.createFrom()
                        .item(
                                cancelled.get()
                                        ? new Answer.Failed(DriverException.passing("cancelled"))
                                        : new Answer.Running(37, 100));
            }

            @Override
            public Uni<Void> cancel(Intent intent, Supplier<Uni<Void>> real) {
                cancelled.set(true);
                return real.get();
            }
        };
        Faults.of(tenant, watched);
        tell(Topics.deletion(tenant, termination));
        await().until(() -> count("SELECT count(*) FROM operation WHERE tenant_id = $1 AND progress_done = 37") == 1);
        held();

        AssetActionBlocked blocked =
                Topics.await(tenant, AssetActionBlocked.class, 1).getFirst();
        assertThat(blocked.action()).isEqualTo(AssetAction.SANITIZE);
        assertThat(blocked.assetId()).isEqualTo(vms.getFirst());
        assertThat(blocked.reason()).contains("legal hold").contains("at least 37 %");
        assertThat(blocked.nextRetryAt()).isNull();
        assertThat(cancelled).isTrue();
        await().until(() -> count("SELECT count(*) FROM task WHERE tenant_id = $1") == 0);
        assertThat(watched.intents()).containsExactly(Intent.SANITIZE);
        Api.asManager().get("/v1/vms/{id}", vms.getFirst()).then().body("obstacle", containsString("legal hold"));
        // Lifecycle repeats what is overdue, also while it is held.
        tell(new CommandRepeated(termination, Command.DELETE, Topics.manifest(tenant)));
        await().until(() -> count("SELECT count(*) FROM task WHERE tenant_id = $1") == 0);
        assertThat(watched.intents()).containsExactly(Intent.SANITIZE);

        Faults.end(tenant);
        released();
        Topics.await(tenant, TenantAssetsDeleted.class, 1);
        Api.asManager().get("/v1/vms/{id}", vms.getFirst()).then().body("obstacle", nullValue());
    }

    /** The wipe ended before it could be cancelled: its evidence counts, and nothing is wiped or proven twice. */
    @Test
    void whatWasWipedBeforeTheHoldStaysEvidence() {
        List<UUID> vms = disabled(1);
        AtomicBoolean cancelled = new AtomicBoolean();
        Watched watched = new Watched() {
            @Override
            public Uni<Answer> poll(Intent intent, Supplier<Uni<Answer>> real) {
                return intent == Intent.SANITIZE && !cancelled.get()
                        ? Uni.createFrom().item(new Answer.Running(1, 2))
                        : real.get();
            }

            @Override
            public Uni<Void> cancel(Intent intent, Supplier<Uni<Void>> real) {
                cancelled.set(true);
                return Uni.createFrom().voidItem();
            }
        };
        Faults.of(tenant, watched);
        tell(Topics.deletion(tenant, termination));
        await().until(() -> count("SELECT count(*) FROM operation WHERE tenant_id = $1 AND progress_done = 1") == 1);
        held();

        await().until(() -> count("SELECT count(*) FROM asset WHERE tenant_id = $1 AND evidence IS NOT NULL") == 1);
        await().until(() -> count("SELECT count(*) FROM task WHERE tenant_id = $1") == 0);
        assertThat(Api.vmStatus(vms.getFirst())).isEqualTo("SANITIZING");
        assertThat(watched.intents()).containsExactly(Intent.SANITIZE);

        released();
        Topics.await(tenant, TenantAssetsDeleted.class, 1);
        assertThat(watched.intents()).containsExactly(Intent.SANITIZE, Intent.DELETE);
        assertThat(Topics.published(tenant, MediumSanitized.class)).hasSize(1);
    }

    /** The platform started a wipe, the answer was lost, and nobody has its handle: it is fenced off. */
    @Test
    void aWipeThatNobodyCanCancelIsFencedOff() {
        disabled(1);
        AtomicBoolean lost = new AtomicBoolean();
        Watched watched = new Watched() {
            @Override
            public Uni<String> start(Platform real, Operation operation) {
                return super.start(real, operation).invoke(handle -> {
                    if (operation.command().intent() == Intent.SANITIZE && lost.compareAndSet(false, true)) {
                        held();
                        throw new IllegalStateException("the answer was lost");
                    }
                });
            }
        };
        Faults.of(tenant, watched);
        tell(Topics.deletion(tenant, termination));

        await().until(() -> watched.started.size() == 2);
        await().until(() -> count("SELECT count(*) FROM task WHERE tenant_id = $1") == 0);
        assertThat(watched.intents()).containsExactly(Intent.SANITIZE, Intent.DISABLE);
        assertThat(watched.started.getLast().epoch())
                .isGreaterThan(watched.started.getFirst().epoch());
        assertThat(count("SELECT count(*) FROM operation WHERE tenant_id = $1")).isZero();

        released();
        Topics.await(tenant, TenantAssetsDeleted.class, 1);
    }

    /** A hold forbids to delete; it does not forbid to call a termination back. */
    @Test
    void aTenantThatIsHeldIsRestored() {
        disabled(1);
        tell(new LegalHoldSet(hold, null, review()));
        tell(new RestorationStarted(termination));

        Topics.await(tenant, TenantRestored.class, 1);
    }

    /** Facts that are put back from the dead letters come in any order. */
    @Test
    void aHoldThatComesAfterItsReleaseHoldsNothing() {
        disabled(1);
        tell(new LegalHoldReleased(hold));
        tell(new LegalHoldSet(hold, null, review()));
        tell(Topics.deletion(tenant, termination));

        Topics.await(tenant, TenantAssetsDeleted.class, 1);
    }

    private void held() {
        Lifecycle.holds(termination);
        tell(new LegalHoldSet(hold, null, review()));
    }

    /** As lifecycle tells it: the release, and then the command once more. */
    private void released() {
        Lifecycle.orders(termination, tenant, Topics.manifest(tenant));
        tell(new LegalHoldReleased(hold));
        tell(new CommandRepeated(termination, Command.DELETE, Topics.manifest(tenant)));
    }

    private Watched watched() {
        Watched watched = new Watched();
        Faults.of(tenant, watched);
        return watched;
    }

    private List<UUID> disabled(int vms) {
        List<UUID> ids = new CopyOnWriteArrayList<>();
        for (int i = 0; i < vms; i++) {
            ids.add(Api.orderVm(tenant, 1));
        }
        ids.forEach(vm -> Api.awaitVm(vm, "PROVISIONED"));
        tell(new TerminationRequested(termination));
        Topics.await(tenant, TenantDisabled.class, 1);
        return ids;
    }

    private static Instant review() {
        return Instant.parse("2100-01-01T00:00:00Z");
    }

    private long count(String sql) {
        return pool.preparedQuery(sql)
                .execute(sql.contains("$1") ? Tuple.of(tenant) : Tuple.tuple())
                .await()
                .indefinitely()
                .iterator()
                .next()
                .getLong(0);
    }

    private void tell(LifecycleFact fact) {
        Topics.publish("lifecycle", tenant, termination, fact);
    }
}
