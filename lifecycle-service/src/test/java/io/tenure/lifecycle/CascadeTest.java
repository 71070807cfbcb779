package io.tenure.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.vertx.VertxContextSupport;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.tenure.events.AssetAction;
import io.tenure.events.AssetKind;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.Event;
import io.tenure.events.Fact;
import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.LifecycleFact.RetentionRescheduled;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.LifecycleFact.TenantDeleted;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.events.MediaDigest;
import io.tenure.events.NotificationFact.Channel;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.NotificationFact.NoticeFailed;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.events.ProvisioningFact.AssetActionBlocked;
import io.tenure.events.ProvisioningFact.AssetDisabled;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.MediumDisabled;
import io.tenure.events.ProvisioningFact.MediumSanitized;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.events.Sanitization.Overwritten;
import io.tenure.events.Sanitization.ReadBack;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.TestRecords;
import io.tenure.lifecycle.Records.Told;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The cascade from request to certificate, with the other services' facts in any order. */
@LifecycleTest
class CascadeTest {

    @Inject
    LifecycleEvents events;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anyOrderOfFactsLeadsToTheSameEndOnce(long seed) {
        Story story = Story.of();
        String trace = "0af7651916cd43dd8448eb211c80" + String.format("%04x", seed);
        String location = Story.as("account-manager")
                .header("traceparent", "00-" + trace + "-b7ad6b7169203331-01")
                .header("Idempotency-Key", trace)
                .contentType(ContentType.JSON)
                .body(Map.of("tenantId", story.tenant, "checklist", Story.CHECKLIST))
                .post("/v1/terminations")
                .then()
                .statusCode(202)
                .body("state", equalTo("REQUESTED"))
                .extract()
                .header("Location");
        story.termination = UUID.fromString(location.substring(location.lastIndexOf('/') + 1));
        Event requested = only(story, TerminationRequested.class);
        assertThat(requested.correlationId()).isEqualTo(story.termination);
        assertThat(requested.traceparent()).contains(trace);

        Story.publishShuffled(story.disablement(), seed);
        story.awaitState("RETAINED");
        RetentionStarted retention =
                (RetentionStarted) only(story, RetentionStarted.class).fact();
        Instant ends = retention.retentionEndsAt();
        assertThat(Duration.between(retention.retentionStartedAt(), ends)).isEqualTo(Duration.ofDays(30));
        assertThat(retention.warnings())
                .containsExactly(
                        ends.minus(Duration.ofDays(14)),
                        ends.minus(Duration.ofDays(7)),
                        ends.minus(Duration.ofDays(1)));

        Story.publishShuffled(story.delivered(), seed);
        story.awaitSteps("NoticeDelivered", Story.NOTICES);
        assertThat(story.get().<String>path("state")).isEqualTo("RETAINED");

        Time.advance(Duration.ofDays(30));
        story.awaitState("DELETING");
        Event deletion = only(story, DeletionStarted.class);
        assertThat(deletion.correlationId()).isEqualTo(story.termination);

        Story.publishShuffled(story.deletion(), seed);
        story.awaitState("DELETED");
        await().until(() -> Records.published(story.tenant, TenantDeleted.class).size() == 1);
        JsonPath shown = story.get().jsonPath();
        assertThat(shown.getList("blockers")).isEmpty();
        assertThat(shown.getList("holds")).isEmpty();
        assertThat(shown.getString("deletedAt")).isNotNull();
        assertThat(story.steps())
                .containsExactlyInAnyOrder(
                        "TerminationRequested",
                        "MediumDisabled",
                        "AssetDisabled",
                        "AssetDisabled",
                        "TenantDisabled",
                        "CredentialRevoked",
                        "TenantAccessRestricted",
                        "RetentionStarted",
                        "NoticeDelivered",
                        "NoticeDelivered",
                        "NoticeDelivered",
                        "NoticeDelivered",
                        "DeletionStarted",
                        "MediumSanitized",
                        "AssetSanitized",
                        "AssetSanitized",
                        "TenantAssetsDeleted",
                        "TenantKeysDestroyed",
                        "DeletionCertificateIssued",
                        "TenantDeleted");
        assertThat(Records.published(story.tenant).stream()
                        .map(event -> event.fact().getClass().getSimpleName()))
                .containsExactly(
                        "TerminationRequested",
                        "AdministrativeActionPerformed",
                        "RetentionStarted",
                        "DeletionStarted",
                        "DeletionCertificateIssued",
                        "TenantDeleted");

        // A terminated tenant is not terminated again.
        story.request().then().statusCode(200).body("id", equalTo(story.termination.toString()));
        assertThat(Records.published(story.tenant)).hasSize(6);
    }

