package io.tenure.provisioning.termination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.nullValue;

import io.tenure.events.LifecycleFact;
import io.tenure.events.LifecycleFact.Command;
import io.tenure.events.LifecycleFact.CommandRepeated;
import io.tenure.events.LifecycleFact.RestorationStarted;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.events.ProvisioningFact;
import io.tenure.events.ProvisioningFact.AssetActionBlocked;
import io.tenure.events.ProvisioningFact.AssetDisabled;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.MediumDisabled;
import io.tenure.events.ProvisioningFact.MediumSanitized;
import io.tenure.events.ProvisioningFact.TenantAssetsDeleted;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.events.ProvisioningFact.TenantRestored;
import io.tenure.events.ProvisioningFact.VmProvisioned;
import io.tenure.kit.Ids;
import io.tenure.provisioning.Api;
import io.tenure.provisioning.Faults;
import io.tenure.provisioning.ProvisioningTest;
import io.tenure.provisioning.SandboxFiles;
import io.tenure.provisioning.Topics;
import io.tenure.provisioning.platform.DriverException;
import io.tenure.provisioning.platform.Inventory;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A termination on a platform that misbehaves. */
@ProvisioningTest
class FaultTest {

    @Inject
    Pool pool;

    private final UUID termination = Ids.next();
    private UUID tenant;

    @BeforeEach
    void aTenant() {
        tenant = Api.newTenant();
    }

    @AfterEach
    void end() {
        Faults.end(tenant);
    }

    /** Each call does its work, and the core does not hear of it the first time. */
    @Test
    void answersThatAreLostLoseNothingAndTellNothingTwice() {
        Set<String> heard = ConcurrentHashMap.newKeySet();
        Faults.of(tenant, (call, real) -> {
            Object answer = real.get();
            if (heard.add(call)) {
                throw DriverException.passing("the answer was lost");
            }
            return answer;
        });
        UUID vm = Api.orderVm(tenant, 1);
        Api.awaitVm(vm, "PROVISIONED");
        tell(new TerminationRequested(termination));
        Topics.await(tenant, TenantDisabled.class, 1);
        tell(Topics.deletion(tenant, termination));
        Topics.await(tenant, TenantAssetsDeleted.class, 1);

        assertThat(heard).contains("create", "disable", "inventory", "sanitize", "delete");
        assertThat(Topics.published(tenant, VmProvisioned.class)).hasSize(1);
        assertThat(Topics.published(tenant, MediumDisabled.class)).hasSize(1);
        assertThat(Topics.published(tenant, AssetDisabled.class)).hasSize(1);
        assertThat(Topics.published(tenant, MediumSanitized.class)).hasSize(1);
        assertThat(Topics.published(tenant, AssetSanitized.class)).hasSize(1);
        assertThat(Topics.published(tenant, AssetActionBlocked.class))
                .extracting(AssetActionBlocked::action)
                .containsExactly("PROVISION", "DISABLE", "INVENTORY", "SANITIZE", "SANITIZE");
    }

    /** The platform is the right one, and says that it has nothing. */
    @Test
    void anEmptyInventoryClosesNoManifest() {
        Api.awaitVm(Api.orderVm(tenant, 1), "PROVISIONED");
        Faults.of(tenant, (call, real) -> call.equals("inventory") ? new Inventory(List.of(), List.of()) : real.get());
        tell(new TerminationRequested(termination));

        await().until(() -> Topics.published(tenant, AssetActionBlocked.class).stream()
                .anyMatch(fact -> fact.reason().contains("shows other disks")));
        assertThat(Topics.published(tenant, TenantDisabled.class)).isEmpty();

        Faults.end(tenant);
        tell(new CommandRepeated(termination, Command.DISABLE, null));
        Topics.await(tenant, TenantDisabled.class, 1);
    }

    /**
     * A worker stops in the middle of a disablement, another replica takes its task over, the termination is called back; then the
     * first one goes on. What it was about to do was decided otherwise since.
     */
    @Test
    void aWorkerThatComesLateChangesNothing() throws Exception {
        UUID vm = Api.orderVm(tenant, 1);
        Api.awaitVm(vm, "PROVISIONED");
        Map<String, String> before = SandboxFiles.snapshot(SandboxFiles.tenant(tenant));
        CountDownLatch asleep = new CountDownLatch(1);
        CountDownLatch awake = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        Faults.of(tenant, (call, real) -> {
            if (!call.equals("disable") || calls.incrementAndGet() > 1) {
                return real.get();
            }
            asleep.countDown();
            sleepThrough(awake);
            try {
                return real.get();
            } finally {
                over.countDown();
            }
        });
        tell(new TerminationRequested(termination));
        asleep.await();
        pool.preparedQuery("UPDATE task SET leased_until = NULL, epoch = nextval('task_epoch'), due_at = now()"
                        + " WHERE tenant_id = $1")
                .execute(Tuple.of(tenant))
                .await()
                .indefinitely();
        Topics.await(tenant, TenantDisabled.class, 1);
        tell(new RestorationStarted(termination));
        Topics.await(tenant, TenantRestored.class, 1);

        awake.countDown();
        over.await();

        assertThat(SandboxFiles.snapshot(SandboxFiles.tenant(tenant))).isEqualTo(before);
        assertThat(Api.vmStatus(vm)).isEqualTo("PROVISIONED");
        assertThat(Topics.published(tenant, AssetDisabled.class)).hasSize(1);
    }

