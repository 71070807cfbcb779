package io.tenure.provisioning.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenure.events.AssetKind;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.kit.Ids;
import io.tenure.provisioning.platform.AssetRef.Own;
import io.tenure.provisioning.platform.HypervisorDriver.Disabled;
import io.tenure.provisioning.platform.HypervisorDriver.Progress;
import io.tenure.provisioning.platform.HypervisorDriver.Sanitized;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the core relies on, whichever platform it is. Each driver passes it, on an installation of its own: a class beside the
 * driver extends this one, and says how the platform is disturbed behind the driver's back.
 */
public abstract class DriverContract {

    /** An installation of the platform, and the hands that an operator, a customer or an accident has on it. */
    protected interface Installation {

        /** A driver of it, as each replica of the service has one. */
        HypervisorDriver driver();

        /** A location that it has. */
        String location();

        /** Its storage is away, as by a volume that is not mounted. */
        void takeStorageAway();

        /** It is back. */
        void bringStorageBack();

        /** There is another storage in its place, an empty one. */
        void putAnotherStorageThere();

        /** An asset is away, whichever state it is in. */
        void takeAway(Own asset);

        /** It is back where it was. */
        void bringBack(Own asset);

        /** Somebody adds a disk to an asset. */
        void addDisk(Own asset, String content);
    }

    private static final int MIB = 1 << 20;
    private static final Progress SILENT = (disk, phase, done, total) -> {};

    private final UUID tenant = Ids.next();
    private final AtomicLong epochs = new AtomicLong();
    private Installation installation;
    private HypervisorDriver driver;
    private HypervisorDriver replica;

    /** A new installation on which nothing was ever placed. */
    protected abstract Installation install();

    @BeforeEach
    void prepare() {
        installation = install();
        driver = installation.driver();
        replica = installation.driver();
        driver.mark(Ids.next());
    }

    private long next() {
        return epochs.incrementAndGet();
    }

    private Own ordered() {
        Own vm = new Own(tenant, Ids.next());
        assertThat(driver.create(spec(vm), next())).isEqualTo(installation.location());
        return vm;
    }

    private AssetSpec spec(Own vm) {
        return new AssetSpec(vm, AssetKind.VM, "debian-13", 1, 512, 2, installation.location());
    }

    private Expected disabled(Own vm) {
        Disabled disabled = driver.disable(vm, next());
        assertThat(disabled.existed()).isTrue();
        return Expected.all(disabled.disks());
    }

    private Inventory.Item shown(Own vm) {
        return driver.inventory(tenant).items().stream()
                .filter(item -> item.ref().equals(vm))
                .findFirst()
                .orElseThrow();
    }

    private boolean shows(Own vm) {
        return driver.inventory(tenant).items().stream()
                .anyMatch(item -> item.ref().equals(vm));
    }

    @Test
    void takesAnAssetThroughItsWholeLife() {
        Own vm = ordered();
        assertThat(shown(vm).disabled()).isFalse();
        assertThat(shown(vm).marked()).isTrue();
        Expected manifest = disabled(vm);
        assertThat(manifest.disks()).extracting(Disk::bytes).containsExactly(2L * MIB);
        assertThat(shown(vm).disabled()).isTrue();
        assertThat(driver.restore(vm, manifest, next())).isTrue();
        assertThat(shown(vm).disabled()).isFalse();
        assertThat(disabled(vm)).isEqualTo(manifest);

        List<SanitizedDisk> evidence =
                driver.sanitize(vm, manifest, next(), SILENT).disks();

        assertThat(evidence).singleElement().satisfies(disk -> {
            assertThat(disk.name()).isEqualTo(manifest.disks().getFirst().name());
            assertThat(disk.bytes()).isEqualTo(2L * MIB);
        });
        assertThat(shows(vm)).isTrue();
        driver.delete(vm, manifest, next());
        assertThat(driver.inventory(tenant).isEmpty()).isTrue();
    }