    @Test
    void oneTraceLeadsFromTheRetentionToTheDeletion() {
        Story story = Story.requested();
        String trace = "0af7651916cd43dd8448eb211c80319c";
        List<Told> facts = story.disablement();
        facts.subList(0, facts.size() - 1).forEach(Told::publish);
        story.awaitSteps("CredentialRevoked", 1);
        story.awaitSteps("TenantDisabled", 1);
        Records.publish(facts.getLast(), "00-" + trace + "-b7ad6b7169203331-01");
        story.awaitState("RETAINED");
        assertThat(only(story, RetentionStarted.class).traceparent()).contains(trace);

        story.delivered().forEach(Told::publish);
        story.awaitSteps("NoticeDelivered", Story.NOTICES);
        Time.advance(Duration.ofDays(30));
        story.awaitState("DELETING");

        assertThat(only(story, DeletionStarted.class).traceparent()).contains(trace);
    }

    @Test
    void nothingIsDeletedWhileANoticeIsUnprovenAndAtOnceWhenItIs() {
        Story story = Story.retained();
        story.delivered().subList(1, Story.NOTICES).forEach(Told::publish);
        story.awaitSteps("NoticeDelivered", Story.NOTICES - 1);
        Time.advance(Duration.ofDays(31));

        await().until(() -> story.get().jsonPath().getList("blockers").size() == 1);
        JsonPath shown = story.get().jsonPath();
        assertThat(shown.getString("state")).isEqualTo("RETAINED");
        assertThat(shown.getString("blockers[0].owner")).isEqualTo("notification");
        assertThat(shown.getString("blockers[0].reason")).contains("retention started 1");
        assertThat(shown.getInt("blockers[0].attempts")).isPositive();
        assertThat(shown.getString("blockers[0].nextRetryAt")).isNotNull();
        int attempts = shown.getInt("blockers[0].attempts");
        await().until(() -> story.get().jsonPath().getInt("blockers[0].attempts") > attempts);

        story.delivered(0).publish();
        story.awaitState("DELETING");
        assertThat(story.get().jsonPath().getList("blockers")).isEmpty();
        only(story, DeletionStarted.class);
    }

    /**
     * For example after the mail server was down for weeks: all warnings leave at once, but the deletion does not start
     * at once.
     */
    @Test
    void aWarningThatComesLateReschedulesTheRetention() {
        Story story = Story.retained();
        story.delivered().subList(0, 2).forEach(Told::publish);
        story.awaitSteps("NoticeDelivered", 2);
        Instant first = Instant.parse(story.get().path("retentionEndsAt"));
        Time.advance(Duration.ofDays(31));
        await().until(() -> story.get().jsonPath().getList("blockers.reason", String.class).stream()
                .anyMatch(reason -> reason.contains("not proven delivered: retention warning 2, retention warning 3")));

        // The second warning promises a week.
        Instant late = Time.now();
        story.delivered(2).publish();
        story.delivered(3).publish();
        story.awaitSteps("NoticeDelivered", Story.NOTICES);

        RetentionRescheduled rescheduled =
                (RetentionRescheduled) only(story, RetentionRescheduled.class).fact();
        assertThat(rescheduled.version()).isEqualTo(2);
        assertThat(rescheduled.retentionEndsAt()).isAfterOrEqualTo(late.plus(Duration.ofDays(7)));
        assertThat(rescheduled.warnings())
                .containsExactly(rescheduled.retentionEndsAt().minus(Duration.ofDays(1)));
        assertThat(Instant.parse(story.get().path("retentionEndsAt")))
                .isEqualTo(rescheduled.retentionEndsAt())
                .isAfter(first);
        assertThat(story.get().<String>path("state")).isEqualTo("RETAINED");

        // Notices of the earlier version do not count.
        story.delivered(1).publish();
        Time.advance(Duration.ofDays(8));
        await().until(() -> story.get().jsonPath().getList("blockers.reason", String.class).stream()
                .anyMatch(reason -> reason.contains("retention rescheduled 1, retention warning 1")));
        story.delivered(2, NoticeKind.RETENTION_RESCHEDULED, 1).publish();
        // That one was late too: it announces the end, so the customer must have it in time.
        await().until(() ->
                Records.published(story.tenant, RetentionRescheduled.class).size() == 2);
        story.delivered(3, NoticeKind.RETENTION_RESCHEDULED, 1).publish();
        story.delivered(3, NoticeKind.RETENTION_WARNING, 1).publish();
        story.awaitSteps("NoticeDelivered", Story.NOTICES + 4);
        Time.advance(Duration.ofDays(9));
        story.awaitState("DELETING");
        only(story, DeletionStarted.class);
    }