    /** As a process that is suspended: nothing wakes it up early, not even that its lease is lost. */
    private static void sleepThrough(CountDownLatch awake) {
        boolean interrupted = false;
        while (awake.getCount() > 0) {
            try {
                awake.await();
            } catch (InterruptedException lost) {
                interrupted = true;
            }
        }
        if (interrupted) {
            // The worker has not looked at it yet.
            Thread.interrupted();
        }
    }

    /** A call that stands still is given up and told, and the next attempt has the asset to itself. */
    @Test
    void aPlatformThatStandsStillIsABlocker() {
        Api.awaitVm(Api.orderVm(tenant, 1), "PROVISIONED");
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        Faults.of(tenant, (call, real) -> {
            if (call.equals("disable") && calls.incrementAndGet() == 1) {
                try {
                    never.await();
                } catch (InterruptedException givenUp) {
                    throw DriverException.passing("given up");
                }
            }
            return real.get();
        });
        tell(new TerminationRequested(termination));

        Topics.await(tenant, TenantDisabled.class, 1);
        assertThat(Topics.published(tenant, AssetActionBlocked.class))
                .singleElement()
                .satisfies(blocked -> {
                    assertThat(blocked.action()).isEqualTo("DISABLE");
                    assertThat(blocked.reason()).isEqualTo("the platform stands still: no progress for 15 s");
                });
    }

    /** What will never work is told like anything else that is in the way, and an operator has it tried again. */
    @Test
    void aPermanentFailureIsABlocker() {
        UUID vm = Api.orderVm(tenant, 1);
        Api.awaitVm(vm, "PROVISIONED");
        for (String impossible : List.of("disable", "restore")) {
            Faults.of(tenant, (call, real) -> failing(call, impossible, real));
            boolean disabling = impossible.equals("disable");
            tell(disabling ? new TerminationRequested(termination) : new RestorationStarted(termination));
            AssetActionBlocked blocked = await().until(
                            () -> Topics.published(tenant, AssetActionBlocked.class).stream()
                                    .filter(fact -> fact.action().equals(impossible.toUpperCase()))
                                    .findFirst(),
                            Optional::isPresent)
                    .orElseThrow();
            assertThat(blocked.reason()).isEqualTo("the platform does not support this");
            Api.asManager().get("/v1/vms/{id}", vm).then().body("obstacle", containsString("does not support"));
            Faults.end(tenant);
            tell(new CommandRepeated(termination, disabling ? Command.DISABLE : Command.RESTORE, null));
            Class<? extends ProvisioningFact> closing = disabling ? TenantDisabled.class : TenantRestored.class;
            Topics.await(tenant, closing, 1);
            Api.asManager().get("/v1/vms/{id}", vm).then().body("obstacle", nullValue());
        }
    }

    private static Object failing(String call, String impossible, Supplier<Object> real) {
        if (call.equals(impossible)) {
            throw DriverException.permanent("the platform does not support this");
        }
        return real.get();
    }

    /** An order that the platform has no room for waits, and says for how much. */
    @Test
    void anOrderWithoutRoomSaysWhatIsMissing() {
        Faults.of(tenant, (call, real) -> {
            if (call.equals("create")) {
                throw DriverException.of(
                        new DriverException.Kind.Quota(5L << 20), "the platform has no room: 5 MiB are missing");
            }
            return real.get();
        });
        UUID vm = Api.orderVm(tenant, 1);

        assertThat(Topics.await(tenant, AssetActionBlocked.class, 1)).first().satisfies(blocked -> {
            assertThat(blocked.terminationId()).isNull();
            assertThat(blocked.assetId()).isEqualTo(vm);
            assertThat(blocked.action()).isEqualTo("PROVISION");
            assertThat(blocked.reason()).contains("5 MiB are missing");
        });
        Api.asManager().get("/v1/vms/{id}", vm).then().body("obstacle", containsString("5 MiB are missing"));
        Faults.end(tenant);
        Api.awaitVm(vm, "PROVISIONED");
    }

    private void tell(LifecycleFact fact) {
        Topics.publish("lifecycle", tenant, termination, fact);
    }
}
