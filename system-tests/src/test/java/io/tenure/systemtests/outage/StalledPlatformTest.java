package io.tenure.systemtests.outage;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenure.events.CredentialFact.CredentialRevoked;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.Fact;
import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.ProvisioningFact.AssetDisabled;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.TenantAssetsDeleted;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.systemtests.harness.SystemExtension;
import io.tenure.systemtests.harness.SystemUnderTest;
import io.tenure.systemtests.proof.Disks;
import io.tenure.systemtests.proof.Evidenced;
import io.tenure.systemtests.proof.OnceOnly;
import io.tenure.systemtests.story.Story;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The platform takes every order and carries out none, because somebody outside holds the operating system's lock on
 * all its assets, as a backup or a hung host would.
 */
@Order(9)
@Isolated("holds up the whole platform")
@ExtendWith(SystemExtension.class)
class StalledPlatformTest {

    private static final String BUSY = "another worker is busy with the asset";

    private final SystemUnderTest system;

    StalledPlatformTest(SystemUnderTest system) {
        this.system = system;
    }

    @Test
    void whatStandsStillIsABlockerAndGoesOnByItself() throws IOException {
        var story = Story.withAssets(system, "stalled platform", 1, 1);
        var disks = Disks.of(system.disksOf(story.tenantId()));

        try (var held = hold()) {
            story.terminate();
            awaitBlockedAt(story);
            story.awaitFact(TenantAccessRestricted.class);
            assertThat(story.facts(CredentialRevoked.class))
                    .as("access goes, whatever the platform does")
                    .hasSize(story.credentials());
            assertThat(story.state()).isEqualTo("DISABLING");
            assertNever(story, AssetDisabled.class, TenantDisabled.class, RetentionStarted.class);
            assertThat(certificate(story)).isEqualTo(409);
            assertThat(Disks.of(system.disksOf(story.tenantId()))).isEqualTo(disks);
        }
        story.awaitRetained();
        assertThat(story.termination().get("blockers").toString()).doesNotContain(BUSY);

        disks = Disks.of(system.disksOf(story.tenantId()));
        try (var held = hold()) {
            story.awaitFact(DeletionStarted.class);
            awaitBlockedAt(story);
            assertThat(story.state()).isEqualTo("DELETING");
            assertNever(story, AssetSanitized.class, TenantAssetsDeleted.class, DeletionCertificateIssued.class);
            assertThat(certificate(story)).isEqualTo(409);
            assertThat(Disks.of(system.disksOf(story.tenantId())))
                    .as("not a byte is wiped")
                    .isEqualTo(disks);
        }
        story.awaitDeleted();
        story.settle(OnceOnly::checkDeleted);
        assertThat(Disks.of(system.disksOf(story.tenantId())).files()).isEmpty();
        assertThat(Evidenced.collect(story).verify().ok()).isTrue();
    }

    /** Every byte that an asset's lock could be, until it is closed. Waits for those who hold one. */
    private FileChannel hold() throws IOException {
        var file = system.platform().layout().sandbox().resolve(".lock");
        var channel = FileChannel.open(file, StandardOpenOption.WRITE);
        channel.lock(0, Long.MAX_VALUE, false);
        return channel;
    }

    /** Returns when each asset is named by a blocker that says why it stands still and when it is tried again. */
    private static void awaitBlockedAt(Story story) {
        for (var asset : story.assets()) {
            story.await("a blocker names " + asset, () -> isBlocked(story, asset));
        }
    }

    private static boolean isBlocked(Story story, UUID asset) {
        for (var blocker : story.termination().get("blockers")) {
            if (blocker.get("resource").asText().contains(asset.toString())
                    && blocker.get("owner").asText().equals("provisioning")
                    && blocker.get("reason").asText().contains(BUSY)
                    && blocker.hasNonNull("nextRetryAt")) {
                return true;
            }
        }
        return false;
    }

    @SafeVarargs
    private static void assertNever(Story story, Class<? extends Fact>... types) {
        for (var type : types) {
            assertThat(story.facts(type)).as(type.getSimpleName()).isEmpty();
        }
    }

    private int certificate(Story story) {
        return system.get(
                        "lifecycle",
                        "/v1/terminations/" + story.terminationId() + "/certificate",
                        "Authorization",
                        "Bearer " + system.tokens().user("auditor"))
                .status();
    }
}
