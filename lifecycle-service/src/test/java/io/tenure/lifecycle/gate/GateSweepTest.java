package io.tenure.lifecycle.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.vertx.VertxContextSupport;
import io.restassured.path.json.JsonPath;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.Topic;
import io.tenure.kit.testing.MovableClock;
import io.tenure.kit.testing.TestRecords;
import io.tenure.lifecycle.LifecycleTest;
import io.tenure.lifecycle.Records;
import io.tenure.lifecycle.Records.Told;
import io.tenure.lifecycle.Story;
import io.tenure.lifecycle.Time;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

@LifecycleTest
class GateSweepTest {

    /** Only reached if a sweep waits for a lock. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Inject
    GateSweep sweep;

    @Inject
    MovableClock replica;

    @Test
    void concurrentSweepersFireEachRetentionOnce() throws Exception {
        List<Story> stories = Stream.generate(() -> noticed()).limit(6).toList();
        CyclicBarrier together = new CyclicBarrier(4);
        try (var threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> sweeps = IntStream.range(0, 4)
                    .<Future<?>>mapToObj(i -> threads.submit(() -> {
                        if (together.await() == 0) {
                            Time.advance(Duration.ofDays(30));
                        }
                        // Small batches, so that each sweeper gets to claim several times.
                        while (sweep(2) > 0) {}
                        return null;
                    }))
                    .toList();
            for (Future<?> sweep : sweeps) {
                sweep.get();
            }
        }
        for (Story story : stories) {
            story.awaitState("DELETING");
            await().until(() ->
                    !Records.published(story.tenant, DeletionStarted.class).isEmpty());
            assertThat(Records.published(story.tenant, DeletionStarted.class)).hasSize(1);
        }
        // A second start would happen now.
        sweep();
        for (Story story : stories) {
            assertThat(story.steps("DeletionStarted")).isEqualTo(1);
        }
    }

    @Test
    void whatAnotherReplicaHoldsIsSkipped() throws Exception {
        Story held = noticed();
        Story free = noticed();
        try (Connection replica = Story.connect()) {
            replica.setAutoCommit(false);
            try (var claim =
                    replica.prepareStatement("SELECT 1 FROM retention_timer WHERE termination_id = ? FOR UPDATE")) {
                claim.setObject(1, held.termination);
                claim.executeQuery();
            }
            Time.advance(Duration.ofDays(30));
            free.awaitState("DELETING");
            // The sweep neither waits for the lock nor claims the locked row.
            sweep();
            assertThat(held.get().<String>path("state")).isEqualTo("RETAINED");
            // The replica dies; its transaction is rolled back.
            replica.rollback();
        }
        held.awaitState("DELETING");
        assertThat(held.steps("DeletionStarted")).isEqualTo(1);
    }

    @Test
    void aTerminationInAHandlersHandsIsSkipped() throws Exception {
        Story story = noticed();
        try (Connection handler = Story.connect()) {
            handler.setAutoCommit(false);
            try (var lock = handler.prepareStatement("SELECT 1 FROM termination WHERE id = ? FOR NO KEY UPDATE")) {
                lock.setObject(1, story.termination);
                lock.executeQuery();
            }
            Time.advance(Duration.ofDays(30));
            sweep();
            assertThat(story.get().<String>path("state")).isEqualTo("RETAINED");
            handler.rollback();
        }
        story.awaitState("DELETING");
    }

    @Test
    void ofOneBatchEndsWhatIsProvenAndNothingElse() throws Exception {
        Story proven = noticed();
        Story unproven = Story.retained();
        unproven.delivered().subList(0, 2).forEach(Told::publish);
        unproven.awaitSteps("NoticeDelivered", 2);
        Story alsoProven = noticed();

        endTogether(List.of(proven, unproven, alsoProven));

        proven.awaitState("DELETING");
        alsoProven.awaitState("DELETING");
        await().until(() -> unproven.get().jsonPath().getList("blockers").size() == 1);
        JsonPath shown = unproven.get().jsonPath();
        assertThat(shown.getString("state")).isEqualTo("RETAINED");
        assertThat(shown.getString("blockers[0].owner")).isEqualTo("notification");
        assertThat(shown.getString("blockers[0].reason")).contains(": retention warning 2, retention warning 3.");
        assertThat(shown.getInt("blockers[0].attempts")).isPositive();
        assertThat(text("""
                        SELECT count(*) FROM blocker JOIN retention_timer timer USING (termination_id, attempts)
                        WHERE termination_id = ? AND next_retry_at = timer.due_at""", unproven.termination)).isEqualTo("1");
        assertThat(unproven.steps("DeletionStarted")).isZero();
    }

    /** For example if the end was moved but the timer was not. */
    @Test
    void oneThatTheDomainRefusesIsPutAsideAndTheRestOfTheBatchEnds() throws Exception {
        Story before = noticed();
        Story refused = noticed();
        Story after = noticed();
        moveEnd(refused, "+ interval '300 days'");

        endTogether(List.of(before, refused, after));

        before.awaitState("DELETING");
        after.awaitState("DELETING");
        // Retried, and the attempts are counted.
        await().until(() -> refused.get().jsonPath().getList("blockers").size() == 1
                && refused.get().jsonPath().getInt("blockers[0].attempts") > 1);
        JsonPath shown = refused.get().jsonPath();
        assertThat(shown.getString("state")).isEqualTo("RETAINED");
        assertThat(shown.getString("blockers[0].owner")).isEqualTo("lifecycle");
        assertThat(shown.getString("blockers[0].reason")).isEqualTo("The retention is not over.");
        assertThat(text("""
                        SELECT count(*) FROM blocker JOIN retention_timer timer USING (termination_id, attempts)
                        WHERE termination_id = ? AND next_retry_at = timer.due_at""", refused.termination)).isEqualTo("1");
        assertThat(refused.steps("DeletionStarted")).isZero();

        moveEnd(refused, "- interval '300 days'");
        refused.awaitState("DELETING");
        assertThat(refused.steps("DeletionStarted")).isEqualTo(1);
        assertThat(refused.get().jsonPath().getList("blockers")).isEmpty();
    }

