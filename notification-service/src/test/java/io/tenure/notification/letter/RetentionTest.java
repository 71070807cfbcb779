package io.tenure.notification.letter;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.restassured.RestAssured;
import io.tenure.events.Fact;
import io.tenure.events.LifecycleFact.RestorationStarted;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.LifecycleFact.TerminationCancelled;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.MovableClock;
import io.tenure.kit.testing.TestTokens;
import io.tenure.local.testing.TestInfra;
import io.tenure.notification.NotificationTest;
import io.tenure.notification.outside.MailDoor;
import io.tenure.notification.outside.Received;
import io.tenure.notification.outside.Services;
import io.tenure.notification.outside.Topics;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NotificationTest
class RetentionTest {

    private final UUID tenant = Ids.next();
    private final UUID termination = Ids.next();
    private final String email = "admin-" + tenant + "@customer.example";

    @Inject
    Services services;

    @Inject
    MailDoor door;

    @Inject
    MovableClock clock;

    @Inject
    Pool pool;

    @ConfigProperty(name = "tenure.db.owner-password")
    String ownerPassword;

    TestInfra infra;

    private Instant end;
    private List<Instant> warnings;

    @BeforeEach
    void aRetention() {
        services.tenant(tenant, "Acme", "Erika Mustermann", email);
        end = clock.instant().plus(Duration.ofDays(30));
        warnings =
                List.of(end.minus(Duration.ofDays(14)), end.minus(Duration.ofDays(7)), end.minus(Duration.ofDays(1)));
        publish(new RetentionStarted(termination, clock.instant(), end, warnings, "Europe/Berlin"));
    }

    @Test
    void theStartIsToldAtOnceAndEachWarningAtItsInstant() {
        awaitDelivered(1);
        assertEquals(3, states("SCHEDULED"));
        List<Instant> ends = new ArrayList<>(List.of(end));
        for (int days : List.of(16, 7, 6)) {
            pass(Duration.ofDays(days));
            ends.add(end);
            awaitDelivered(ends.size());
        }

        List<NoticeDelivered> delivered = Topics.said(tenant, NoticeDelivered.class);
        assertEquals(NoticeKind.RETENTION_STARTED, delivered.getFirst().kind());
        assertEquals(1, delivered.getFirst().sequence());
        List<NoticeDelivered> warned = delivered.subList(1, 4);
        assertEquals(
                List.of(1, 2, 3), warned.stream().map(NoticeDelivered::sequence).toList());
        warned.forEach(fact -> {
            assertEquals(NoticeKind.RETENTION_WARNING, fact.kind());
            assertEquals(termination, fact.terminationId());
        });
        List<Received> mails = door.received(email).stream().map(Received::of).toList();
        List<String> left = List.of("30 days", "14 days", "7 days", "1 day");
        for (int i = 0; i < mails.size(); i++) {
            for (String part : List.of(mails.get(i).text(), mails.get(i).html())) {
                assertTrue(part.contains(Wording.date(ends.get(i))), part);
                assertTrue(part.contains(left.get(i) + " from now"), part);
                assertTrue(part.contains(termination.toString()), part);
                assertTrue(part.contains("Acme"), part);
                assertTrue(part.replaceAll("\\s+", " ").contains("cancel the termination"), part);
            }
        }
        assertEquals(
                "Acme: disabled, to be deleted on " + Wording.date(ends.getFirst()),
                mails.getFirst().subject());
        assertEquals("Acme: 14 days until everything is deleted", mails.get(1).subject());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTerminationThatIsCancelledWarnsNoMore(boolean finished) {
        awaitDelivered(1);
        pass(Duration.ofDays(16));
        awaitDelivered(2);
        publish(finished ? new TerminationCancelled(termination) : new RestorationStarted(termination));
        await().until(() -> states("CANCELLED") == 2);
        pass(Duration.ofDays(14));

        await().until(() -> count("SELECT count(*) FROM task WHERE tenant_id = $1") == 0);
        assertEquals(2, door.received(email).size());
        assertEquals(2, Topics.said(tenant, NoticeDelivered.class).size());
    }

    @Test
    void theApiShowsWhatIsPlannedAndWhatIsProven() {
        awaitDelivered(1);

        var page = RestAssured.given()
                .auth()
                .oauth2(TestTokens.of("notification", "auditor"))
                .queryParam("terminationId", termination)
                .get("/v1/notices")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        NoticeDelivered delivered = Topics.said(tenant, NoticeDelivered.class).getFirst();
        assertEquals(
                List.of("DELIVERED", "SCHEDULED", "SCHEDULED", "SCHEDULED"), page.getList("items.state", String.class));
        assertEquals(delivered.noticeId().toString(), page.getString("items[0].id"));
        assertEquals(delivered.messageId(), page.getString("items[0].messageId"));
        assertEquals("EMAIL", page.getString("items[0].channel"));
        assertEquals(1, page.getInt("items[0].attempts"));
        // PostgreSQL keeps microseconds.
        assertEquals(
                warnings.get(1).truncatedTo(java.time.temporal.ChronoUnit.MILLIS),
                Instant.parse(page.getString("items[2].dueAt")).truncatedTo(java.time.temporal.ChronoUnit.MILLIS));
    }

    /** The database's clock decides, so this moves all planned times into the past instead. */
    private void pass(Duration time) {
        String older = " - make_interval(secs => " + time.toSeconds() + ")";
        try (var owner = infra.postgres().connect("notification_owner", ownerPassword, "notification");
                var statement = owner.createStatement()) {
            String mine = " WHERE tenant_id = '" + tenant + "'";
            statement.execute("UPDATE notice SET deadline = deadline" + older + ", due_at = due_at" + older + mine);
            statement.execute("UPDATE task SET due_at = due_at" + older + mine);
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
        end = end.minus(time);
    }

    private void awaitDelivered(int expected) {
        await().until(() -> Topics.said(tenant, NoticeDelivered.class).size() == expected);
    }

    private void publish(Fact fact) {
        Topics.publish(Topics.event("lifecycle", tenant, termination, fact));
    }

    private long states(String state) {
        return count("SELECT count(*) FROM notice WHERE tenant_id = $1 AND state = '" + state + "'");
    }

    private long count(String sql) {
        return pool.preparedQuery(sql)
                .execute(Tuple.of(tenant))
                .await()
                .indefinitely()
                .iterator()
                .next()
                .getLong(0);
    }
}
