package io.tenure.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.smallrye.mutiny.Uni;
import io.tenure.events.AssetKind;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.platform.AssetRef.Own;
import io.tenure.platform.DriverException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the core relies on, whichever platform it is. Each driver passes it, on an installation of its own: a class
 * beside the driver extends this one, and says how the platform is disturbed behind the driver's back.
 */
public abstract class PlatformContract {

    /** An installation of the platform, and the hands that an operator, a customer or an accident has on it. */
    protected interface Installation extends AutoCloseable {

        /** The platform, as each replica of the service has it: with a memory of its own. */
        Platform replica();

        /**
         * The same in a process that dies once operations have reported progress this often; 0 for the first report.
         */
        Mortal dyingAfter(int signs);

        /** The same where each operation of a kind stands still once it has reported progress this often. */
        Stalling stalling(Intent intent, int signs);

        /** A location that it has. */
        String location();

        /** Takes its storage away, as when a volume is not mounted. */
        void takeStorageAway();

        /** Brings it back, and removes what was in its place. */
        void bringStorageBack();

        /** Puts another storage in its place, an empty one. */
        void putAnotherStorageThere();

        /** Removes the mark, as on a copy of the storage from before it was marked. */
        void takeMarkAway();

        /** Gives it its own mark back. */
        void bringMarkBack();

        /** Everything that is on the storage that is there now, for comparison. */
        Object content();

        /** Takes a disabled asset away. */
        void takeAway(Own asset);

        /** Brings it back to where it was. */
        void bringBack(Own asset);

        /** Somebody adds a disk to an asset. */
        void addDisk(Own asset, String content);

        /** Somebody puts something into a tenant's area that is no asset. It can be reached. */
        Inventory.Place putBeside(UUID tenantId, String name, String content);

        /** Ends all its platforms. */
        @Override
        void close();
    }

    /** A platform in a process that dies. */
    protected interface Mortal {

        Platform platform();

        boolean isDead();
    }

    /** A platform on which work stands still, until it is let go or told to end. */
    protected interface Stalling {

        Platform platform();

        /** How many operations stand still now. */
        int stalled();

        /** All of them go on, and so does each later one. */
        void letGo();
    }

    private static final int MIB = 1 << 20;
    /** Longer than any test waits: whatever is answered did not wait for it. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    private static final Duration BUSY_MACHINE = Duration.ofMinutes(1);

    private final UUID tenant = UUID.randomUUID();
    private final AtomicLong epochs = new AtomicLong();
    private Installation installation;
    private Platform platform;
    private Platform replica;
    private UUID identity;

    /** A new installation on which nothing was ever placed. */
    protected abstract Installation install();

    @BeforeEach
    void prepare() {
        installation = install();
        platform = installation.replica();
        replica = installation.replica();
        identity = get(platform.mark(UUID.randomUUID()));
    }

    @AfterEach
    void close() {
        installation.close();
    }

    private static <T> T get(Uni<T> answer) {
        return answer.await().atMost(BUSY_MACHINE);
    }

    private Operation operation(Command command) {
        return operation(command, epochs.incrementAndGet());
    }

    private Operation operation(Command command, long epoch) {
        return new Operation(UUID.randomUUID(), command, epoch, identity);
    }

    private static Answer now(Platform platform, String handle) {
        return get(platform.poll(handle, Duration.ZERO));
    }

    private static void until(Callable<Boolean> condition) {
        await().atMost(BUSY_MACHINE).pollInterval(Duration.ofMillis(10)).until(condition);
    }

    private static boolean isRunning(Answer answer) {
        return answer instanceof Answer.Running;
    }

    /** How an operation ends. */
    private Answer ends(Platform platform, Operation operation) {
        return get(platform.poll(get(platform.start(operation)), PATIENCE));
    }

    private static Outcome done(Answer answer) {
        assertThat(answer).isInstanceOf(Answer.Done.class);
        return ((Answer.Done) answer).outcome();
    }

    private static DriverException failed(Answer answer) {
        assertThat(answer).isInstanceOf(Answer.Failed.class);
        return ((Answer.Failed) answer).error();
    }

    private static String reason(Answer answer) {
        return failed(answer).getMessage();
    }

    private Outcome does(Command command) {
        return done(ends(platform, operation(command)));
    }

    private DriverException refuses(Command command) {
        return failed(ends(platform, operation(command)));
    }