    @Test
    void whatIsToldAndKeptOfADeletionIsTheSameBytes() throws Exception {
        Story story = noticed();
        Time.advance(Duration.ofDays(30));
        story.awaitState("DELETING");

        await().until(() ->
                Records.published(story.tenant, DeletionStarted.class).size() == 1);
        byte[] published = TestRecords.read(Topic.LIFECYCLE.topicName(), story.tenant.toString())
                .getLast()
                .value();
        Event event = new EventCodec().decode(published);
        assertThat(event.fact()).isEqualTo(new DeletionStarted(story.termination, story.manifestDigest()));
        assertThat(event.subject()).isEqualTo("/v1/terminations/" + story.termination);
        assertThat(event.correlationId()).isEqualTo(story.termination);
        String kept = "SELECT %s FROM evidence WHERE type LIKE '%%.DeletionStarted' AND termination_id = ?";
        assertThat(text(kept.formatted("event_id"), story.termination))
                .isEqualTo(event.id().toString());
        assertThat(text(kept.formatted("subject"), story.termination)).isEqualTo(event.subject());
        assertThat(text(kept.formatted("encode(event, 'hex')"), story.termination))
                .isEqualTo(HexFormat.of().formatHex(published));
        assertThat(text(kept.formatted("sha256 = encode(sha256(event), 'hex')"), story.termination))
                .isEqualTo("t");
        assertThat(text(kept.formatted("resource_id IS NULL"), story.termination))
                .isEqualTo("t");
        assertThat(text(kept.formatted("occurred_at = '" + event.time() + "'"), story.termination))
                .isEqualTo("t");
        assertThat(text("SELECT count(*) FROM retention_timer WHERE termination_id = ?", story.termination))
                .isEqualTo("0");
        assertThat(text("SELECT count(*) FROM blocker WHERE termination_id = ?", story.termination))
                .isEqualTo("0");
        assertThat(text(
                        "SELECT deletion_started_at >= retention_ends_at AND retention_started_at IS NOT NULL"
                                + " AND manifest_digest IS NOT NULL FROM termination WHERE id = ?",
                        story.termination))
                .isEqualTo("t");
    }

    /** For example if a replica's clock is a year ahead: only the database's clock decides. */
    @Test
    void theClockOfAReplicaEndsNoRetention() {
        Story story = noticed();
        replica.advance(Duration.ofDays(365));
        try {
            sweep();
            assertThat(story.get().<String>path("state")).isEqualTo("RETAINED");
            assertThat(story.get().jsonPath().getList("blockers")).isEmpty();
            Time.advance(Duration.ofDays(30).minusMinutes(1));
            sweep();
            assertThat(story.get().<String>path("state")).isEqualTo("RETAINED");
        } finally {
            replica.advance(Duration.ofDays(-365));
        }
        Time.advance(Duration.ofMinutes(1));
        story.awaitState("DELETING");
    }

