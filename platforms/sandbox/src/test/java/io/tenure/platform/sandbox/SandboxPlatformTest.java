package io.tenure.platform.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.mutiny.Uni;
import io.tenure.platform.Answer;
import io.tenure.platform.AssetRef;
import io.tenure.platform.Command;
import io.tenure.platform.DriverException;
import io.tenure.platform.Expected;
import io.tenure.platform.Intent;
import io.tenure.platform.Inventory;
import io.tenure.platform.Operation;
import io.tenure.platform.Outcome;
import io.tenure.platform.Presence;
import io.tenure.platform.Priority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the sandbox keeps about operations, and how it carries them out. */
class SandboxPlatformTest {

    private static final Duration BUSY_MACHINE = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    private Sandbox sandbox;
    private UUID identity;

    @BeforeEach
    void prepare() {
        sandbox = new Sandbox(directory.resolve("sandbox"));
        identity = sandbox.driver.mark(UUID.randomUUID());
    }

    private Operation operation(Command command) {
        return new Operation(UUID.randomUUID(), command, Sandbox.epoch(), identity);
    }

    private Operation sanitization(AssetRef asset) {
        return operation(new Command.Sanitize(asset, sandbox.present(asset)));
    }

    private static <T> T get(Uni<T> answer) {
        return answer.await().atMost(BUSY_MACHINE);
    }

    private static Answer now(SandboxPlatform platform, String handle) {
        return get(platform.poll(handle, Duration.ZERO));
    }

    private static Answer ends(SandboxPlatform platform, Operation operation) {
        return get(platform.poll(get(platform.start(operation)), BUSY_MACHINE));
    }

    private static void until(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(BUSY_MACHINE)
                .pollInterval(Duration.ofMillis(10))
                .until(condition);
    }

    private Path journal(AssetRef.Own asset) {
        return sandbox.root.resolve(".operations").resolve(asset.assetId().toString());
    }

    /** Names tell about persons, and the journal stays when the asset is gone. */
    @Test
    void keepsOneSmallFileOfAnAssetAndOneOfItsTenantAndNoNameOnceItIsGone() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        for (int time = 0; time < 3; time++) {
            sandbox.disable(vm);
            sandbox.restore(vm);
        }
        sandbox.disable(vm);
        sandbox.sanitize(vm, Sandbox.SILENT);
        assertThat(journal(vm)).content().contains("disk.img");

        sandbox.delete(vm);