    private AssetSpec spec(Own vm) {
        return new AssetSpec(vm, AssetKind.VM, "debian-13", 1, 512, 2, installation.location());
    }

    private Own unmade() {
        return new Own(tenant, UUID.randomUUID());
    }

    private Own made() {
        Own vm = unmade();
        assertThat(does(new Command.Create(spec(vm)))).isInstanceOfSatisfying(Outcome.Created.class, created -> {
            assertThat(created.location()).isEqualTo(installation.location());
            assertThat(created.nativeId()).isNotBlank();
        });
        return vm;
    }

    private Presence disabling(Own vm) {
        return ((Outcome.Disabled) does(new Command.Disable(vm))).presence();
    }

    private Presence restoring(Own vm, Expected expected) {
        return ((Outcome.Restored) does(new Command.Restore(vm, expected))).presence();
    }

    private Outcome.Sanitized sanitizing(Own vm, Expected expected) {
        return (Outcome.Sanitized) does(new Command.Sanitize(vm, expected));
    }

    private Expected disabled(Own vm) {
        return Expected.all(((Presence.Present) disabling(vm)).disks());
    }

    private Inventory inventory() {
        return get(platform.inventory(identity, tenant, Priority.URGENT));
    }

    private Optional<Inventory.Item> shown(Own vm) {
        return inventory().items().stream()
                .filter(item -> item.ref().equals(vm))
                .findFirst();
    }

    private boolean isInUse(Own vm) {
        return !shown(vm).orElseThrow().disabled();
    }

    @Test
    void saysWhatItCanDo() {
        assertThat(platform.name()).isNotBlank();
        assertThat(platform.capabilities().locations()).contains(installation.location());
        assertThat(platform.capabilities().sanitization()).isNotEmpty();
    }

    @Test
    void takesAnAssetThroughItsWholeLife() {
        Own vm = made();
        assertThat(isInUse(vm)).isTrue();
        assertThat(shown(vm).orElseThrow().marked()).isTrue();
        Expected manifest = disabled(vm);
        assertThat(manifest.disks()).extracting(Disk::bytes).containsExactly(2L * MIB);
        assertThat(isInUse(vm)).isFalse();
        assertThat(restoring(vm, manifest)).isEqualTo(new Presence.Present(manifest.disks()));
        assertThat(isInUse(vm)).isTrue();
        assertThat(disabled(vm)).isEqualTo(manifest);

        Outcome.Sanitized sanitized = sanitizing(vm, manifest);

        assertThat(sanitized.presence()).isEqualTo(new Presence.Present(manifest.disks()));
        assertThat(sanitized.disks()).singleElement().satisfies(disk -> {
            assertThat(disk.name()).isEqualTo(manifest.disks().getFirst().name());
            assertThat(disk.bytes()).isEqualTo(2L * MIB);
        });
        assertThat(shown(vm)).isPresent();
        assertThat(does(new Command.Delete(vm, manifest))).isEqualTo(new Outcome.Deleted());
        assertThat(inventory().isEmpty()).isTrue();
    }

    /** The answer with the handle was lost. */
    @Test
    void startedTwiceItIsDoneOnce() {
        Own vm = made();
        Expected manifest = disabled(vm);
        Operation sanitization = operation(new Command.Sanitize(vm, manifest));
        String handle = get(platform.start(sanitization));
        assertThat(get(platform.start(sanitization))).isEqualTo(handle);
        Answer answer = get(platform.poll(handle, PATIENCE));
        assertThat(done(answer)).isInstanceOf(Outcome.Sanitized.class);

        // Done again, it would not find the asset.
        installation.takeAway(vm);
        for (Platform each : List.of(platform, replica, installation.replica())) {
            assertThat(get(each.start(sanitization))).isEqualTo(handle);
            assertThat(get(each.poll(handle, PATIENCE))).isEqualTo(answer);
        }
        installation.bringBack(vm);
        assertThat(sanitizing(vm, manifest).disks()).hasSize(1);
    }

    /** Nor is a failure tried again, whatever has changed since: a new attempt is a new operation. */
    @Test
    void whatFailedStaysFailed() {
        Own vm = made();
        Expected manifest = disabled(vm);
        installation.takeAway(vm);
        Operation early = operation(new Command.Sanitize(vm, manifest));
        String reason = reason(ends(platform, early));
        installation.bringBack(vm);

        for (Platform each : List.of(platform, replica)) {
            assertThat(reason(ends(each, early))).isEqualTo(reason);
        }
        assertThat(sanitizing(vm, manifest).disks()).hasSize(1);
    }