    @Test
    void whatCameBackIsNotDelivered() {
        Story story = Story.retained();
        story.delivered().forEach(Told::publish);
        story.awaitSteps("NoticeDelivered", Story.NOTICES);
        story.tell(new NoticeFailed(
                        story.notice(3),
                        NoticeKind.RETENTION_WARNING,
                        story.termination,
                        1,
                        3,
                        Channel.EMAIL,
                        "bounced 5.1.1",
                        1))
                .publish();
        await().until(() -> story.get().jsonPath().getList("blockers").size() == 1);
        Time.advance(Duration.ofDays(30));
        await().until(() -> story.get().jsonPath().getList("blockers.reason", String.class).stream()
                .anyMatch(reason -> reason.contains("not proven delivered: retention warning 3")));
        assertThat(story.get().<String>path("state")).isEqualTo("RETAINED");
    }

    @Test
    void whatResistsIsABlockerUntilItIsResolved() {
        Story story = Story.requested();
        Instant retry = Time.now().plusSeconds(60);
        blocked(story, AssetAction.DISABLE, story.vm, "the hypervisor does not answer", 1, retry)
                .publish();
        blocked(story, AssetAction.DISABLE, story.vm, "the hypervisor does not answer", 2, retry.plusSeconds(60))
                .publish();
        blocked(story, AssetAction.DISABLE, null, "the inventory cannot be read", 1, retry)
                .publish();
        await().until(() -> story.get().jsonPath().getList("blockers").size() == 2
                && story.get().jsonPath().getInt("blockers[0].attempts") == 2);
        JsonPath shown = story.get().jsonPath();
        assertThat(shown.getString("blockers[0].owner")).isEqualTo("provisioning");
        assertThat(shown.getString("blockers[0].reason")).isEqualTo("the hypervisor does not answer");
        assertThat(shown.getString("blockers[0].resource")).isEqualTo("/v1/tenants/" + story.tenant);
        Story.as("csp-operator")
                .get("/v1/terminations?tenantId={tenant}", story.tenant)
                .then()
                .body("items[0].blockers.size()", equalTo(2));

        List<Told> facts = story.disablement();
        facts.subList(0, 2).forEach(Told::publish);
        await().until(() -> story.get().jsonPath().getList("blockers").size() == 1);
        // It arrives after the fact that resolves it, like a replayed dead letter.
        blocked(story, AssetAction.DISABLE, story.vm, "the hypervisor does not answer", 3, retry)
                .publish();
        facts.subList(2, 4).forEach(Told::publish);
        await().until(() -> story.get().jsonPath().getList("blockers").isEmpty());
        story.awaitSteps("TenantDisabled", 1);
    }

    @Test
    void aFailedNoticeIsABlockerUntilItIsDelivered() {
        Story story = Story.retained();
        Told failed = story.tell(new NoticeFailed(
                story.notice(0), NoticeKind.RETENTION_STARTED, story.termination, 1, 1, Channel.EMAIL, "SMTP 451", 1));
        failed.publish();
        await().until(() -> story.get().jsonPath().getList("blockers").size() == 1);
        assertThat(story.get().<String>path("blockers[0].reason")).contains("SMTP 451");

        story.delivered(0).publish();
        await().until(() -> story.get().jsonPath().getList("blockers").isEmpty());
    }

    @Test
    void aDeletionWithoutEvidenceOfEveryAssetIsNotCertified() {
        Story story = Story.deleting();
        // The machine's sanitization ends without a fact about its disk, so it proves nothing.
        story.deletion().stream().skip(1).forEach(Told::publish);
        await().until(() -> story.get().jsonPath().getList("blockers").size() == 1);
        JsonPath shown = story.get().jsonPath();
        assertThat(shown.getString("state")).isEqualTo("DELETING");
        assertThat(shown.getString("blockers[0].resource")).contains(story.vm.toString());
        Story.as("auditor")
                .get("/v1/terminations/{id}/certificate", story.termination)
                .then()
                .statusCode(409);

        assertThat(TestRecords.read("tenure.provisioning.lifecycle.dlq", story.tenant.toString()))
                .hasSize(1);

        story.mediumSanitized().publish();
        story.sanitized(story.vm).publish();
        story.awaitState("DELETED");
        assertThat(story.get().jsonPath().getList("blockers")).isEmpty();
        only(story, DeletionCertificateIssued.class);
    }

