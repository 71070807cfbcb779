package io.tenure.provisioning.asset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tenure.events.AssetKind;
import io.tenure.events.ProvisioningFact.AssetDisabled;
import io.tenure.events.ProvisioningFact.AssetRestored;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.MediumDisabled;
import io.tenure.events.ProvisioningFact.VmProvisioned;
import io.tenure.kit.Ids;
import io.tenure.platform.AssetRef;
import io.tenure.platform.Expected;
import io.tenure.platform.Inventory.Place;
import io.tenure.platform.Outcome;
import io.tenure.platform.Presence;
import io.tenure.provisioning.asset.Settlement.Obstructed;
import io.tenure.provisioning.asset.Settlement.Onward;
import io.tenure.provisioning.asset.Settlement.Settled;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a platform reports is believed only as far as it proves something. */
class SettlementTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final UUID TERMINATION = Ids.next();
    private static final Disk FIRST = new Disk("disk-1.img", 64);
    private static final Disk SECOND = new Disk("disk-2.img", 32);
    private static final Expected NOTHING = Expected.all(List.of());
    private static final Expected BOTH = Expected.all(List.of(FIRST, SECOND));
    private static final Expected LOST = new Expected(List.of(FIRST), true, Set.of());
    private static final Presence GONE = new Presence.ProvenAbsent();
    private static final Presence UNKNOWN = new Presence.Unknown();

    private static Settlement settle(Asset asset, Expected expected, Outcome outcome) {
        return Settlement.of(asset, TERMINATION, expected, outcome, NOW);
    }

    private static Presence present(Disk... disks) {
        return new Presence.Present(List.of(disks));
    }

    private static Settled settled(Settlement settlement) {
        assertThat(settlement).isInstanceOf(Settled.class);
        return (Settled) settlement;
    }

    private static void obstructed(Asset asset, AssetStatus status, Settlement settlement) {
        assertThat(settlement).isInstanceOf(Obstructed.class);
        assertThat(asset.status()).isEqualTo(status);
    }

    /** A machine that the customer made in its VDC, and may remove. */
    private static Asset machine() {
        return Asset.found(
                Ids.next(), new AssetRef.InVdc(Ids.next(), Ids.next(), "web-1"), AssetKind.VDC_VM, "sandbox", NOW);
    }

    /** An order that the platform had not carried out when its tenant left. */
    private static Asset neverMade() {
        Asset order = AssetTest.in(AssetStatus.ORDERED);
        order.beginDisabling();
        return order;
    }

    @Test
    void whatIsMadeIsInUse() {
        Asset vm = AssetTest.in(AssetStatus.ORDERED);
        Settled settled = settled(settle(vm, NOTHING, new Outcome.Created("de-fra-1", "vm-1")));
        assertThat(vm.status()).isEqualTo(AssetStatus.PROVISIONED);
        assertThat(settled.disks()).isEmpty();
        assertThat(settled.facts()).singleElement().isInstanceOf(VmProvisioned.class);
    }

    @Test
    void whatIsTakenInIsDisabledNext() {
        Asset taken = Asset.takenIn(Ids.next(), Ids.next(), "sandbox", new Place("de-fra-1", "notes"), NOW);
        assertThat(settle(taken, NOTHING, new Outcome.TakenIn())).isEqualTo(new Onward());
        assertThat(taken.toTakeIn()).isEmpty();
        assertThat(taken.status()).isEqualTo(AssetStatus.DISABLING);
    }

    @Test
    void whatIsDisabledKeepsItsDisks() {
        Asset asset = AssetTest.in(AssetStatus.DISABLING);
        Settled settled = settled(settle(asset, NOTHING, new Outcome.Disabled(present(FIRST, SECOND))));
        assertThat(asset.status()).isEqualTo(AssetStatus.DISABLED);
        assertThat(settled.disks()).contains(List.of(FIRST, SECOND));
        assertThat(settled.facts()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatThePlatformMadeAndDoesNotShowIsNotDisabled(boolean proven) {
        Asset asset = AssetTest.in(AssetStatus.DISABLING);
        obstructed(asset, AssetStatus.DISABLING, settle(asset, NOTHING, new Outcome.Disabled(proven ? GONE : UNKNOWN)));
    }

    @Test
    void whatWasNeverMadeOrMayBeRemovedIsDisabledWithoutDisks() {
        for (Asset asset : List.of(neverMade(), machine())) {
            Settled settled = settled(settle(asset, NOTHING, new Outcome.Disabled(GONE)));
            assertThat(asset.status()).isEqualTo(AssetStatus.DISABLED);
            assertThat(settled.disks()).contains(List.of());
            assertThat(settled.facts()).singleElement().isInstanceOf(AssetDisabled.class);
        }
        Asset hidden = machine();
        obstructed(hidden, AssetStatus.DISABLING, settle(hidden, NOTHING, new Outcome.Disabled(UNKNOWN)));
    }

    @Test
    void aMissingDiskIsNotDisabledUntilItIsAttestedLost() {
        Asset asset = AssetTest.in(AssetStatus.DISABLING);
        Outcome outcome = new Outcome.Disabled(present(FIRST));
        obstructed(asset, AssetStatus.DISABLING, settle(asset, BOTH, outcome));

        Settled settled =
                settled(settle(asset, new Expected(List.of(FIRST, SECOND), false, Set.of(SECOND.name())), outcome));
        assertThat(settled.disks()).contains(List.of(FIRST, SECOND));
        assertThat(settled.facts().get(1)).isInstanceOfSatisfying(MediumDisabled.class, fact -> assertThat(fact.disk())
                .isEqualTo(SECOND));
    }

    @Test
    void whatIsAttestedLostIsDisabledWithTheDisksThatItHad() {
        Asset asset = AssetTest.in(AssetStatus.DISABLING);
        assertThat(settled(settle(asset, LOST, new Outcome.Disabled(UNKNOWN))).disks())
                .contains(List.of(FIRST));
    }

    @Test
    void whatIsThereIsRestored() {
        Asset asset = AssetTest.in(AssetStatus.RESTORING);
        Settled settled = settled(settle(asset, BOTH, new Outcome.Restored(present(FIRST, SECOND))));
        assertThat(asset.status()).isEqualTo(AssetStatus.PROVISIONED);
        assertThat(settled.disks()).contains(List.of());
        assertThat(settled.facts()).containsExactly(new AssetRestored(TERMINATION, asset.id(), AssetKind.VM));
    }

    @Test
    void anOrderIsRestoredWithoutBeingThere() {
        Asset order = neverMade();
        order.beginRestoring();
        Settled settled = settled(settle(order, NOTHING, new Outcome.Restored(GONE)));
        assertThat(order.status()).isEqualTo(AssetStatus.ORDERED);
        assertThat(settled.facts()).hasSize(1);
    }

    @Test
    void whatIsNotThereIsNotRestored() {
        Asset asset = AssetTest.in(AssetStatus.RESTORING);
        for (Presence presence : List.of(GONE, UNKNOWN)) {
            obstructed(asset, AssetStatus.RESTORING, settle(asset, BOTH, new Outcome.Restored(presence)));
        }
        assertThat(settled(settle(asset, LOST, new Outcome.Restored(UNKNOWN))).facts())
                .isEmpty();
        assertThat(asset.status()).isEqualTo(AssetStatus.LOST);
    }

    @Test
    void aMachineThatItsOwnerHadRemovedHasNothingToRestore() {
        Asset machine = machine();
        machine.beginRestoring();
        obstructed(machine, AssetStatus.RESTORING, settle(machine, BOTH, new Outcome.Restored(GONE)));
        assertThat(settled(settle(machine, NOTHING, new Outcome.Restored(GONE))).facts())
                .isEmpty();
        assertThat(machine.status()).isEqualTo(AssetStatus.REMOVED);
    }

    @Test
    void whatIsSanitizedIsDeletedNextAndToldThen() {
        Asset asset = AssetTest.in(AssetStatus.SANITIZING);
        assertThat(settle(asset, BOTH, new Outcome.Sanitized(present(FIRST, SECOND), List.of())))
                .isEqualTo(new Onward());
        assertThat(asset.isVerified()).isTrue();
        Settled settled = settled(settle(asset, BOTH, new Outcome.Deleted()));
        assertThat(asset.status()).isEqualTo(AssetStatus.SANITIZED);
        assertThat(settled.disks()).isEmpty();
        assertThat(settled.facts()).singleElement().isInstanceOf(AssetSanitized.class);
    }

    @Test
    void whatIsNotThereIsNotSanitized() {
        Asset asset = AssetTest.in(AssetStatus.SANITIZING);
        for (Presence presence : List.of(GONE, UNKNOWN)) {
            obstructed(asset, AssetStatus.SANITIZING, settle(asset, BOTH, new Outcome.Sanitized(presence, List.of())));
        }
        assertThat(asset.isVerified()).isFalse();
        assertThat(settled(settle(asset, LOST, new Outcome.Sanitized(UNKNOWN, List.of())))
                        .facts())
                .singleElement()
                .isInstanceOf(AssetSanitized.class);
        assertThat(asset.status()).isEqualTo(AssetStatus.LOST);
    }

    @Test
    void assetsAreNeverShutOff() {
        assertThatIllegalStateException()
                .isThrownBy(() -> settle(AssetTest.in(AssetStatus.DISABLING), NOTHING, new Outcome.ShutOff()));
    }
}
