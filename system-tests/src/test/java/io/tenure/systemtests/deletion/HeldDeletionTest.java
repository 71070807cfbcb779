package io.tenure.systemtests.deletion;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.LifecycleFact.RescheduleCause;
import io.tenure.events.LifecycleFact.RetentionRescheduled;
import io.tenure.events.LifecycleFact.TenantDeleted;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.local.platform.Http;
import io.tenure.systemtests.harness.SystemExtension;
import io.tenure.systemtests.harness.SystemUnderTest;
import io.tenure.systemtests.proof.Disks;
import io.tenure.systemtests.proof.OnceOnly;
import io.tenure.systemtests.story.Story;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Legal holds and extensions: what is to stay longer stays, to the byte, and then goes. */
@Order(3)
@ExtendWith(SystemExtension.class)
class HeldDeletionTest {

    private final SystemUnderTest system;

    HeldDeletionTest(SystemUnderTest system) {
        this.system = system;
    }

    /** It is set while the tenant is in use, long before anybody asks for a termination. */
    @Test
    void whatIsHeldOutlastsItsRetentionUntilTheRelease() {
        var story = Story.withAssets(system, "held", 1, 1);
        var hold = hold(story, null);
        story.terminate();
        story.awaitRetained();
        var before = Disks.of(system.disksOf(story.tenantId()));
        story.await("a blocker names the hold", () -> blockers(story).contains("A legal hold forbids"));
        assertThat(Instant.now())
                .isAfterOrEqualTo(
                        Instant.parse(story.termination().get("retentionEndsAt").asText()));
        assertThat(story.state()).isEqualTo("RETAINED");
        assertThat(Disks.of(system.disksOf(story.tenantId()))).isEqualTo(before);

        assertThat(release(hold, "operator").status())
                .as("nobody is two people")
                .isEqualTo(409);
        assertThat(release(hold, "admin").status()).isEqualTo(200);
        story.awaitDeleted();
        story.settle(OnceOnly::checkDeleted);
    }

    /** The rest is wiped meanwhile, and nothing is certified before the held machine is gone too. */
    @Test
    void whatOneHoldNamesStaysToTheByteWhileTheRestGoes() {
        var story = Story.withAssets(system, "one machine held", 2, 0);
        var held = story.assets().getFirst();
        var hold = hold(story, held);
        story.terminate();
        story.awaitRetained();
        var disks = Disks.of(system.disksOf(story.tenantId()));
        var ofHeld = of(disks, held);
        assertThat(ofHeld).isNotEmpty();

        story.awaitFact(AssetSanitized.class, fact -> !fact.assetId().equals(held));
        story.await("a blocker names the machine", () -> blockers(story).contains(held.toString()));
        assertThat(story.state()).isEqualTo("DELETING");
        assertThat(of(Disks.of(system.disksOf(story.tenantId())), held)).isEqualTo(ofHeld);
        assertThat(story.facts(AssetSanitized.class))
                .noneMatch(fact -> fact.assetId().equals(held));
        assertThat(listed(story)).contains("HOLD", "/v1/holds/" + hold);

        assertThat(release(hold, "admin").status()).isEqualTo(200);
        story.awaitDeleted();
        story.settle(HeldDeletionTest::checkCertifiedOnce);
    }

    @Test
    void anExtendedRetentionEndsLaterAndIsToldAnew() {
        var story = Story.withAssets(system, "extended", 1, 0);
        story.terminate();
        story.awaitRetained();
        var end = Instant.parse(story.termination().get("retentionEndsAt").asText())
                .plus(Duration.ofSeconds(5));
        var answer = system.post(
                "lifecycle",
                "/v1/terminations/" + story.terminationId() + "/extension",
                Map.of("retentionEndsAt", end.toString(), "reason", "The customer asked for it by telephone"),
                system.tokens().user("operator"));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);

        story.awaitDeleted();
        assertThat(story.facts(RetentionRescheduled.class)).singleElement().satisfies(fact -> {
            assertThat(fact.cause()).isEqualTo(RescheduleCause.EXTENDED_BY_PROVIDER);
            assertThat(fact.retentionEndsAt()).isEqualTo(end);
        });
        assertThat(story.facts(NoticeDelivered.class))
                .anyMatch(notice -> notice.kind() == NoticeKind.RETENTION_EXTENDED);
        var started = story.events().stream()
                .filter(event -> event.fact() instanceof DeletionStarted)
                .findFirst()
                .orElseThrow();
        assertThat(started.time()).isAfterOrEqualTo(end);
        story.settle(HeldDeletionTest::checkCertifiedOnce);
    }

    /** A repeated command is answered once more, so not every fact is there once; these are. */
    private static void checkCertifiedOnce(Story story) {
        assertThat(story.state()).isEqualTo("DELETED");
        assertThat(story.facts(DeletionStarted.class)).hasSize(1);
        assertThat(story.facts(DeletionCertificateIssued.class)).hasSize(1);
        assertThat(story.facts(TenantDeleted.class)).hasSize(1);
    }

    private static Map<String, String> of(Disks disks, UUID asset) {
        var found = new HashMap<>(disks.files());
        found.keySet().removeIf(file -> !file.contains(asset.toString()));
        return found;
    }

    private String hold(Story story, UUID asset) {
        var body = new HashMap<String, Object>(Map.of(
                "authority",
                "District Court",
                "caseReference",
                "4 O 12/26",
                "reason",
                "an order",
                "reviewAt",
                Instant.now().plus(Duration.ofDays(90)).toString()));
        if (asset != null) {
            body.put("assetId", asset.toString());
        }
        var answer = system.persistently(
                story.label() + ": the tenant is known",
                404,
                () -> system.post(
                        "lifecycle",
                        "/v1/tenants/" + story.tenantId() + "/holds",
                        body,
                        system.tokens().user("operator")));
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json().get("id").asText();
    }

    private Http.Answer release(String hold, String user) {
        return Http.json(
                "DELETE",
                system.url("lifecycle").resolve("/v1/holds/" + hold),
                Map.of("reason", "The case is closed"),
                "Authorization",
                "Bearer " + system.tokens().user(user));
    }

    private String listed(Story story) {
        return system.get(
                        "lifecycle",
                        "/v1/blockers?tenantId=" + story.tenantId(),
                        "Authorization",
                        "Bearer " + system.tokens().user("operator"))
                .body();
    }

    private static String blockers(Story story) {
        return story.termination().get("blockers").toString();
    }
}