    /** The outcome was lost: the core asks again, perhaps from another replica. */
    @ParameterizedTest
    @EnumSource(Intent.class)
    void anAnswerThatWasLostIsTheSameTheNextTime(Intent intent) {
        Operation operation = operation(prepared(intent).command());
        String handle = get(platform.start(operation));

        Answer answer = get(platform.poll(handle, PATIENCE));

        assertThat(answer).isInstanceOf(Answer.Done.class);
        for (Platform each : List.of(platform, replica, installation.replica())) {
            assertThat(now(each, handle)).isEqualTo(answer);
        }
    }

    /** A poll that waits is answered as soon as the operation ended; one that does not wait hears that it goes on. */
    @Test
    void anAnswerComesWithTheEnd() {
        Own vm = made();
        Expected manifest = disabled(vm);
        Stalling stalling = installation.stalling(Intent.SANITIZE, 1);
        String handle = get(stalling.platform().start(operation(new Command.Sanitize(vm, manifest))));
        until(() -> stalling.stalled() == 1);
        List<CompletableFuture<Answer>> waiting = List.of(
                stalling.platform().poll(handle, PATIENCE).subscribeAsCompletionStage(),
                stalling.platform().poll(handle, PATIENCE).subscribeAsCompletionStage(),
                replica.poll(handle, PATIENCE).subscribeAsCompletionStage());
        assertThat(get(stalling.platform().poll(handle, Duration.ofMillis(1)))).isInstanceOf(Answer.Running.class);
        assertThat(get(replica.poll(handle, Duration.ofMillis(1)))).isInstanceOf(Answer.Running.class);

        stalling.letGo();

        Answer first = get(Uni.createFrom().completionStage(waiting.getFirst()));
        assertThat(done(first)).isInstanceOf(Outcome.Sanitized.class);
        for (CompletableFuture<Answer> each : waiting) {
            assertThat(get(Uni.createFrom().completionStage(each))).isEqualTo(first);
        }
    }

    /** A command, and what must be so once it is done. */
    private record Prepared(Command command, Consumer<Outcome> check) {}

    private Prepared prepared(Intent intent) {
        return switch (intent) {
            case CREATE -> {
                Own vm = unmade();
                yield new Prepared(new Command.Create(spec(vm)), outcome -> {
                    assertThat(isInUse(vm)).isTrue();
                    assertThat(shown(vm).orElseThrow().bytes()).isEqualTo(2L * MIB);
                });
            }
            case DISABLE -> {
                Own vm = made();
                installation.addDisk(vm, "more data");
                yield new Prepared(new Command.Disable(vm), outcome -> {
                    assertThat(((Outcome.Disabled) outcome).presence())
                            .isEqualTo(
                                    new Presence.Present(shown(vm).orElseThrow().disks()));
                    assertThat(isInUse(vm)).isFalse();
                    assertThat(shown(vm).orElseThrow().disks()).hasSize(2);
                });
            }
            case RESTORE -> {
                Own vm = made();
                Expected manifest = disabled(vm);
                yield new Prepared(new Command.Restore(vm, manifest), outcome -> {
                    assertThat(isInUse(vm)).isTrue();
                    assertThat(shown(vm).orElseThrow().disks()).isEqualTo(manifest.disks());
                });
            }
            case SANITIZE -> {
                Own vm = made();
                installation.addDisk(vm, "more data");
                Expected manifest = disabled(vm);
                yield new Prepared(new Command.Sanitize(vm, manifest), outcome -> {
                    assertThat(((Outcome.Sanitized) outcome).disks())
                            .extracting(SanitizedDisk::name)
                            .containsExactlyInAnyOrderElementsOf(
                                    manifest.disks().stream().map(Disk::name).toList());
                    assertThat(does(new Command.Delete(vm, manifest))).isEqualTo(new Outcome.Deleted());
                });
            }
            case DELETE -> {
                Own vm = made();
                Expected manifest = disabled(vm);
                sanitizing(vm, manifest);
                yield new Prepared(new Command.Delete(vm, manifest), outcome -> assertThat(shown(vm))
                        .isEmpty());
            }
            case TAKE_IN -> {
                Own taken = unmade();
                Inventory.Place place = installation.putBeside(tenant, "export-" + taken.assetId(), "a copy");
                yield new Prepared(new Command.TakeIn(taken, place), outcome -> {
                    assertThat(isInUse(taken)).isFalse();
                    assertThat(shown(taken).orElseThrow().marked()).isTrue();
                    assertThat(shown(taken).orElseThrow().bytes()).isEqualTo("a copy".length());
                    assertThat(inventory().findings())
                            .noneMatch(found -> found.place().equals(place));
                });
            }
            case SHUT_OFF -> {
                Own vm = made();
                Inventory.Place place = installation.putBeside(tenant, "export-" + vm.assetId(), "a copy");
                yield new Prepared(new Command.ShutOff(tenant, Set.of(place), Set.of(vm)), outcome -> {
                    assertThat(isInUse(vm)).isFalse();
                    assertThat(inventory().findings())
                            .filteredOn(found -> found.place().equals(place))
                            .singleElement()
                            .satisfies(found -> assertThat(found.open()).isFalse());
                });
            }
        };
    }