    /** The certificate says that the machine was lost, so the manifest must go on saying so. */
    @Test
    void whatTurnsUpAfterTheCertificateChangesNothing() {
        Story story = Story.deleting();
        story.mediumSanitized().publish();
        story.deletion().stream()
                .filter(told -> !(told.event().fact() instanceof MediumSanitized))
                .filter(told -> !(told.event().fact() instanceof AssetSanitized end
                        && end.assetId().equals(story.vm)))
                .forEach(Told::publish);
        await().until(() -> story.get().jsonPath().getList("blockers").size() == 1);
        String losses = "/v1/terminations/" + story.termination + "/losses";
        String loss = Story.as("csp-operator")
                .contentType(ContentType.JSON)
                .body(Map.of("assetId", story.vm, "reason", "Searched on every storage"))
                .post(losses)
                .path("id");
        Story.as("csp-admin").post(losses + "/" + loss + "/attestation").then().statusCode(200);
        story.awaitState("DELETED");
        List<String> steps = story.steps();

        handle(story.sanitized(story.vm));

        Story.as("auditor")
                .get("/v1/terminations/{id}/manifest", story.termination)
                .then()
                .body("items.accounted", equalTo(List.of("LOST")));
        assertThat(story.steps()).isEqualTo(steps);
        assertThat(story.get().<String>path("state")).isEqualTo("DELETED");
    }

    /** For example after storage was moved: every closing fact arrives, but reports fewer disks or none. */
    @Test
    void aDeletionThatLeavesADiskOutIsNotCertified() {
        Story story = Story.deleting();
        SanitizedDisk cut = new SanitizedDisk(
                "root",
                512,
                new Overwritten("zeros", "sandbox 1", 1, 512, 0, "ab".repeat(32), "ext4", ReadBack.DEVICE, List.of()));
        for (List<SanitizedDisk> disks : List.of(List.<SanitizedDisk>of(), List.of(cut))) {
            UUID run = Ids.next();
            disks.forEach(disk -> story.tell(new MediumSanitized(story.termination, story.vm, run, disk))
                    .publish());
            story.tell(new AssetSanitized(
                            story.termination,
                            story.vm,
                            AssetKind.VM,
                            run,
                            disks.size(),
                            MediaDigest.ofSanitized(disks)))
                    .publish();
        }
        story.deletion().stream()
                .filter(told -> !(told.event().fact() instanceof MediumSanitized))
                .filter(told -> !(told.event().fact() instanceof AssetSanitized end
                        && end.assetId().equals(story.vm)))
                .forEach(Told::publish);

        await().until(() -> story.get().jsonPath().getList("blockers").size() == 1);
        assertThat(story.get().jsonPath().getString("blockers[0].resource")).contains(story.vm.toString());
        assertThat(story.get().jsonPath().getString("state")).isEqualTo("DELETING");

        story.mediumSanitized().publish();
        story.sanitized(story.vm).publish();
        story.awaitState("DELETED");
    }

    /** A deletion is based on the manifest, so the retention does not start if it does not add up. */
    @Test
    void aManifestThatDoesNotAddUpStartsNoRetention() {
        Story story = Story.requested();
        List<Told> disablement = story.disablement();
        disablement.stream()
                .filter(told -> !(told.event().fact() instanceof TenantDisabled))
                .forEach(Told::publish);
        for (TenantDisabled lie : List.of(
                new TenantDisabled(story.termination, 2, 0, MediaDigest.ofManifest(List.of())),
                new TenantDisabled(story.termination, 2, 1, "0".repeat(64)))) {
            story.tell(lie).publish();
        }
        await().until(() -> TestRecords.read("tenure.provisioning.lifecycle.dlq", story.tenant.toString())
                        .size()
                == 2);
        assertThat(story.get().jsonPath().getString("state")).isEqualTo("DISABLING");

        disablement.stream()
                .filter(told -> told.event().fact() instanceof TenantDisabled)
                .forEach(Told::publish);
        story.awaitState("RETAINED");
    }

