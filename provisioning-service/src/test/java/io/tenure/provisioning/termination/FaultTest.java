package io.tenure.provisioning.termination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.smallrye.mutiny.Uni;
import io.tenure.events.AssetAction;
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
import io.tenure.platform.Answer;
import io.tenure.platform.DriverException;
import io.tenure.platform.Intent;
import io.tenure.platform.Inventory;
import io.tenure.platform.Operation;
import io.tenure.platform.Platform;
import io.tenure.platform.sandbox.SandboxFiles;
import io.tenure.provisioning.Api;
import io.tenure.provisioning.Faults;
import io.tenure.provisioning.ProvisioningTest;
import io.tenure.provisioning.Topics;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
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

    /** Each call does its work, but the first answer to it is lost. */
    @Test
    void answersThatAreLostLoseNothingAndTellNothingTwice() {
        Set<String> heard = ConcurrentHashMap.newKeySet();
        Faults.of(tenant, new Faults.Fault() {
            @Override
            public Uni<String> start(Platform real, Operation operation) {
                return lostOnce("start " + operation.command().intent(), real.start(operation));
            }

            @Override
            public Uni<Answer> poll(Intent intent, Supplier<Uni<Answer>> real) {
                return lostOnce("poll " + intent, real.get());
            }

            @Override
            public Uni<Inventory> inventory(Supplier<Uni<Inventory>> real) {
                return lostOnce("inventory", real.get());
            }

            private <T> Uni<T> lostOnce(String call, Uni<T> real) {
                return real.invoke(answer -> {
                    if (heard.add(call)) {
                        throw new IllegalStateException("the answer was lost");
                    }
                });
            }
        });
        UUID vm = Api.orderVm(tenant, 1);
        Api.awaitVm(vm, "PROVISIONED");
        tell(new TerminationRequested(termination));
        Topics.await(tenant, TenantDisabled.class, 1);
        tell(Topics.deletion(tenant, termination));
        Topics.await(tenant, TenantAssetsDeleted.class, 1);

        assertThat(heard)
                .containsExactlyInAnyOrder(
                        "start CREATE",
                        "poll CREATE",
                        "start DISABLE",
                        "poll DISABLE",
                        "inventory",
                        "start SANITIZE",
                        "poll SANITIZE",
                        "start DELETE",
                        "poll DELETE");
        assertThat(Topics.published(tenant, VmProvisioned.class)).hasSize(1);
        assertThat(Topics.published(tenant, MediumDisabled.class)).hasSize(1);
        assertThat(Topics.published(tenant, AssetDisabled.class)).hasSize(1);
        assertThat(Topics.published(tenant, MediumSanitized.class)).hasSize(1);
        assertThat(Topics.published(tenant, AssetSanitized.class)).hasSize(1);
        assertThat(Topics.published(tenant, AssetActionBlocked.class))
                .extracting(AssetActionBlocked::action)
                .containsExactly(
                        AssetAction.PROVISION,
                        AssetAction.PROVISION,
                        AssetAction.DISABLE,
                        AssetAction.DISABLE,
                        AssetAction.INVENTORY,
                        AssetAction.SANITIZE,
                        AssetAction.SANITIZE,
                        AssetAction.SANITIZE,
                        AssetAction.SANITIZE);
        assertThat(openOperations()).isZero();
    }

    private long openOperations() {
        return pool.preparedQuery("SELECT count(*) FROM operation WHERE tenant_id = $1")
                .execute(Tuple.of(tenant))
                .await()
                .indefinitely()
                .iterator()
                .next()
                .getLong(0);
    }

    /** The platform has the right identity but reports that it holds nothing. */
    @Test
    void anEmptyInventoryClosesNoManifest() {
        Api.awaitVm(Api.orderVm(tenant, 1), "PROVISIONED");
        Faults.of(tenant, new Faults.Fault() {
            @Override
            public Uni<Inventory> inventory(Supplier<Uni<Inventory>> real) {
                return Uni.createFrom().item(new Inventory(List.of(), List.of()));
            }
        });
        tell(new TerminationRequested(termination));

        await().until(() -> Topics.published(tenant, AssetActionBlocked.class).stream()
                .anyMatch(fact -> fact.reason().contains("shows other disks")));
        assertThat(Topics.published(tenant, TenantDisabled.class)).isEmpty();

        Faults.end(tenant);
        tell(new CommandRepeated(termination, Command.DISABLE, null));
        Topics.await(tenant, TenantDisabled.class, 1);
    }

    /**
     * A worker hangs before it starts a disablement, another replica takes over its task, and the termination is
     * cancelled. Then the first worker goes on with what is no longer wanted.
     */
    @Test
    void aWorkerThatComesLateChangesNothing() {
        UUID vm = Api.orderVm(tenant, 1);
        Api.awaitVm(vm, "PROVISIONED");
        Map<String, String> before = SandboxFiles.snapshot(SandboxFiles.tenant(tenant));
        CompletableFuture<Runnable> asleep = new CompletableFuture<>();
        CompletableFuture<Answer> over = new CompletableFuture<>();
        AtomicInteger calls = new AtomicInteger();
        Faults.of(tenant, new Faults.Fault() {
            @Override
            public Uni<String> start(Platform real, Operation operation) {
                if (operation.command().intent() != Intent.DISABLE || calls.incrementAndGet() > 1) {
                    return real.start(operation);
                }
                // Like a suspended process: nothing wakes it up early, not even losing its lease.
                asleep.complete(() -> real.start(operation)
                        .flatMap(handle -> real.poll(handle, Duration.ofSeconds(30)))
                        .subscribe()
                        .with(over::complete, over::completeExceptionally));
                return Uni.createFrom().nothing();
            }
        });
        tell(new TerminationRequested(termination));
        Runnable wake = asleep.join();
        pool.preparedQuery("UPDATE task SET leased_until = NULL, epoch = nextval('task_epoch'), due_at = now()"
                        + " WHERE tenant_id = $1")
                .execute(Tuple.of(tenant))
                .await()
                .indefinitely();
        Topics.await(tenant, TenantDisabled.class, 1);
        tell(new RestorationStarted(termination));
        Topics.await(tenant, TenantRestored.class, 1);

        wake.run();

        assertThat(over.join()).isInstanceOfSatisfying(Answer.Failed.class, failed -> assertThat(
                        failed.error().kind())
                .isInstanceOf(DriverException.Kind.Conflict.class));
        assertThat(SandboxFiles.snapshot(SandboxFiles.tenant(tenant))).isEqualTo(before);
        assertThat(Api.vmStatus(vm)).isEqualTo("PROVISIONED");
        assertThat(Topics.published(tenant, AssetDisabled.class)).hasSize(1);
    }

    /** The platform forgot the operation because its process died: it is started again as the same operation. */
    @Test
    void anOperationThatNobodyKnowsAnyMoreIsStartedAgain() {
        List<UUID> started = new CopyOnWriteArrayList<>();
        AtomicBoolean forgotten = new AtomicBoolean();
        Faults.of(tenant, new Faults.Fault() {
            @Override
            public Uni<String> start(Platform real, Operation operation) {
                started.add(operation.id());
                return real.start(operation);
            }

            @Override
            public Uni<Answer> poll(Intent intent, Supplier<Uni<Answer>> real) {
                return forgotten.compareAndSet(false, true) ? Uni.createFrom().item(new Answer.Unknown()) : real.get();
            }
        });
        Api.awaitVm(Api.orderVm(tenant, 1), "PROVISIONED");

        assertThat(started).hasSize(2);
        assertThat(Set.copyOf(started)).hasSize(1);
        assertThat(Topics.published(tenant, AssetActionBlocked.class)).isEmpty();
    }

    /**
     * An operation without progress is abandoned and reported, even if it cannot be cancelled; the next attempt is a
     * new operation.
     */
    @Test
    void anOperationThatStandsStillIsABlocker() {
        Api.awaitVm(Api.orderVm(tenant, 1), "PROVISIONED");
        AtomicInteger cancelled = new AtomicInteger();
        Faults.of(tenant, new Faults.Fault() {
            @Override
            public Uni<Answer> poll(Intent intent, Supplier<Uni<Answer>> real) {
                return cancelled.get() == 0 ? Uni.createFrom().item(new Answer.Running(1, 2)) : real.get();
            }

            @Override
            public Uni<Void> cancel(Intent intent, Supplier<Uni<Void>> real) {
                cancelled.incrementAndGet();
                return Uni.createFrom().failure(DriverException.passing("there is no such operation"));
            }
        });
        tell(new TerminationRequested(termination));

        Topics.await(tenant, TenantDisabled.class, 1);
        assertThat(cancelled).hasValue(1);
        assertThat(Topics.published(tenant, AssetActionBlocked.class))
                .singleElement()
                .satisfies(blocked -> {
                    assertThat(blocked.action()).isEqualTo(AssetAction.DISABLE);
                    assertThat(blocked.reason()).isEqualTo("the platform stands still: no progress for 15 s");
                });
    }

    /** A platform that does not answer holds up only the asset that it was asked about. */
    @Test
    void aPlatformThatDoesNotAnswerIsABlocker() {
        UUID vm = Api.orderVm(tenant, 1);
        Api.awaitVm(vm, "PROVISIONED");
        AtomicBoolean silent = new AtomicBoolean(true);
        Faults.of(tenant, new Faults.Fault() {
            @Override
            public Uni<Answer> poll(Intent intent, Supplier<Uni<Answer>> real) {
                return silent.compareAndSet(true, false) ? Uni.createFrom().nothing() : real.get();
            }
        });
        tell(new TerminationRequested(termination));

        Topics.await(tenant, TenantDisabled.class, 1);
        assertThat(Topics.published(tenant, AssetActionBlocked.class))
                .singleElement()
                .satisfies(blocked -> assertThat(blocked.reason()).startsWith("the platform does not answer"));
    }

    /** Progress is shown, and a running operation is cancelled when something else is wanted. */
    @Test
    void whatIsUnderWayIsShownAndGivenUpWhereSomethingElseIsWanted() {
        AtomicBoolean cancelled = new AtomicBoolean();
        Faults.of(tenant, new Faults.Fault() {
            @Override
            public Uni<Answer> poll(Intent intent, Supplier<Uni<Answer>> real) {
                return intent == Intent.CREATE && !cancelled.get()
                        ? Uni.createFrom().item(new Answer.Running(3, 4))
                        : real.get();
            }

            @Override
            public Uni<Void> cancel(Intent intent, Supplier<Uni<Void>> real) {
                cancelled.set(true);
                return real.get();
            }
        });
        UUID vm = Api.orderVm(tenant, 1);
        await().untilAsserted(() -> Api.asManager()
                .get("/v1/vms/{id}", vm)
                .then()
                .body("status", equalTo("ORDERED"))
                .body("progress.intent", equalTo("CREATE"))
                .body("progress.begunAt", notNullValue())
                .body("progress.done", equalTo(3))
                .body("progress.total", equalTo(4)));
        Api.asManager().get("/v1/tenants/{id}/assets", tenant).then().body("items[0].progress.done", equalTo(3));

        tell(new TerminationRequested(termination));
        Topics.await(tenant, TenantDisabled.class, 1);

        assertThat(cancelled).isTrue();
        assertThat(Topics.published(tenant, VmProvisioned.class)).isEmpty();
        Api.asManager()
                .get("/v1/vms/{id}", vm)
                .then()
                .body("status", equalTo("DISABLED"))
                .body("progress", nullValue());
    }

    /** A permanent failure is reported once, and an operator can have it retried. */
    @Test
    void aPermanentFailureIsABlockerAndNoLoop() {
        UUID vm = Api.orderVm(tenant, 1);
        Api.awaitVm(vm, "PROVISIONED");
        refusedForGood(
                Intent.DISABLE,
                AssetAction.DISABLE,
                Command.DISABLE,
                vm,
                TenantDisabled.class,
                () -> tell(new TerminationRequested(termination)));
        refusedForGood(
                Intent.SANITIZE,
                AssetAction.SANITIZE,
                Command.DELETE,
                vm,
                TenantAssetsDeleted.class,
                () -> tell(Topics.deletion(tenant, termination)));
    }

    @Test
    void aPermanentFailureToRestoreIsABlockerAndNoLoop() {
        UUID vm = Api.orderVm(tenant, 1);
        Api.awaitVm(vm, "PROVISIONED");
        tell(new TerminationRequested(termination));
        Topics.await(tenant, TenantDisabled.class, 1);
        refusedForGood(
                Intent.RESTORE,
                AssetAction.RESTORE,
                Command.RESTORE,
                vm,
                TenantRestored.class,
                () -> tell(new RestorationStarted(termination)));
    }

    private void refusedForGood(
            Intent impossible,
            AssetAction action,
            Command command,
            UUID vm,
            Class<? extends ProvisioningFact> closing,
            Runnable begin) {
        AtomicInteger asked = new AtomicInteger();
        Faults.of(tenant, new Faults.Fault() {
            @Override
            public Uni<Answer> poll(Intent intent, Supplier<Uni<Answer>> real) {
                if (intent != impossible) {
                    return real.get();
                }
                asked.incrementAndGet();
                return Uni.createFrom()
                        .item(new Answer.Failed(DriverException.permanent("the platform does not support this")));
            }
        });
        begin.run();
        AssetActionBlocked blocked = await().until(
                        () -> Topics.published(tenant, AssetActionBlocked.class).stream()
                                .filter(fact -> fact.action() == action)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
        assertThat(blocked.reason())
                .startsWith("the platform does not support this")
                .endsWith("have the command repeated");
        assertThat(blocked.nextRetryAt()).isNull();
        Api.asManager().get("/v1/vms/{id}", vm).then().body("obstacle", containsString("does not support"));
        assertThat(openTasks()).isZero();
        assertThat(asked).hasValue(1);
        Faults.end(tenant);
        String manifest = command == Command.DELETE ? Topics.manifest(tenant) : null;
        tell(new CommandRepeated(termination, command, manifest));
        Topics.await(tenant, closing, 1);
        Api.asManager().get("/v1/vms/{id}", vm).then().body("obstacle", nullValue());
    }

    /** Zero if nothing is retried automatically. */
    private long openTasks() {
        return pool.preparedQuery("SELECT count(*) FROM task WHERE tenant_id = $1 AND kind = 'asset'")
                .execute(Tuple.of(tenant))
                .await()
                .indefinitely()
                .iterator()
                .next()
                .getLong(0);
    }

    /** An order that does not fit on the platform waits, and says how much is missing. */
    @Test
    void anOrderWithoutRoomSaysWhatIsMissing() {
        Faults.of(tenant, new Faults.Fault() {
            @Override
            public Uni<String> start(Platform real, Operation operation) {
                return Uni.createFrom()
                        .failure(DriverException.of(
                                new DriverException.Kind.Quota(5L << 20),
                                "the platform has no room: 5 MiB are missing"));
            }
        });
        UUID vm = Api.orderVm(tenant, 1);

        assertThat(Topics.await(tenant, AssetActionBlocked.class, 1)).first().satisfies(blocked -> {
            assertThat(blocked.terminationId()).isNull();
            assertThat(blocked.assetId()).isEqualTo(vm);
            assertThat(blocked.action()).isEqualTo(AssetAction.PROVISION);
            assertThat(blocked.reason()).contains("5 MiB are missing");
        });
        Api.asManager().get("/v1/vms/{id}", vm).then().body("obstacle", containsString("5 MiB are missing"));
        Faults.end(tenant);
        Api.awaitVm(vm, "PROVISIONED");
    }

    /** A busy platform is not a failure: it is called again at the time that it asks for. */
    @Test
    void aPlatformThatIsBusyIsAskedAgain() {
        AtomicInteger refused = new AtomicInteger();
        Faults.of(tenant, new Faults.Fault() {
            @Override
            public Uni<String> start(Platform real, Operation operation) {
                return refused.incrementAndGet() > 3
                        ? real.start(operation)
                        : Uni.createFrom()
                                .failure(DriverException.of(
                                        new DriverException.Kind.Throttled(Duration.ofMillis(10)),
                                        "the platform has too much to do"));
            }
        });
        Api.awaitVm(Api.orderVm(tenant, 1), "PROVISIONED");

        assertThat(refused).hasValue(4);
        assertThat(Topics.published(tenant, AssetActionBlocked.class)).isEmpty();
    }

    private void tell(LifecycleFact fact) {
        Topics.publish("lifecycle", tenant, termination, fact);
    }
}
