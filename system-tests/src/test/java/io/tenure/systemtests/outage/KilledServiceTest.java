package io.tenure.systemtests.outage;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.CredentialFact.TenantIdentityCreated;
import io.tenure.events.CredentialFact.TenantKeysDestroyed;
import io.tenure.events.Fact;
import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.events.NotificationFact.NoticeAccepted;
import io.tenure.events.ProvisioningFact.AssetDisabled;
import io.tenure.events.ProvisioningFact.AssetRestored;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.MediumSanitized;
import io.tenure.events.ProvisioningFact.VmProvisioned;
import io.tenure.systemtests.harness.Gates;
import io.tenure.systemtests.harness.Running;
import io.tenure.systemtests.harness.SystemExtension;
import io.tenure.systemtests.harness.SystemUnderTest;
import io.tenure.systemtests.proof.AuditLog;
import io.tenure.systemtests.proof.Disks;
import io.tenure.systemtests.proof.Evidenced;
import io.tenure.systemtests.proof.OnceOnly;
import io.tenure.systemtests.story.Customer;
import io.tenure.systemtests.story.Story;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A service that is killed (SIGKILL) in the middle of each stage, at the worst moment: the work outside is done and
 * nothing of it is recorded. It is started again, the cascade ends as always, and nothing is done twice. Cases of
 * different services run side by side, so that each tenant also sees the other services die.
 */