    /** The process dies at each place at which an operation reports progress. Another one goes on with it. */
    @ParameterizedTest
    @EnumSource(Intent.class)
    void whatIsHalfDoneIsFinished(Intent intent) {
        int signs = 0;
        for (boolean died = true; died; signs++) {
            Prepared prepared = prepared(intent);
            Operation operation = operation(prepared.command());
            Mortal mortal = installation.dyingAfter(signs);
            String handle = get(mortal.platform().start(operation));
            until(() -> mortal.isDead() || now(mortal.platform(), handle) instanceof Answer.Done);
            died = mortal.isDead();
            if (died) {
                until(() -> now(replica, handle) instanceof Answer.Unknown);
                assertThat(get(replica.start(operation))).isEqualTo(handle);
            }
            prepared.check().accept(done(get(replica.poll(handle, PATIENCE))));
        }
        assertThat(signs).isGreaterThan(2);
    }

    /** A disk that was wiped in part does not count as wiped. */
    @Test
    void nothingIsFreedWhoseWipeDidNotEnd() {
        Own vm = made();
        Expected manifest = disabled(vm);
        Mortal mortal = installation.dyingAfter(2);
        String handle = get(mortal.platform().start(operation(new Command.Sanitize(vm, manifest))));
        until(() -> mortal.isDead() && now(replica, handle) instanceof Answer.Unknown);

        assertThat(refuses(new Command.Delete(vm, manifest))).isNotNull();
        assertThat(isInUse(vm)).isFalse();
        assertThat(sanitizing(vm, manifest).disks()).hasSize(1);
    }

    /** The worker slept through the end of its lease, and what it was about to do has been decided otherwise since. */
    @ParameterizedTest
    @EnumSource(Intent.class)
    void aLateWorkerIsRefused(Intent intent) {
        long late = epochs.incrementAndGet();
        Own vm = made();
        Expected manifest = disabled(vm);
        restoring(vm, manifest);
        Command command =
                switch (intent) {
                    case CREATE -> new Command.Create(spec(vm));
                    case DISABLE -> new Command.Disable(vm);
                    case RESTORE -> new Command.Restore(vm, manifest);
                    case SANITIZE -> new Command.Sanitize(vm, manifest);
                    case DELETE -> new Command.Delete(vm, manifest);
                    case TAKE_IN -> new Command.TakeIn(vm, installation.putBeside(tenant, "export", "a copy"));
                    case SHUT_OFF -> new Command.ShutOff(tenant, Set.of(), Set.of(vm));
                };
        Inventory before = inventory();

        for (Platform each : List.of(platform, replica)) {
            assertThat(failed(ends(each, operation(command, late))).kind()).isEqualTo(new Kind.Conflict());
        }
        assertThat(inventory()).isEqualTo(before);
        assertThat(isInUse(vm)).isTrue();

        // Nor does anything come back that is gone.
        disabling(vm);
        sanitizing(vm, manifest);
        does(new Command.Delete(vm, manifest));
        for (Platform each : List.of(platform, replica)) {
            assertThat(failed(ends(each, operation(command, late))).kind()).isEqualTo(new Kind.Conflict());
        }
        assertThat(shown(vm)).isEmpty();
    }

