package io.tenure.provisioning.finding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenure.events.AssetKind;
import io.tenure.kit.Ids;
import io.tenure.kit.problem.Refusal;
import io.tenure.platform.Inventory.Mark;
import io.tenure.platform.Inventory.Place;
import io.tenure.provisioning.asset.Asset;
import io.tenure.provisioning.asset.AssetStatus;
import io.tenure.provisioning.tenant.Tenant;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FindingTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final UUID TENANT = Ids.next();

    /** Its manifest is open; TenantTest shows when it is not. */
    private static final Tenant COLLECTING = new Tenant() {
        @Override
        public void mustTakeIn() {}
    };

    private static final Tenant FROZEN = new Tenant() {
        @Override
        public void mustTakeIn() {
            throw new Refusal("manifest-frozen", "The manifest is frozen");
        }
    };

    private static Finding finding(Mark mark) {
        return new Finding(Ids.next(), TENANT, "sandbox", new Place("de-fra-1", "notes"), mark);
    }

    @ParameterizedTest
    @EnumSource(
            value = Mark.class,
            names = {"NONE", "OWN"})
    void becomesAnAssetOfItsTenant(Mark mark) {
        Finding finding = finding(mark);
        UUID id = Ids.next();

        Asset asset = finding.takenIn(COLLECTING, id, "an export", NOW);

        assertThat(asset.id()).isEqualTo(id);
        assertThat(asset.tenantId()).isEqualTo(TENANT);
        assertThat(asset.kind()).isEqualTo(AssetKind.VM);
        assertThat(asset.platform()).isEqualTo("sandbox");
        assertThat(asset.status()).isEqualTo(AssetStatus.DISABLING);
        assertThat(finding.assetId).isEqualTo(id);
        assertThat(finding.reason).isEqualTo("an export");
        refusedWith("finding-taken-in", finding, COLLECTING);
        assertThat(finding.assetId).isEqualTo(id);
    }

    @Test
    void anotherTenantsThingsAreNotTakenIn() {
        Finding foreign = finding(Mark.FOREIGN);
        refusedWith("foreign-mark", foreign, COLLECTING);
        assertThat(foreign.assetId).isNull();
    }

    @Test
    void nothingJoinsAFrozenManifest() {
        Finding finding = finding(Mark.NONE);
        refusedWith("manifest-frozen", finding, FROZEN);
        assertThat(finding.assetId).isNull();
    }

    private static void refusedWith(String slug, Finding finding, Tenant tenant) {
        assertThatThrownBy(() -> finding.takenIn(tenant, Ids.next(), "an export", NOW))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.slug()).isEqualTo(slug));
    }
}