    /** The core did not hear the answer, or the process died behind it: it asks again, perhaps on another replica. */
    @Test
    void anAnswerThatWasLostIsTheSameTheNextTime() {
        Own vm = new Own(tenant, Ids.next());
        assertThat(driver.create(spec(vm), next())).isEqualTo(replica.create(spec(vm), next()));
        Disabled disabled = driver.disable(vm, next());
        assertThat(replica.disable(vm, next())).isEqualTo(disabled);
        Expected manifest = Expected.all(disabled.disks());
        assertThat(driver.restore(vm, manifest, next())).isTrue();
        assertThat(replica.restore(vm, manifest, next())).isTrue();
        driver.disable(vm, next());
        Sanitized sanitized = driver.sanitize(vm, manifest, next(), SILENT);
        assertThat(replica.sanitize(vm, manifest, next(), SILENT)).isEqualTo(sanitized);
        driver.delete(vm, manifest, next());
        replica.delete(vm, manifest, next());
        assertThat(driver.inventory(tenant).isEmpty()).isTrue();
    }

    /** The process dies at each place at which a wipe says how far it is. */
    @Test
    void whatIsHalfDoneIsFinished() {
        Own vm = ordered();
        installation.addDisk(vm, "more data");
        Expected manifest = disabled(vm);
        assertThat(manifest.disks()).hasSize(2);
        int signs = 0;
        for (boolean died = true; died; signs++) {
            int last = signs;
            AtomicReference<Integer> seen = new AtomicReference<>(0);
            died = false;
            try {
                driver.sanitize(vm, manifest, next(), (disk, phase, done, total) -> {
                    if (seen.getAndUpdate(count -> count + 1) == last) {
                        throw new IllegalStateException("killed");
                    }
                });
            } catch (IllegalStateException killed) {
                died = true;
                assertThatThrownBy(() -> driver.delete(vm, manifest, next())).isInstanceOf(DriverException.class);
                assertThat(shown(vm).disabled()).isTrue();
            }
        }
        assertThat(signs).isGreaterThan(2);
        assertThat(driver.sanitize(vm, manifest, next(), SILENT).disks()).hasSize(2);
        driver.delete(vm, manifest, next());
        assertThat(driver.inventory(tenant).isEmpty()).isTrue();
    }

    /** It slept through the end of its lease. Whatever it was about to do, others decided otherwise since. */
    @Test
    void aLateWorkerIsRefused() {
        long late = next();
        Own vm = ordered();
        Expected manifest = disabled(vm);
        driver.restore(vm, manifest, next());

        for (ThrowingCallable call : calls(replica, vm, manifest, late)) {
            assertThatThrownBy(call).isInstanceOfSatisfying(DriverException.class, refusal -> assertThat(refusal.kind())
                    .isInstanceOf(DriverException.Kind.Conflict.class));
        }
        assertThat(shown(vm).disabled()).isFalse();

        driver.disable(vm, next());
        driver.sanitize(vm, manifest, next(), SILENT);
        driver.delete(vm, manifest, next());
        for (ThrowingCallable call : calls(replica, vm, manifest, late)) {
            assertThatThrownBy(call).isInstanceOf(DriverException.class);
        }
        assertThat(driver.inventory(tenant).isEmpty()).isTrue();
    }

    private List<ThrowingCallable> calls(HypervisorDriver driver, Own vm, Expected manifest, long epoch) {
        return List.of(
                () -> driver.create(spec(vm), epoch),
                () -> driver.disable(vm, epoch),
                () -> driver.restore(vm, manifest, epoch),
                () -> driver.sanitize(vm, manifest, epoch, SILENT),
                () -> driver.delete(vm, manifest, epoch));
    }

    /** A wipe stands still; whoever is asked about anything else is not held up, and nobody else gets at the asset. */
    @Test
    void aCallThatStallsHoldsUpItsOwnAssetOnly() throws Exception {
        Own vm = ordered();
        Own other = ordered();
        Expected manifest = disabled(vm);
        CountDownLatch stalled = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean once = new AtomicBoolean();
        CompletableFuture<Sanitized> wipe = CompletableFuture.supplyAsync(
                () -> driver.sanitize(vm, manifest, next(), (disk, phase, done, total) -> {
                    if (once.compareAndSet(false, true)) {
                        stalled.countDown();
                        await(goOn);
                    }
                }));
        stalled.await();
        try {
            assertThat(replica.disable(other, next()).existed()).isTrue();
            assertThat(replica.inventory(tenant).items()).hasSize(2);
            assertThatThrownBy(() -> replica.restore(vm, manifest, next()))
                    .isInstanceOf(DriverException.class)
                    .hasMessageContaining("busy");
        } finally {
            goOn.countDown();
        }
        assertThat(wipe.join().disks()).hasSize(1);
    }