    /** An asset that was found reachable is disabled again: only the disks of the latest run count. */
    @Test
    void aLaterDisablementTakesTheEarlierOnesPlace() {
        Story story = Story.requested();
        UUID earlier = Ids.next();
        Disk gone = new Disk("gone", 9);
        story.tell(new MediumDisabled(story.termination, story.vm, earlier, gone))
                .publish();
        story.tell(new AssetDisabled(
                        story.termination, story.vm, AssetKind.VM, earlier, 1, MediaDigest.ofDisks(List.of(gone))))
                .publish();
        story.disablement().forEach(Told::publish);
        story.awaitState("RETAINED");
    }

    @Test
    void theDeliveryOfTheCertificateIsAStepToo() {
        Story story = Story.deleted();
        story.tell(new NoticeDelivered(
                        Ids.next(),
                        NoticeKind.DELETION_CERTIFICATE,
                        story.termination,
                        0,
                        1,
                        Channel.EMAIL,
                        "<certificate@test.invalid>",
                        1))
                .publish();
        story.awaitSteps("NoticeDelivered", Story.NOTICES + 1);
    }

    /** The contact is erased by then, so somebody must deliver the certificate in another way. */
    @Test
    void aCertificateThatComesBackAfterItWasDeliveredIsABlocker() {
        Story story = Story.deleted();
        UUID notice = Ids.next();
        Told failedBefore = certificateFailed(story, notice);
        story.tell(new NoticeDelivered(
                        notice,
                        NoticeKind.DELETION_CERTIFICATE,
                        story.termination,
                        0,
                        1,
                        Channel.EMAIL,
                        "<certificate@test.invalid>",
                        2))
                .publish();
        story.awaitSteps("NoticeDelivered", Story.NOTICES + 1);
        failedBefore.publish();
        certificateFailed(story, notice).publish();
        await().until(() -> story.get().jsonPath().getList("blockers").size() == 1);
        assertThat(story.get().jsonPath().getString("blockers[0].reason"))
                .contains("deletion certificate notice could not be delivered: bounced 5.1.1");
    }

    private static Told certificateFailed(Story story, UUID notice) {
        return story.tell(new NoticeFailed(
                notice, NoticeKind.DELETION_CERTIFICATE, story.termination, 0, 1, Channel.EMAIL, "bounced 5.1.1", 2));
    }

    /** Two replicas receive the two facts that complete a phase at the same time. */
    @Test
    void bothSidesOfAJoinAtTheSameTimeFireItOnce() throws Exception {
        Story story = Story.requested();
        List<Told> sides = List.of(
                story.tell(new TenantAccessRestricted(story.termination, Story.RESTRICTED_AT, 0, 1)),
                story.nothingToDisable());
        try (Connection other = Story.connect();
                var replicas = Executors.newFixedThreadPool(2)) {
            other.setAutoCommit(false);
            execute(other, "SELECT 1 FROM termination WHERE id = '" + story.termination + "' FOR NO KEY UPDATE");
            List<Future<Void>> handled = sides.stream()
                    .map(side -> replicas.submit(() -> handle(side)))
                    .toList();
            // Both wait for the row's lock; neither may have read it yet.
            await().until(() -> waitingForLocks() == 2);
            other.rollback();
            for (Future<Void> one : handled) {
                one.get();
            }
        }
        story.awaitState("RETAINED");
        only(story, RetentionStarted.class);
    }

    private Void handle(Told told) {
        ConsumerRecord<String, byte[]> record = new ConsumerRecord<>(
                told.topic().topicName(), 0, 0, told.event().tenantId().toString(), told.bytes());
        try {
            return VertxContextSupport.subscribeAndAwait(() -> events.on(record));
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static long waitingForLocks() throws SQLException {
        try (Connection connection = Story.connect()) {
            return execute(
                    connection,
                    "SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND wait_event_type = 'Lock'");
        }
    }

    private static long execute(Connection connection, String query) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static Told blocked(
            Story story, AssetAction action, UUID asset, String reason, int attempts, Instant retry) {
        return story.tell(new AssetActionBlocked(story.termination, asset, action, reason, attempts, retry));
    }

    private static Event only(Story story, Class<? extends Fact> type) {
        await().until(() -> !Records.published(story.tenant, type).isEmpty());
        assertThat(Records.published(story.tenant, type)).hasSize(1);
        return Records.published(story.tenant, type).getFirst();
    }
}
