package io.tenure.provisioning.asset;

import static io.tenure.provisioning.asset.AssetStatus.DISABLED;
import static io.tenure.provisioning.asset.AssetStatus.DISABLING;
import static io.tenure.provisioning.asset.AssetStatus.FAILED;
import static io.tenure.provisioning.asset.AssetStatus.LOST;
import static io.tenure.provisioning.asset.AssetStatus.ORDERED;
import static io.tenure.provisioning.asset.AssetStatus.PROVISIONED;
import static io.tenure.provisioning.asset.AssetStatus.REMOVED;
import static io.tenure.provisioning.asset.AssetStatus.RESTORING;
import static io.tenure.provisioning.asset.AssetStatus.SANITIZED;
import static io.tenure.provisioning.asset.AssetStatus.SANITIZING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenure.events.AssetAction;
import io.tenure.events.AssetKind;
import io.tenure.events.MediaDigest;
import io.tenure.events.ProvisioningFact;
import io.tenure.events.ProvisioningFact.AssetActionBlocked;
import io.tenure.events.ProvisioningFact.AssetDisabled;
import io.tenure.events.ProvisioningFact.AssetRestored;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.MediumDisabled;
import io.tenure.events.ProvisioningFact.MediumSanitized;
import io.tenure.events.ProvisioningFact.ProvisioningFailed;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.events.ProvisioningFact.VdcOrdered;
import io.tenure.events.ProvisioningFact.VdcProvisioned;
import io.tenure.events.ProvisioningFact.VdcQuotaExceeded;
import io.tenure.events.ProvisioningFact.VmOrdered;
import io.tenure.events.ProvisioningFact.VmProvisioned;
import io.tenure.events.Sanitization;
import io.tenure.kit.Ids;
import io.tenure.kit.problem.Refusal;
import io.tenure.platform.AssetRef;
import io.tenure.platform.Command;
import io.tenure.platform.Expected;
import io.tenure.platform.Intent;
import io.tenure.platform.Inventory.Place;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AssetTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final UUID TENANT = Ids.next();
    private static final UUID TERMINATION = Ids.next();
    private static final Expected NOTHING_LOST = Expected.all(List.of());
    private static final List<Disk> DISKS = List.of(new Disk("disk-1.img", 64), new Disk("disk-2.img", 32));
    private static final List<SanitizedDisk> SANITIZED_DISKS = List.of(new SanitizedDisk(
            "disk-1.img",
            64,
            new Sanitization.Overwritten(
                    Sanitization.Method.CLEAR,
                    "single-pass overwrite with random data",
                    "sandbox 1",
                    1,
                    64,
                    0,
                    "ab".repeat(32),
                    "ext4",
                    Sanitization.ReadBack.DEVICE,
                    List.of())));

    @ParameterizedTest
    @EnumSource
    void goesOnlyWhereItMay(AssetStatus from) {
        goes(from, asset -> asset.provisioned("de-fra-1", "vm-1", NOW), Map.of(ORDERED, PROVISIONED));
        goes(from, asset -> asset.failed("no room"), Map.of(ORDERED, FAILED));
        goes(
                from,
                Asset::beginDisabling,
                Map.of(
                        ORDERED, DISABLING,
                        PROVISIONED, DISABLING,
                        FAILED, DISABLING,
                        DISABLING, DISABLING,
                        DISABLED, DISABLING,
                        LOST, DISABLING,
                        REMOVED, DISABLING));
        goes(from, asset -> asset.disabled(TERMINATION, DISKS), Map.of(DISABLING, DISABLED));
        goes(from, Asset::beginRestoring, Map.of(DISABLING, RESTORING, DISABLED, RESTORING));
        goes(from, asset -> asset.restored(TERMINATION), Map.of(RESTORING, PROVISIONED));
        goes(from, asset -> asset.lost(TERMINATION), Map.of(RESTORING, LOST, SANITIZING, LOST));
        goes(from, Asset::removed, Map.of(RESTORING, REMOVED));
        goes(from, Asset::beginSanitizing, Map.of(DISABLED, SANITIZING));
        goes(from, asset -> asset.verified(List.of()), Map.of(SANITIZING, SANITIZING));
        goes(
                from,
                asset -> {
                    asset.evidence = new Evidence(List.of());
                    asset.sanitized(TERMINATION);
                },
                Map.of(SANITIZING, SANITIZED));
    }

    private static void goes(AssetStatus from, Consumer<Asset> transition, Map<AssetStatus, AssetStatus> allowed) {
        Asset asset = in(from);
        if (allowed.containsKey(from)) {
            transition.accept(asset);
            assertThat(asset.status()).isEqualTo(allowed.get(from));
        } else {
            refusedWith("wrong-asset-status", () -> transition.accept(asset));
            assertThat(asset.status()).isEqualTo(from);
        }
    }

    private static void refusedWith(String slug, Runnable transition) {
        assertThatThrownBy(transition::run).isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.slug())
                .isEqualTo(slug));
    }

    @Test
    void anOrderThatWasNotCarriedOutIsAnOrderAgainWhenRestored() {
        Asset order = vm();
        order.beginDisabling();
        order.disabled(TERMINATION, List.of());
        order.beginRestoring();
        assertThat(order.restored(TERMINATION)).isEqualTo(new AssetRestored(TERMINATION, order.id(), AssetKind.VM));
        assertThat(order.status()).isEqualTo(ORDERED);
    }

    @Test
    void isNotSanitizedWithoutEvidence() {
        Asset asset = in(SANITIZING);
        refusedWith("sanitization-unproven", () -> asset.sanitized(TERMINATION));
        assertThat(asset.status()).isEqualTo(SANITIZING);
    }

    @Test
    void evidenceIsNeverReplaced() {
        Asset asset = in(SANITIZING);
        asset.verified(SANITIZED_DISKS);
        refusedWith("wrong-asset-status", () -> asset.verified(List.of()));
        assertThat(asset.evidence.disks()).isEqualTo(SANITIZED_DISKS);
    }

    /** Only assets that the termination covers and has not settled yet can be lost. */
    @ParameterizedTest
    @EnumSource
    void isLosableWhileTheTerminationIsAboutIt(AssetStatus status) {
        Asset asset = in(status);
        if (status == DISABLING || status == DISABLED || status == RESTORING || status == SANITIZING) {
            asset.mustBeLosable();
        } else {
            refusedWith("not-in-manifest", asset::mustBeLosable);
        }
    }

    @Test
    void anOrderThatWasNeverCarriedOutCannotBeLost() {
        Asset order = vm();
        order.beginDisabling();
        refusedWith("not-in-manifest", order::mustBeLosable);
    }

    @Test
    void whatHeldItUpIsForgottenWhenItGoesOn() {
        Asset asset = in(DISABLING);
        asset.obstructed(TERMINATION, "no storage", 1, null);
        assertThat(asset.obstacle).isEqualTo("no storage");
        asset.disabled(TERMINATION, DISKS);
        assertThat(asset.obstacle).isNull();
    }

    @Test
    void tellsWhatWasOrderedAndMade() {
        Asset vm = vm();
        assertThat(vm.placedOn("sandbox")).isEqualTo(new VmOrdered(vm.id(), "debian-13", 1, 512, 2, "de-fra-1"));
        assertThat(vm.platform()).isEqualTo("sandbox");
        assertThat(vm.provisioned("de-fra-2", "vm-1", NOW))
                .isEqualTo(new VmProvisioned(vm.id(), "debian-13", 1, 512, 2, "de-fra-2"));

        Asset vdc = vdc();
        assertThat(vdc.placedOn("sandbox")).isEqualTo(new VdcOrdered(vdc.id(), 4, 1024, 8, "de-fra-1"));
        assertThat(vdc.provisioned("de-fra-2", "vdc-1", NOW))
                .isEqualTo(new VdcProvisioned(vdc.id(), 4, 1024, 8, "de-fra-2"));

        Asset impossible = vm();
        assertThat(impossible.failed("no room"))
                .isEqualTo(new ProvisioningFailed(impossible.id(), AssetKind.VM, "no room"));
    }

    @Test
    void tellsEachDiskThatIsDisabledAndClosesTheList() {
        Asset asset = in(DISABLING);
        List<ProvisioningFact> facts = asset.disabled(TERMINATION, DISKS);
        UUID run = ((AssetDisabled) facts.getLast()).disablementId();
        assertThat(facts)
                .containsExactly(
                        new MediumDisabled(TERMINATION, asset.id(), run, DISKS.get(0)),
                        new MediumDisabled(TERMINATION, asset.id(), run, DISKS.get(1)),
                        new AssetDisabled(TERMINATION, asset.id(), AssetKind.VM, run, 2, MediaDigest.ofDisks(DISKS)));
    }

    @Test
    void tellsEachDiskThatIsSanitizedAndClosesTheList() {
        Asset asset = in(SANITIZING);
        asset.verified(SANITIZED_DISKS);
        List<ProvisioningFact> facts = asset.sanitized(TERMINATION);
        UUID run = ((AssetSanitized) facts.getLast()).sanitizationId();
        assertThat(facts)
                .containsExactly(
                        new MediumSanitized(TERMINATION, asset.id(), run, SANITIZED_DISKS.getFirst()),
                        new AssetSanitized(
                                TERMINATION,
                                asset.id(),
                                AssetKind.VM,
                                run,
                                1,
                                MediaDigest.ofSanitized(SANITIZED_DISKS)));
    }

    /** A deletion waits for each asset; a restoration counts the lost ones at its end. */
    @Test
    void whatIsLostIsToldToADeletionOnly() {
        assertThat(in(RESTORING).lost(TERMINATION)).isEmpty();
        Asset asset = in(SANITIZING);
        assertThat(asset.lost(TERMINATION)).singleElement().isInstanceOfSatisfying(AssetSanitized.class, fact -> {
            assertThat(fact.terminationId()).isEqualTo(TERMINATION);
            assertThat(fact.assetId()).isEqualTo(asset.id());
            assertThat(fact.disks()).isZero();
            assertThat(fact.disksDigest()).isEqualTo(MediaDigest.ofSanitized(List.of()));
        });
    }

    @Test
    void tellsOnceThatAVdcIsOverItsQuota() {
        Asset vdc = vdc();
        vdc.provisioned("de-fra-1", "vdc-1", NOW);
        long quota = 8L << 20;
        assertThat(vdc.measured(quota, NOW)).isEmpty();
        assertThat(vdc.measured(quota + 1, NOW)).contains(new VdcQuotaExceeded(vdc.id(), 8, quota + 1));
        assertThat(vdc.measured(quota + 2, NOW)).isEmpty();
        assertThat(vdc.measured(quota, NOW)).isEmpty();
        assertThat(vdc.measured(quota + 3, NOW)).isPresent();
    }

    @ParameterizedTest
    @EnumSource
    void tellsWhatHoldsItUp(AssetStatus status) {
        Map<AssetStatus, AssetAction> actions = Map.of(
                ORDERED, AssetAction.PROVISION,
                DISABLING, AssetAction.DISABLE,
                RESTORING, AssetAction.RESTORE,
                SANITIZING, AssetAction.SANITIZE);
        Asset asset = in(status);
        Instant next = NOW.plusSeconds(5);
        UUID cause = status == ORDERED ? null : TERMINATION;
        assertThat(asset.obstructed(TERMINATION, "no storage", 3, next))
                .isEqualTo(Optional.ofNullable(actions.get(status))
                        .map(action -> new AssetActionBlocked(cause, asset.id(), action, "no storage", 3, next)));
        assertThat(asset.obstacle).isEqualTo(actions.containsKey(status) ? "no storage" : null);
        assertThat(asset.status()).isEqualTo(status);
    }

    @ParameterizedTest
    @EnumSource
    void isUnderWayWhileThePlatformHasSomethingToDo(AssetStatus status) {
        assertThat(status.isUnderWay())
                .isEqualTo(status == ORDERED || status == DISABLING || status == RESTORING || status == SANITIZING);
    }

    @Test
    void whatIsFoundIsDisabled() {
        AssetRef machine = new AssetRef.InVdc(TENANT, Ids.next(), "web%201");
        Asset found = Asset.found(Ids.next(), machine, AssetKind.VDC_VM, "sandbox", NOW);
        assertThat(found.status()).isEqualTo(DISABLING);
        assertThat(found.ref()).isEqualTo(machine);
    }

    /** Each status that is under way asks one thing of the platform; the others ask nothing. */
    @ParameterizedTest
    @EnumSource
    void wantsWhatItsStatusSays(AssetStatus status) {
        Map<AssetStatus, Intent> wanted = Map.of(
                ORDERED, Intent.CREATE,
                DISABLING, Intent.DISABLE,
                RESTORING, Intent.RESTORE,
                SANITIZING, Intent.SANITIZE);
        assertThat(demanded(in(status), NOTHING_LOST)).isEqualTo(Optional.ofNullable(wanted.get(status)));
    }

    @Test
    void isRemovedOnceThereIsEvidence() {
        Asset asset = in(SANITIZING);
        asset.verified(List.of());
        assertThat(demanded(asset, NOTHING_LOST)).contains(Intent.DELETE);
    }

    /** What an operator took in becomes an asset on the platform first, whatever follows, unless it is lost. */
    @Test
    void whatIsTakenInBecomesAnAssetFirst() {
        Asset taken = Asset.takenIn(Ids.next(), TENANT, "sandbox", new Place("de-fra-1", "notes"), NOW);
        assertThat(Demand.of(taken, NOTHING_LOST))
                .contains(new Command.TakeIn(new AssetRef.Own(TENANT, taken.id()), new Place("de-fra-1", "notes")));
        assertThat(demanded(taken, new Expected(List.of(), true, Set.of()))).contains(Intent.DISABLE);
        taken.beginRestoring();
        assertThat(demanded(taken, NOTHING_LOST)).contains(Intent.TAKE_IN);
        taken.madeAnAsset(NOW);
        assertThat(demanded(taken, NOTHING_LOST)).contains(Intent.RESTORE);
        refusedWith("not-taken-in", () -> vm().madeAnAsset(NOW));
    }

    private static Optional<Intent> demanded(Asset asset, Expected expected) {
        return Demand.of(asset, expected).map(Command::intent);
    }

    private static Asset vm() {
        return Asset.ordered(Ids.next(), TENANT, AssetKind.VM, "web-1", "debian-13", 1, 512, 2, "de-fra-1", NOW);
    }

    private static Asset vdc() {
        return Asset.ordered(Ids.next(), TENANT, AssetKind.VDC, "lab", null, 4, 1024, 8, "de-fra-1", NOW);
    }

    static Asset in(AssetStatus status) {
        Asset asset = vm();
        if (status == FAILED) {
            asset.failed("no room");
        } else if (status != ORDERED) {
            asset.provisioned("de-fra-1", "vm-1", NOW);
        }
        if (status == DISABLING || status == DISABLED || isRestored(status) || isSanitized(status)) {
            asset.beginDisabling();
        }
        if (status == DISABLED || isRestored(status) || isSanitized(status)) {
            asset.disabled(TERMINATION, DISKS);
        }
        if (isRestored(status)) {
            asset.beginRestoring();
        }
        if (status == LOST) {
            asset.lost(TERMINATION);
        }
        if (status == REMOVED) {
            asset.removed();
        }
        if (isSanitized(status)) {
            asset.beginSanitizing();
        }
        if (status == SANITIZED) {
            asset.verified(List.of());
            asset.sanitized(TERMINATION);
        }
        assertThat(asset.status()).isEqualTo(status);
        return asset;
    }

    private static boolean isRestored(AssetStatus status) {
        return status == RESTORING || status == LOST || status == REMOVED;
    }

    private static boolean isSanitized(AssetStatus status) {
        return status == SANITIZING || status == SANITIZED;
    }
}