    /** A wipe stands still; whoever is asked about anything else is not held up, and nobody else gets at the asset. */
    @Test
    void workThatStallsHoldsUpItsOwnAssetOnly() {
        Own vm = made();
        Own other = made();
        Expected manifest = disabled(vm);
        Stalling stalling = installation.stalling(Intent.SANITIZE, 1);
        String handle = get(stalling.platform().start(operation(new Command.Sanitize(vm, manifest))));
        until(() -> stalling.stalled() == 1);

        assertThat(done(ends(stalling.platform(), operation(new Command.Disable(other)))))
                .isInstanceOf(Outcome.Disabled.class);
        assertThat(get(stalling.platform().inventory(identity, tenant, Priority.BACKGROUND))
                        .items())
                .hasSize(2);
        assertThat(reason(ends(replica, operation(new Command.Restore(vm, manifest)))))
                .contains("busy");
        Answer running = now(stalling.platform(), handle);
        assertThat(isRunning(running)).isTrue();
        assertThat(now(stalling.platform(), handle)).isEqualTo(running);
        assertThat(isRunning(now(replica, handle))).isTrue();

        stalling.letGo();
        assertThat(((Outcome.Sanitized) done(get(stalling.platform().poll(handle, PATIENCE)))).disks())
                .hasSize(1);
    }

    /** Its lease is lost, or its deadline is over: it ends, and what it did until then does no harm. */
    @Test
    void whatIsCancelledEndsAndLetsOthersIn() {
        Own vm = made();
        Expected manifest = disabled(vm);
        Stalling stalling = installation.stalling(Intent.SANITIZE, 1);
        String handle = get(stalling.platform().start(operation(new Command.Sanitize(vm, manifest))));
        until(() -> stalling.stalled() == 1);
        // Only the process that runs it can end it.
        get(replica.cancel(handle));
        assertThat(isRunning(now(replica, handle))).isTrue();

        get(stalling.platform().cancel(handle));

        DriverException error = failed(get(stalling.platform().poll(handle, PATIENCE)));
        assertThat(error.kind()).isEqualTo(new Kind.Passing());
        assertThat(error).hasMessageContaining("cancelled");
        assertThat(reason(now(replica, handle))).isEqualTo(error.getMessage());
        assertThat(stalling.stalled()).isZero();
        assertThat(((Outcome.Sanitized) done(ends(replica, operation(new Command.Sanitize(vm, manifest))))).disks())
                .hasSize(1);
        // That one ended already.
        get(stalling.platform().cancel(handle));
    }

    /** A hundred wipes stand still, and more than the platform takes are asked for. */
    @Test
    void urgentWorkGoesOnBesideWipesThatStall() {
        Own vm = made();
        Own other = made();
        Expected manifest = disabled(vm);
        Stalling stalling = installation.stalling(Intent.SANITIZE, 0);
        Platform full = stalling.platform();
        List<String> handles = new ArrayList<>();
        Optional<DriverException> refusal = Optional.empty();
        while (refusal.isEmpty() && handles.size() < 10_000) {
            try {
                handles.add(get(full.start(operation(new Command.Sanitize(unmade(), Expected.all(List.of()))))));
            } catch (DriverException throttled) {
                refusal = Optional.of(throttled);
            }
        }
        assertThat(refusal.orElseThrow().kind())
                .isInstanceOfSatisfying(Kind.Throttled.class, throttled -> assertThat(throttled.retryAfter())
                        .isPositive());
        assertThat(handles).hasSizeGreaterThan(16);

        assertThat(done(ends(full, operation(new Command.Disable(other))))).isInstanceOf(Outcome.Disabled.class);
        assertThat(get(full.inventory(identity, tenant, Priority.URGENT)).items())
                .allMatch(Inventory.Item::disabled);
        assertThat(handles).allMatch(handle -> isRunning(now(full, handle)));

        handles.forEach(handle -> get(full.cancel(handle)));
        assertThat(handles).allSatisfy(handle -> assertThat(reason(get(full.poll(handle, PATIENCE))))
                .contains("cancelled"));
        stalling.letGo();
        assertThat(done(ends(full, operation(new Command.Sanitize(vm, manifest)))))
                .isInstanceOf(Outcome.Sanitized.class);
    }