@Order(4)
@Isolated("kills services")
@ExtendWith(SystemExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledServiceTest {

    private final Map<Case, Running<Story>> running = new EnumMap<>(Case.class);
    private final Map<String, ReentrantLock> oneAtATime = new ConcurrentHashMap<>();
    private SystemUnderTest system;
    private Running<Story> unmounted;

    /** A service and the moment of its death. */
    enum Case {
        PROVISIONING_WHILE_IT_PROVISIONS("provisioning", VmProvisioned.class),
        PROVISIONING_WHILE_IT_DISABLES("provisioning", AssetDisabled.class),
        PROVISIONING_WHILE_IT_RESTORES("provisioning", AssetRestored.class),
        PROVISIONING_WHILE_IT_SANITIZES("provisioning", AssetSanitized.class),
        CREDENTIAL_WHILE_IT_MAKES_AN_IDENTITY("credential", TenantIdentityCreated.class),
        CREDENTIAL_WHILE_IT_REVOKES("credential", TenantAccessRestricted.class),
        CREDENTIAL_WHILE_IT_DESTROYS_KEYS("credential", TenantKeysDestroyed.class),
        LIFECYCLE_AS_EVERYTHING_IS_DISABLED("lifecycle", RetentionStarted.class),
        LIFECYCLE_UNTIL_THE_RETENTION_IS_OVER("lifecycle", null),
        LIFECYCLE_AS_EVERYTHING_IS_DELETED("lifecycle", DeletionCertificateIssued.class),
        NOTIFICATION_AS_A_NOTICE_IS_SENT("notification", NoticeAccepted.class),
        AUDIT_WHILE_IT_TAKES_EVENTS_IN("audit", TerminationRequested.class);

        private final String service;
        private final Class<? extends Fact> dyingBefore;

        Case(String service, Class<? extends Fact> dyingBefore) {
            this.service = service;
            this.dyingBefore = dyingBefore;
        }

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
        }
    }

    @BeforeAll
    void beginAll(SystemUnderTest system) {
        this.system = system;
        for (var each : Case.values()) {
            running.put(each, Running.start(each.toString(), () -> live(each)));
        }
        unmounted = Running.start("without its storage", this::livesWithoutItsStorage);
    }

    /** As of a volume that is not mounted any more when the month is over, and of a service that starts without it. */
    private Story livesWithoutItsStorage() {
        var story = Story.withAssets(system, "without its storage", 1, 1);
        story.terminate();
        story.awaitRetained();
        var disks = system.disksOf(story.tenantId());
        var elsewhere = disks.resolveSibling("elsewhere");
        move(disks, elsewhere);
        story.await("the deletion is held up", () -> isHeldUp(story));
        for (var each : Case.values()) {
            if (each.service.equals("provisioning")) {
                running.get(each).get();
            }
        }
        story.await("and still is after provisioning has died and started", () -> isHeldUp(story));
        assertThat(story.state()).isEqualTo("DELETING");
        assertThat(story.facts(MediumSanitized.class)).isEmpty();
        move(elsewhere, disks);
        return story;
    }

    private static boolean isHeldUp(Story story) {
        return story.termination().get("blockers").findValuesAsText("reason").stream()
                .anyMatch(reason -> reason.contains("the asset that was disabled is not there"));
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Story live(Case each) {
        return switch (each) {
            case PROVISIONING_WHILE_IT_PROVISIONS -> {
                var story = Story.begin(system, each.toString());
                // The order that is under way when the service dies is sent again under its key.
                var ordering = new ArrayList<Running<Story>>();
                dying(each, story, () -> ordering.add(Running.start("ordering", () -> ordered(story))));
                ordering.getFirst().get();
                story.awaitHandedOver();
                story.terminate();
                yield story;
            }
            case CREDENTIAL_WHILE_IT_MAKES_AN_IDENTITY -> {
                // The identity is made at once, so the gate is closed before the tenant exists.
                var story = new Story[1];
                dyingForNextTenant(each, () -> story[0] = Story.begin(system, each.toString()));
                story[0].order(1, 0);
                story[0].awaitHandedOver();
                // A link is used up even where its answer is lost, so nobody may kill the service meanwhile.
                exclusively(each.service, () -> new Customer(story[0]).firstLogin());
                story[0].terminate();
                yield story[0];
            }
            case LIFECYCLE_UNTIL_THE_RETENTION_IS_OVER -> {
                var story = Story.withAssets(system, each.toString(), 1, 1);
                story.terminate();
                story.awaitRetained();
                var ends =
                        Instant.parse(story.termination().get("retentionEndsAt").asText());
                exclusively(each.service, () -> {
                    system.service(each.service).kill();
                    story.await("the retention is over", () -> Instant.now().isAfter(ends));
                    restart(each.service);
                });
                yield story;
            }
            case PROVISIONING_WHILE_IT_RESTORES -> {
                var story = Story.withAssets(system, each.toString(), 1, 1);
                var before = Disks.of(system.disksOf(story.tenantId()));
                story.terminate();
                story.awaitRetained();
                dying(each, story, story::cancel);
                story.awaitCancelled();
                assertThat(Disks.of(system.disksOf(story.tenantId())))
                        .as("every byte of every disk is as it was")
                        .isEqualTo(before);
                yield story;
            }
            default -> {
                var story = Story.withAssets(system, each.toString(), 2, 1);
                dying(each, story, story::terminate);
                yield story;
            }
        };
    }

    private static Story ordered(Story story) {
        story.order(2, 1);
        return story;
    }

    private void dying(Case each, Story story, Runnable trigger) {
        var gate = system.gates().close(each.service, story.tenantId(), each.dyingBefore);
        trigger.run();
        dieAt(gate, each.service);
    }

    private void dyingForNextTenant(Case each, Runnable trigger) {
        var gate = system.gates().close(each.service, null, each.dyingBefore);
        trigger.run();
        dieAt(gate, each.service);
    }

    /** Several tenants may stand at gates of one service; it is killed once for each of them. */
    private void dieAt(Gates.Gate gate, String service) {
        gate.awaitArrival();
        exclusively(service, () -> {
            // Where it died for another tenant meanwhile, it comes back to this gate first.
            gate.awaitArrival();
            system.service(service).kill();
            gate.endOrphans();
            gate.open();
            restart(service);
        });
    }

    private void restart(String service) {
        try {
            system.service(service).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void exclusively(String service, Runnable work) {
        var lock = oneAtATime.computeIfAbsent(service, s -> new ReentrantLock());
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void theCascadeEndsAndNothingIsDoneTwice(Case each) {
        var story = running.get(each).get();
        if (each == Case.PROVISIONING_WHILE_IT_RESTORES) {
            story.settle(OnceOnly::checkCancelled);
        } else {
            story.awaitDeleted();
            story.settle(OnceOnly::checkDeleted);
            assertThat(Disks.of(system.disksOf(story.tenantId())).files())
                    .as("nothing is left on disk")
                    .isEmpty();
            assertThat(Evidenced.collect(story).verify().ok()).isTrue();
        }
        AuditLog.checkHoldsExactly(story);
    }

    @Test
    void aStorageThatIsNotThereIsNotADeletion() {
        var story = unmounted.get();
        story.awaitDeleted();
        story.settle(OnceOnly::checkDeleted);
        assertThat(Evidenced.collect(story).verify().ok()).isTrue();
        AuditLog.checkHoldsExactly(story);
    }
}