    /** Its lease is lost, so it is interrupted; it ends, and what it did until then does no harm. */
    @Test
    void aCallThatMayNotGoOnEnds() {
        Own vm = ordered();
        Expected manifest = disabled(vm);
        CompletableFuture<Sanitized> wipe = CompletableFuture.supplyAsync(
                () -> driver.sanitize(vm, manifest, next(), (disk, phase, done, total) -> {
                    throw new IllegalStateException("the lease is lost");
                }));
        assertThatThrownBy(wipe::join).isInstanceOf(CompletionException.class).hasRootCauseMessage("the lease is lost");
        assertThat(replica.sanitize(vm, manifest, next(), SILENT).disks()).hasSize(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    /** An empty answer counts only from the platform on which the assets were placed. */
    @Test
    void showsWhetherItIsTheRightOne() {
        UUID mark = driver.identity().orElseThrow();
        assertThat(driver.mark(Ids.next())).isEqualTo(mark);
        assertThat(replica.identity()).contains(mark);
        ordered();

        installation.takeStorageAway();
        assertThat(driver.identity()).isEmpty();
        installation.putAnotherStorageThere();
        assertThat(driver.inventory(tenant).isEmpty()).isTrue();
        assertThat(driver.identity()).isNotEqualTo(Optional.of(mark));
        installation.bringStorageBack();
        assertThat(driver.identity()).contains(mark);
        assertThat(driver.inventory(tenant).items()).hasSize(1);
    }

    @Test
    void whatIsAwayIsNeitherDisabledNorRestoredNorSanitized() {
        Own vm = ordered();
        Expected manifest = disabled(vm);
        Expected lost = new Expected(manifest.disks(), true, Set.of());
        installation.takeAway(vm);

        assertThatThrownBy(() -> driver.sanitize(vm, manifest, next(), SILENT)).isInstanceOf(DriverException.class);
        assertThat(driver.restore(vm, manifest, next())).isFalse();
        assertThat(driver.disable(vm, next()).existed()).isFalse();
        assertThat(driver.sanitize(vm, lost, next(), SILENT).existed()).isFalse();

        installation.bringBack(vm);
        assertThat(driver.sanitize(vm, lost, next(), SILENT).disks()).hasSize(1);
    }

    @Test
    void touchesNoByteUnlessTheDisksAreThoseOfTheManifest() {
        Own vm = ordered();
        Expected manifest = disabled(vm);
        installation.addDisk(vm, "kept for no month");
        Expected missing = Expected.all(List.of(manifest.disks().getFirst(), new Disk("gone", 5)));

        assertThatThrownBy(() -> driver.sanitize(vm, manifest, next(), SILENT)).isInstanceOf(DriverException.class);
        assertThatThrownBy(() -> driver.sanitize(vm, missing, next(), SILENT)).isInstanceOf(DriverException.class);
        assertThatThrownBy(() -> driver.delete(vm, manifest, next())).isInstanceOf(DriverException.class);
        assertThatThrownBy(() -> driver.restore(vm, missing, next())).isInstanceOf(DriverException.class);

        assertThat(shown(vm).disabled()).isTrue();
        assertThat(shown(vm).disks()).hasSize(2);
    }

    @Test
    void aLateOrderBringsNothingBack() {
        Own vm = new Own(tenant, Ids.next());
        assertThat(driver.disable(vm, next()).existed()).isFalse();
        assertThatThrownBy(() -> driver.create(spec(vm), next())).isInstanceOf(DriverException.class);
        assertThat(driver.restore(vm, Expected.all(List.of()), next())).isFalse();
        assertThat(driver.create(spec(vm), next())).isEqualTo(installation.location());
    }

    @Test
    void saysWhatItCannotDoInWordsThatMayLeaveTheService() {
        Own vm = new Own(tenant, Ids.next());
        AssetSpec elsewhere = new AssetSpec(vm, AssetKind.VM, "debian-13", 1, 512, 1, "nowhere");
        AssetSpec huge = new AssetSpec(vm, AssetKind.VM, "debian-13", 1, 512, 1 << 24, installation.location());
        for (AssetSpec impossible : List.of(elsewhere, huge)) {
            assertThatThrownBy(() -> driver.create(impossible, next()))
                    .isInstanceOfSatisfying(DriverException.class, refusal -> assertThat(refusal.isPermanent())
                            .isTrue())
                    .hasMessageNotContaining("/");
        }
        assertThat(driver.inventory(tenant).items())
                .noneMatch(item -> !item.disks().isEmpty());
    }
}