    /** An empty answer counts only from the platform on which the assets were placed. */
    @Test
    void showsWhetherItIsTheRightOne() {
        assertThat(get(platform.mark(UUID.randomUUID()))).isEqualTo(identity);
        assertThat(get(replica.identity())).contains(identity);
        Own vm = made();

        installation.takeStorageAway();
        assertThat(get(platform.identity())).isEmpty();
        assertThatThrownBy(this::inventory).isInstanceOf(DriverException.class);
        assertThat(refuses(new Command.Disable(vm)).kind()).isEqualTo(new Kind.Passing());

        installation.putAnotherStorageThere();
        assertThat(get(platform.identity())).isNotEqualTo(Optional.of(identity));
        assertThatThrownBy(this::inventory).isInstanceOf(DriverException.class);

        installation.bringStorageBack();
        assertThat(get(platform.identity())).contains(identity);
        assertThat(inventory().items()).hasSize(1);
    }

    /** Whatever is asked: what is there may be somebody else's. */
    @ParameterizedTest
    @EnumSource(Intent.class)
    void touchesNothingOnAnotherStorage(Intent intent) {
        Prepared prepared = prepared(intent);
        installation.takeStorageAway();
        installation.putAnotherStorageThere();
        Object before = installation.content();

        assertThat(refuses(prepared.command()).kind()).isEqualTo(new Kind.Passing());

        assertThat(installation.content()).isEqualTo(before);
        installation.bringStorageBack();
        prepared.check().accept(does(prepared.command()));
    }

    /** The same while the work is under way: it did not end, and goes on when its storage is back. */
    @Test
    void touchesNothingOnAStorageThatCameMeanwhile() {
        Own vm = made();
        Expected manifest = disabled(vm);
        Operation sanitization = operation(new Command.Sanitize(vm, manifest));
        Stalling stalling = installation.stalling(Intent.SANITIZE, 1);
        String handle = get(stalling.platform().start(sanitization));
        until(() -> stalling.stalled() == 1);
        installation.takeStorageAway();
        installation.putAnotherStorageThere();
        Object before = installation.content();

        stalling.letGo();

        assertThat(failed(get(stalling.platform().poll(handle, PATIENCE))).kind())
                .isEqualTo(new Kind.Passing());
        assertThat(installation.content()).isEqualTo(before);
        installation.bringStorageBack();
        assertThat(now(replica, handle)).isEqualTo(new Answer.Unknown());
        assertThat(((Outcome.Sanitized) done(ends(replica, sanitization))).disks())
                .hasSize(1);
    }

    /** Even where it has all that the work needs: the end of the work is not written there, nor any step on the way. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void touchesNothingOnACopyThatCameMeanwhile(int signs) {
        Own vm = made();
        Expected manifest = disabled(vm);
        Operation sanitization = operation(new Command.Sanitize(vm, manifest));
        Stalling stalling = installation.stalling(Intent.SANITIZE, signs);
        String handle = get(stalling.platform().start(sanitization));
        until(() -> stalling.stalled() == 1);
        installation.takeMarkAway();
        Object before = installation.content();

        stalling.letGo();

        assertThat(failed(get(stalling.platform().poll(handle, PATIENCE))).kind())
                .isEqualTo(new Kind.Passing());
        assertThat(installation.content()).isEqualTo(before);
        installation.bringMarkBack();
        assertThat(((Outcome.Sanitized) done(ends(replica, sanitization))).disks())
                .hasSize(1);
    }

    @Test
    void whatWasNeverMadeIsProvenAbsent() {
        Own vm = unmade();
        Expected nothing = Expected.all(List.of());

        assertThat(disabling(vm)).isEqualTo(new Presence.ProvenAbsent());
        assertThat(sanitizing(vm, nothing)).isEqualTo(new Outcome.Sanitized(new Presence.ProvenAbsent(), List.of()));
        assertThat(restoring(vm, nothing)).isEqualTo(new Presence.ProvenAbsent());
        assertThat(does(new Command.Delete(vm, nothing))).isEqualTo(new Outcome.Deleted());
        assertThat(inventory().isEmpty()).isTrue();
    }

    /** It is neither absent nor gone, and whether it can be given up is not the platform's to say. */
    @Test
    void whatWasMadeAndIsNotFoundIsUnknown() {
        Own vm = made();
        Expected manifest = disabled(vm);
        Expected lost = new Expected(manifest.disks(), true, Set.of());
        installation.takeAway(vm);

        assertThat(disabling(vm)).isEqualTo(new Presence.Unknown());
        assertThat(restoring(vm, manifest)).isEqualTo(new Presence.Unknown());
        assertThat(refuses(new Command.Sanitize(vm, manifest)).kind()).isEqualTo(new Kind.Passing());
        assertThat(refuses(new Command.Delete(vm, manifest)).kind()).isEqualTo(new Kind.Passing());
        assertThat(refuses(new Command.Create(spec(vm))).kind()).isEqualTo(new Kind.Passing());
        assertThat(sanitizing(vm, lost)).isEqualTo(new Outcome.Sanitized(new Presence.Unknown(), List.of()));

        installation.bringBack(vm);
        assertThat(isInUse(vm)).isFalse();
        assertThat(sanitizing(vm, lost).presence()).isEqualTo(new Presence.Present(manifest.disks()));
        assertThat(does(new Command.Delete(vm, lost))).isEqualTo(new Outcome.Deleted());
        // Now it is known why it is not there.
        assertThat(disabling(vm)).isEqualTo(new Presence.ProvenAbsent());
    }

