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

import io.tenure.events.AssetKind;
import io.tenure.kit.Ids;
import io.tenure.kit.problem.Refusal;
import io.tenure.platform.AssetRef;
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
    private static final Expected NOTHING_LOST = Expected.all(List.of());

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
        goes(from, Asset::disabled, Map.of(DISABLING, DISABLED));
        goes(from, Asset::beginRestoring, Map.of(DISABLING, RESTORING, DISABLED, RESTORING));
        goes(from, Asset::restored, Map.of(RESTORING, PROVISIONED));
        goes(from, Asset::lost, Map.of(RESTORING, LOST, SANITIZING, LOST));
        goes(from, Asset::removed, Map.of(RESTORING, REMOVED));
        goes(from, Asset::beginSanitizing, Map.of(DISABLED, SANITIZING));
        goes(from, asset -> asset.verified("[]"), Map.of(SANITIZING, SANITIZING));
        goes(
                from,
                asset -> {
                    asset.evidence = "[]";
                    asset.sanitized();
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
        order.disabled();
        order.beginRestoring();
        order.restored();
        assertThat(order.status()).isEqualTo(ORDERED);
    }

    @Test
    void isNotSanitizedWithoutEvidence() {
        Asset asset = in(SANITIZING);
        refusedWith("sanitization-unproven", asset::sanitized);
        assertThat(asset.status()).isEqualTo(SANITIZING);
    }

    @Test
    void evidenceIsNeverReplaced() {
        Asset asset = in(SANITIZING);
        asset.verified("[1]");
        refusedWith("wrong-asset-status", () -> asset.verified("[]"));
        assertThat(asset.evidence()).isEqualTo("[1]");
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
        asset.obstructed("no storage");
        asset.disabled();
        assertThat(asset.obstacle).isNull();
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
        assertThat(in(status).wanted(NOTHING_LOST)).isEqualTo(Optional.ofNullable(wanted.get(status)));
    }

    @Test
    void isRemovedOnceThereIsEvidence() {
        Asset asset = in(SANITIZING);
        asset.verified("[]");
        assertThat(asset.wanted(NOTHING_LOST)).contains(Intent.DELETE);
    }

    /** What an operator took in becomes an asset on the platform first, whatever follows, unless it is lost. */
    @Test
    void whatIsTakenInBecomesAnAssetFirst() {
        Asset taken = Asset.takenIn(Ids.next(), TENANT, "sandbox", new Place("de-fra-1", "notes"), NOW);
        assertThat(taken.wanted(NOTHING_LOST)).contains(Intent.TAKE_IN);
        assertThat(taken.wanted(new Expected(List.of(), true, Set.of()))).contains(Intent.DISABLE);
        taken.beginRestoring();
        assertThat(taken.wanted(NOTHING_LOST)).contains(Intent.TAKE_IN);
        taken.madeAnAsset(NOW);
        assertThat(taken.wanted(NOTHING_LOST)).contains(Intent.RESTORE);
        refusedWith("not-taken-in", () -> vm().madeAnAsset(NOW));
    }

    private static Asset vm() {
        return Asset.orderedVm(Ids.next(), TENANT, "web-1", "debian-13", 1, 512, 1, "de-fra-1", NOW);
    }

    private static Asset in(AssetStatus status) {
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
            asset.disabled();
        }
        if (isRestored(status)) {
            asset.beginRestoring();
        }
        if (status == LOST) {
            asset.lost();
        }
        if (status == REMOVED) {
            asset.removed();
        }
        if (isSanitized(status)) {
            asset.beginSanitizing();
        }
        if (status == SANITIZED) {
            asset.verified("[]");
            asset.sanitized();
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