    /** The database refuses the last statement for one retention: nothing of it is stored, and the others end. */
    @Test
    void oneThatTheDatabaseRefusesIsPutAsideAndTheRestOfTheBatchEnds() throws Exception {
        List<Story> stories = List.of(noticed(), noticed(), noticed());
        Story refused = stories.get(1);
        try (Connection owner = asOwner();
                var statement = owner.createStatement()) {
            statement.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                    + " 'BEGIN RAISE EXCEPTION ''refused''; END'");
            statement.execute("CREATE TRIGGER refuse BEFORE INSERT ON evidence FOR EACH ROW"
                    + " WHEN (NEW.termination_id = '%s') EXECUTE FUNCTION refuse()".formatted(refused.termination));
            try {
                endTogether(stories);
                stories.stream().filter(story -> story != refused).forEach(story -> story.awaitState("DELETING"));
                await().until(() -> refused.get().jsonPath().getList("blockers").size() == 1
                        && refused.get().jsonPath().getInt("blockers[0].attempts") > 1);
                JsonPath shown = refused.get().jsonPath();
                assertThat(shown.getString("state")).isEqualTo("RETAINED");
                assertThat(shown.getString("blockers[0].owner")).isEqualTo("lifecycle");
                assertThat(shown.getString("blockers[0].reason"))
                        .contains("PgException")
                        .doesNotContain("refused");
                assertThat(refused.steps("DeletionStarted")).isZero();
                assertThat(text("SELECT count(*) FROM outbox WHERE tenant_id = ?", refused.tenant))
                        .isEqualTo("0");
            } finally {
                statement.execute("DROP TRIGGER refuse ON evidence");
                statement.execute("DROP FUNCTION refuse");
            }
        }
        for (Story story : stories) {
            story.awaitState("DELETING");
            await().until(() ->
                    !Records.published(story.tenant, DeletionStarted.class).isEmpty());
            assertThat(Records.published(story.tenant, DeletionStarted.class)).hasSize(1);
            assertThat(story.steps("DeletionStarted")).isEqualTo(1);
        }
        assertThat(refused.get().jsonPath().getList("blockers")).isEmpty();
    }

    private Story noticed() {
        Story story = Story.retained();
        story.delivered().forEach(Told::publish);
        story.awaitSteps("NoticeDelivered", Story.NOTICES);
        return story;
    }

    /**
     * Locks the timers like another replica, makes them due, and releases them together, so that one batch claims them
     * all.
     */
    private void endTogether(List<Story> stories) throws SQLException {
        try (Connection replica = Story.connect()) {
            replica.setAutoCommit(false);
            try (var claim = replica.prepareStatement(
                    "SELECT 1 FROM retention_timer WHERE termination_id = ANY(?) FOR UPDATE")) {
                claim.setArray(
                        1,
                        replica.createArrayOf(
                                "uuid",
                                stories.stream().map(story -> story.termination).toArray()));
                claim.executeQuery();
            }
            Time.advance(Duration.ofDays(30));
            replica.rollback();
        }
    }

    private static void moveEnd(Story story, String by) throws SQLException {
        try (Connection connection = asOwner();
                var update = connection.prepareStatement(
                        "UPDATE termination SET retention_ends_at = retention_ends_at " + by + " WHERE id = ?")) {
            update.setObject(1, story.termination);
            update.executeUpdate();
        }
    }

    private static String text(String query, UUID id) throws SQLException {
        try (Connection connection = Story.connect();
                var statement = connection.prepareStatement(query)) {
            statement.setObject(1, id);
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getString(1);
            }
        }
    }

    private static Connection asOwner() throws SQLException {
        var config = ConfigProvider.getConfig();
        return DriverManager.getConnection(
                config.getValue("quarkus.datasource.jdbc.url", String.class),
                "lifecycle_owner",
                config.getValue("tenure.db.owner-password", String.class));
    }

    private int sweep() {
        return sweep(200);
    }

    private int sweep(int most) {
        try {
            return VertxContextSupport.subscribeAndAwait(
                    () -> sweep.run(most).ifNoItem().after(PATIENCE).fail());
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }
}