    /** It comes back as it was, also if somebody tried to restore it meanwhile. */
    @Test
    void whatIsBackIsRestored() {
        Own vm = made();
        Object before = installation.content();
        Expected manifest = disabled(vm);
        installation.takeAway(vm);
        assertThat(restoring(vm, manifest)).isEqualTo(new Presence.Unknown());
        installation.bringBack(vm);

        assertThat(restoring(vm, manifest)).isEqualTo(new Presence.Present(manifest.disks()));

        assertThat(isInUse(vm)).isTrue();
        assertThat(installation.content()).isEqualTo(before);
    }

    @Test
    void touchesNoByteUnlessTheDisksAreThoseOfTheManifest() {
        Own vm = made();
        Expected manifest = disabled(vm);
        installation.addDisk(vm, "kept for no month");
        Expected missing = Expected.all(List.of(manifest.disks().getFirst(), new Disk("gone", 5)));
        Object before = installation.content();

        for (Command command : List.of(
                new Command.Sanitize(vm, manifest),
                new Command.Sanitize(vm, missing),
                new Command.Delete(vm, manifest),
                new Command.Restore(vm, missing))) {
            assertThat(refuses(command).kind()).isEqualTo(new Kind.Passing());
        }

        assertThat(installation.content()).isEqualTo(before);
        assertThat(isInUse(vm)).isFalse();
        assertThat(shown(vm).orElseThrow().disks()).hasSize(2);
    }

    @Test
    void aLateOrderBringsNothingBack() {
        Own vm = unmade();
        assertThat(disabling(vm)).isEqualTo(new Presence.ProvenAbsent());
        assertThat(refuses(new Command.Create(spec(vm)))).isNotNull();
        assertThat(restoring(vm, Expected.all(List.of()))).isEqualTo(new Presence.ProvenAbsent());
        does(new Command.Create(spec(vm)));
        assertThat(isInUse(vm)).isTrue();
    }

    @Test
    void saysWhatItCannotDoInWordsThatMayLeaveTheService() {
        Own vm = unmade();
        AssetSpec elsewhere = new AssetSpec(vm, AssetKind.VM, "debian-13", 1, 512, 1, "nowhere");
        AssetSpec huge = new AssetSpec(vm, AssetKind.VM, "debian-13", 1, 512, 1 << 24, installation.location());
        for (AssetSpec impossible : List.of(elsewhere, huge)) {
            assertThat(refuses(new Command.Create(impossible)))
                    .hasMessageNotContaining("/")
                    .matches(DriverException::isPermanent);
        }
        assertThat(inventory().items()).noneMatch(item -> !item.disks().isEmpty());
        for (String forged : List.of("", "../../etc/passwd", UUID.randomUUID().toString())) {
            assertThatThrownBy(() -> now(platform, forged))
                    .isInstanceOf(DriverException.class)
                    .hasMessageNotContaining("/");
        }
    }

    /** It was never started, or on another platform. */
    @Test
    void nobodyKnowsOfWhatWasNotStarted() {
        Own vm = made();
        Operation one = operation(new Command.Disable(vm));
        String handle = get(platform.start(one));
        assertThat(done(get(platform.poll(handle, PATIENCE)))).isInstanceOf(Outcome.Disabled.class);
        String other = handle.replace(one.id().toString(), UUID.randomUUID().toString());
        assertThat(other).isNotEqualTo(handle);
        assertThat(now(platform, other)).isEqualTo(new Answer.Unknown());
        assertThat(now(replica, other)).isEqualTo(new Answer.Unknown());
    }
}