        assertThat(journal(vm)).content().doesNotContain("disk.img").contains("DELETE", "DONE");
        Path ofTenant = journal(vm).resolveSibling(SandboxLayout.key(sandbox.tenant));
        assertThat(SandboxLayout.list(journal(vm).getParent())).containsExactlyInAnyOrder(journal(vm), ofTenant);
        assertThat(sandbox.root.resolve(".state")).isEmptyDirectory();
    }

    /** Edited by hand, or cut off by a full disk: it is not known which worker was there last, so none may go on. */
    @Test
    void aJournalThatNobodyCanReadHoldsUpItsAsset() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        String handle = get(sandbox.driver.platform().start(operation(new Command.Disable(vm))));
        assertThat(get(sandbox.driver.platform().poll(handle, BUSY_MACHINE))).isInstanceOf(Answer.Done.class);
        String content = Files.readString(journal(vm));
        Files.writeString(journal(vm), content.substring(0, content.length() / 2));
        SandboxPlatform replica = Sandbox.driver(sandbox.root).platform();

        Answer answer = ends(replica, sanitization(vm));

        assertThat(answer).isInstanceOfSatisfying(Answer.Failed.class, failed -> assertThat(failed.error())
                .hasMessageContaining("cannot be read")
                .hasMessageNotContaining("/"));
        assertThat(replica.poll(handle, Duration.ZERO)
                        .onFailure(DriverException.class)
                        .recoverWithNull()
                        .await()
                        .atMost(BUSY_MACHINE))
                .isNull();
        Files.writeString(journal(vm), content);
        assertThat(ends(replica, sanitization(vm))).isInstanceOf(Answer.Done.class);
    }

    /** A failure keeps its kind, and what belongs to that, for whoever asks after a crash. */
    @Test
    void aFailureIsTheSameForAnotherProcess() {
        AssetRef.Own vm = new AssetRef.Own(sandbox.tenant, UUID.randomUUID());
        String handle = get(sandbox.driver.platform().start(operation(new Command.Create(Sandbox.vmSpec(vm, 17)))));
        Answer.Failed here = (Answer.Failed) get(sandbox.driver.platform().poll(handle, BUSY_MACHINE));

        Answer.Failed there = (Answer.Failed) now(Sandbox.driver(sandbox.root).platform(), handle);

        assertThat(here.error().isPermanent()).isTrue();
        assertThat(there.error().kind()).isEqualTo(here.error().kind());
        assertThat(there.error()).hasMessage(here.error().getMessage());
    }

    /** The service stops in the middle of a wipe: another one goes on with it. */
    @Test
    void whatAServiceThatStopsWasDoingIsNobodysUntilItIsStartedAgain() {
        AssetRef.Own vm = sandbox.vm(1);
        sandbox.disable(vm);
        Operation wipe = sanitization(vm);
        Stall stall = new Stall(Intent.SANITIZE, 1);
        SandboxPlatform stopping = Sandbox.platform(sandbox.root, stall);
        SandboxPlatform replica = Sandbox.driver(sandbox.root).platform();
        String handle = get(stopping.start(wipe));
        until(() -> stall.stalled() == 1);
        CompletableFuture<Answer> waiting =
                stopping.poll(handle, Duration.ofHours(1)).subscribeAsCompletionStage();

        stopping.close();

        assertThat(get(Uni.createFrom().completionStage(waiting))).isEqualTo(new Answer.Unknown());
        until(() -> now(replica, handle).equals(new Answer.Unknown()));
        assertThat(ends(replica, wipe)).isInstanceOf(Answer.Done.class);
        assertThat(stopping.start(sanitization(vm))
                        .onFailure(DriverException.class)
                        .recoverWithItem("the service stops")
                        .await()
                        .atMost(BUSY_MACHINE))
                .isEqualTo("the service stops");
    }

    /** The first one was slow to answer, so the core started it on another replica too. */
    @Test
    void whatIsStartedOnTwoReplicasIsDoneByOne() {
        AssetRef.Own vm = sandbox.vm(1);
        sandbox.disable(vm);
        Operation wipe = sanitization(vm);
        Stall stall = new Stall(Intent.SANITIZE, 1);
        SandboxPlatform first = Sandbox.platform(sandbox.root, stall);
        SandboxPlatform second = Sandbox.driver(sandbox.root).platform();
        String handle = get(first.start(wipe));
        until(() -> stall.stalled() == 1);

        assertThat(get(second.start(wipe))).isEqualTo(handle);

        assertThat(now(second, handle)).isInstanceOf(Answer.Running.class);
        stall.letGo();
        Answer answer = get(second.poll(handle, BUSY_MACHINE));
        assertThat(answer).isInstanceOf(Answer.Done.class);
        assertThat(get(first.poll(handle, BUSY_MACHINE))).isEqualTo(answer);
    }

    /** Cancelled before its turn came: it is not done later. */
    @Test
    void whatIsCancelledBeforeItBeganIsNeverDone() {
        CountDownLatch go = new CountDownLatch(1);
        SandboxPlatform platform = Sandbox.platform(sandbox.root, (operation, step) -> {
            if (operation.command().intent() == Intent.SANITIZE) {
                await(go);
            }
        });
        AssetRef.Own vm = sandbox.vm(1);
        Expected manifest = Expected.all(sandbox.manifest(vm));
        sandbox.sanitize(vm, Sandbox.SILENT);
        List<String> wipes = IntStream.range(0, 16)
                .mapToObj(i -> get(platform.start(operation(new Command.Sanitize(
                        new AssetRef.Own(sandbox.tenant, UUID.randomUUID()), Expected.all(List.of()))))))
                .toList();
        String removal = get(platform.start(operation(new Command.Delete(vm, manifest))));
        assertThat(now(platform, removal)).isEqualTo(new Answer.Running(0, 0));

        // What is cancelled makes room for others.
        List<String> others = new ArrayList<>();
        while (started(platform, others)) {
            assertThat(others).hasSizeLessThan(10_000);
        }
        get(platform.cancel(removal));
        assertThat(started(platform, others)).isTrue();
        assertThat(started(platform, others)).isFalse();

        assertThat(get(platform.poll(removal, BUSY_MACHINE))).isInstanceOf(Answer.Failed.class);
        go.countDown();
        assertThat(wipes).allSatisfy(wipe -> assertThat(get(platform.poll(wipe, BUSY_MACHINE)))
                .isEqualTo(new Answer.Done(new Outcome.Sanitized(new Presence.ProvenAbsent(), List.of()))));
        assertThat(others).allSatisfy(other -> assertThat(get(platform.poll(other, BUSY_MACHINE)))
                .isInstanceOf(Answer.Done.class));
        assertThat(sandbox.disabled(vm)).exists();
    }

    /** Whether there was room for another operation. */
    private boolean started(SandboxPlatform platform, List<String> handles) {
        try {
            handles.add(get(platform.start(operation(new Command.Sanitize(
                    new AssetRef.Own(sandbox.tenant, UUID.randomUUID()), Expected.all(List.of()))))));
            return true;
        } catch (DriverException throttled) {
            assertThat(throttled.kind()).isInstanceOf(DriverException.Kind.Throttled.class);
            return false;
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        }
    }

    /** How far a wipe is: each byte is written once and read once, over all disks. */
    @Test
    void tellsHowFarAWipeIs() throws IOException {
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "x".repeat(1000));
        Files.writeString(sandbox.inUse(vdc).resolve("vms/web-1/second.img"), "y".repeat(500));
        sandbox.disable(vdc);
        sandbox.disable(machine);
        List<Answer.Running> told = new CopyOnWriteArrayList<>();
        AtomicReference<String> handle = new AtomicReference<>();
        CountDownLatch started = new CountDownLatch(1);
        AtomicReference<SandboxPlatform> itself = new AtomicReference<>();
        SandboxPlatform platform = Sandbox.platform(sandbox.root, (operation, step) -> {
            await(started);
            told.add((Answer.Running) now(itself.get(), handle.get()));
        });
        itself.set(platform);
        handle.set(get(platform.start(sanitization(machine))));
        started.countDown();

        assertThat(get(platform.poll(handle.get(), BUSY_MACHINE))).isInstanceOf(Answer.Done.class);

        assertThat(told)
                .extracting(Answer.Running::done)
                .isSorted()
                .endsWith(3000L)
                .hasSize(6);
        assertThat(told.getLast().total()).isEqualTo(3000);
    }

    /** One thing that cannot be shut off keeps nothing else open. */
    @Test
    void shutsOffAllThatItCan() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "one");
        AssetRef.Own neighbour = new AssetRef.Own(UUID.randomUUID(), UUID.randomUUID());
        sandbox.create(Sandbox.vmSpec(neighbour, 1));
        String misplaced = neighbour.assetId().toString();
        Files.move(
                sandbox.area(neighbour.tenantId()).resolve(misplaced),
                sandbox.tenantDirectory().resolve(misplaced));
        Files.writeString(sandbox.tenantDirectory().resolve("zz-notes"), "left here");

        Answer answer = ends(
                sandbox.driver.platform(),
                operation(new Command.ShutOff(
                        sandbox.tenant,
                        Set.of(
                                new Inventory.Place(Sandbox.LOCATION, misplaced),
                                new Inventory.Place(Sandbox.LOCATION, "zz-notes")),
                        Set.of(machine, vm, vdc))));

        assertThat(answer).isInstanceOfSatisfying(Answer.Failed.class, failed -> assertThat(failed.error())
                .hasMessageContaining("another tenant's mark"));
        Inventory inventory = sandbox.driver.inventory(sandbox.tenant);
        assertThat(inventory.items()).hasSize(3).allMatch(Inventory.Item::disabled);
        assertThat(inventory.findings()).noneMatch(Inventory.Found::open);
    }

    /** It died after it had kept that the asset is made, and before the asset was there for anybody. */
    @Test
    void whatWasNeverVisibleWasNeverMade() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        Files.move(sandbox.inUse(vm), sandbox.tenantDirectory().resolve(vm.assetId() + ".new"));

        assertThat(sandbox.disable(vm)).isEqualTo(new Presence.ProvenAbsent());

        assertThat(sandbox.tenantDirectory().resolve(vm.assetId() + ".new")).doesNotExist();
    }

    /** The whole location is away, as by a mount that failed: so are the machines of a virtual data center in it. */
    @Test
    void whatLiesInALocationThatIsAwayIsUnknown() throws IOException {
        AssetRef.Own vdc = sandbox.vdc();
        AssetRef.InVdc machine = sandbox.machine(vdc, "web-1", "one");
        Path location = sandbox.root.resolve(Sandbox.LOCATION);
        Path away = Files.move(location, directory.resolve("away"));

        assertThat(sandbox.disable(vdc)).isEqualTo(new Presence.Unknown());
        assertThat(sandbox.disable(machine)).isEqualTo(new Presence.Unknown());

        Files.move(away, location);
        assertThat(sandbox.manifest(vdc)).isEmpty();
        assertThat(sandbox.manifest(machine)).hasSize(1);
    }

    /** What was disabled while it was away stays so: nothing makes it anew in the meantime. */
    @Test
    void aLateOrderDoesNotReplaceWhatIsAway() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        Path away = Files.move(sandbox.inUse(vm), directory.resolve("away"));

        Answer answer = ends(sandbox.driver.platform(), operation(new Command.Create(Sandbox.vmSpec(vm, 1))));

        assertThat(answer).isInstanceOfSatisfying(Answer.Failed.class, failed -> assertThat(failed.error())
                .hasMessageContaining("was made before"));
        assertThat(away).exists();
        assertThat(sandbox.inUse(vm)).doesNotExist();
    }

    /** It died while it removed the asset, of which nothing is left: that is no asset that is away. */
    @Test
    void finishesARemovalThatCrashedBeforeItWasForgotten() throws IOException {
        AssetRef.Own vm = sandbox.vm(1);
        Expected manifest = Expected.all(sandbox.manifest(vm));
        sandbox.sanitize(vm, Sandbox.SILENT);
        new SandboxLayout(sandbox.root).state(vm).keepRemoving();
        Tree.of(sandbox.disabled(vm)).remove();

        assertThat(ends(sandbox.driver.platform(), operation(new Command.Delete(vm, manifest))))
                .isEqualTo(new Answer.Done(new Outcome.Deleted()));
        assertThat(sandbox.disable(vm)).isEqualTo(new Presence.ProvenAbsent());
    }

    /** The storage hangs under everything that is urgent, and questions are still answered. */
    @Test
    void answersWhileEveryWorkerHangs() {
        CountDownLatch go = new CountDownLatch(1);
        SandboxPlatform platform = Sandbox.platform(sandbox.root, (operation, step) -> await(go));
        List<String> handles = IntStream.range(0, 40)
                .mapToObj(i -> get(platform.start(
                        operation(new Command.Disable(new AssetRef.Own(sandbox.tenant, UUID.randomUUID()))))))
                .toList();

        assertThat(handles)
                .allSatisfy(handle -> assertThat(now(platform, handle)).isInstanceOf(Answer.Running.class));
        assertThat(get(platform.identity())).contains(identity);
        CompletableFuture<Inventory> held =
                platform.inventory(identity, sandbox.tenant, Priority.URGENT).subscribeAsCompletionStage();
        assertThat(get(platform.inventory(identity, sandbox.tenant, Priority.NORMAL))
                        .isEmpty())
                .isTrue();
        assertThat(held).isNotDone();

        go.countDown();
        assertThat(get(Uni.createFrom().completionStage(held)).isEmpty()).isTrue();
        assertThat(handles).allSatisfy(handle -> assertThat(get(platform.poll(handle, BUSY_MACHINE)))
                .isEqualTo(new Answer.Done(new Outcome.Disabled(new Presence.ProvenAbsent()))));
    }

    @Test
    void keepsEveryKindOfFailure() throws IOException {
        Journal journal = new Journal(directory.resolve("journals"), "one");
        for (DriverException.Kind kind : List.of(
                new DriverException.Kind.Passing(),
                new DriverException.Kind.Throttled(Duration.ofMillis(1500)),
                new DriverException.Kind.Unauthenticated(),
                new DriverException.Kind.Conflict(),
                new DriverException.Kind.ProvenAbsent(),
                new DriverException.Kind.Quota(1L << 40),
                new DriverException.Kind.Permanent())) {
            Operation operation = operation(new Command.Disable(new AssetRef.Own(sandbox.tenant, UUID.randomUUID())));
            journal.begin(operation);
            assertThat(journal.read().endOf(operation.id())).isEmpty();
            journal.failed(operation, DriverException.of(kind, "for a reason"));

            assertThat(journal.read().endOf(operation.id()))
                    .containsInstanceOf(Answer.Failed.class)
                    .map(answer -> ((Answer.Failed) answer).error())
                    .hasValueSatisfying(error -> {
                        assertThat(error.kind()).isEqualTo(kind);
                        assertThat(error).hasMessage("for a reason");
                    });
        }
    }

    /** Another process reads how far it is. */
    @Test
    void progressThatIsNotReadableIsUnknownProgress() throws IOException {
        Journal journal = new Journal(Files.createDirectories(directory.resolve("journals")), "one");
        assertThat(journal.progress()).isEqualTo(new Answer.Running(0, 0));
        journal.progress(new Answer.Running(3, 4));
        assertThat(journal.progress()).isEqualTo(new Answer.Running(3, 4));
        Files.write(directory.resolve("journals/one.progress"), "3 ".getBytes(StandardCharsets.US_ASCII));
        assertThat(journal.progress()).isEqualTo(new Answer.Running(0, 0));
    }
}
