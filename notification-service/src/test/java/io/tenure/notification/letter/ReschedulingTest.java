package io.tenure.notification.letter;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.events.Fact;
import io.tenure.events.LifecycleFact.RescheduleCause;
import io.tenure.events.LifecycleFact.RetentionRescheduled;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.LifecycleFact.TerminationCancelled;
import io.tenure.events.NotificationFact;
import io.tenure.events.NotificationFact.NoticeAccepted;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.NotificationFact.NoticeFailed;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.MovableClock;
import io.tenure.kit.testing.TestRecords;
import io.tenure.notification.NotificationTest;
import io.tenure.notification.outside.MailDoor;
import io.tenure.notification.outside.Received;
import io.tenure.notification.outside.Services;
import io.tenure.notification.outside.Topics;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A retention that ends later than announced, and warnings that are sent later than planned. */
@NotificationTest
class ReschedulingTest {

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

    @BeforeEach
    void aTenant() {
        services.tenant(tenant, "Acme", "Erika Mustermann", email);
    }

    @AfterEach
    void open() {
        door.set(MailDoor.Mode.OPEN);
        clock.reset();
    }

    @Test
    void theNewEndIsToldAtOnceAndOnlyTheNewWarningsRemain() {
        publish(started(in(Duration.ofDays(3)), in(Duration.ofDays(1)), in(Duration.ofDays(2))));
        awaitDelivered("1 RETENTION_STARTED 1");
        Instant end = in(Duration.ofDays(9));
        publish(rescheduled(2, end, Instant.now(), in(Duration.ofDays(8))));

        awaitDelivered("1 RETENTION_STARTED 1", "2 RETENTION_RESCHEDULED 1", "2 RETENTION_WARNING 1");
        assertEquals(
                List.of(
                        "1 RETENTION_STARTED 1 DELIVERED",
                        "1 RETENTION_WARNING 1 CANCELLED",
                        "1 RETENTION_WARNING 2 CANCELLED",
                        "2 RETENTION_RESCHEDULED 1 DELIVERED",
                        "2 RETENTION_WARNING 1 DELIVERED",
                        "2 RETENTION_WARNING 2 SCHEDULED"),
                notices());
        List<Integer> schedules = Topics.said(tenant, NoticeAccepted.class).stream()
                .map(NoticeAccepted::schedule)
                .toList();
        assertEquals(List.of(1, 2, 2), schedules);
        Received moved = letters().get(1);
        assertEquals("Acme: deletion moved to " + Wording.date(end), moved.subject());
        for (String part : List.of(moved.text(), moved.html())) {
            assertTrue(part.contains(Wording.date(end)), part);
            assertTrue(part.contains("9 days from now"), part);
            assertTrue(part.contains(termination.toString()), part);
        }
    }

    @Test
    void anExtensionIsNoExcuseAndNamesTheEndWhereTheCustomerIs() {
        Instant end = Instant.parse("2100-07-01T22:30:00Z");
        publish(started(in(Duration.ofDays(3))));
        awaitDelivered("1 RETENTION_STARTED 1");
        publish(new RetentionRescheduled(
                termination, 2, end, List.of(), RescheduleCause.EXTENDED_BY_CUSTOMER, "Europe/Berlin"));

        awaitDelivered("1 RETENTION_STARTED 1", "2 RETENTION_EXTENDED 1");
        Received extended = letters().getLast();
        assertEquals("Acme: data kept longer, until 1 July 2100, 22:30 UTC", extended.subject());
        for (String part : List.of(extended.text(), extended.html())) {
            assertTrue(part.contains("1 July 2100, 22:30 UTC (2 July 2100, 00:30 in Europe/Berlin)"), part);
            assertFalse(part.contains("remind you in time"), part);
        }
    }

    @Test
    void anOlderOrRepeatedVersionChangesNothing() {
        publish(started(in(Duration.ofDays(3)), in(Duration.ofDays(1))));
        RetentionRescheduled third = rescheduled(3, in(Duration.ofDays(9)), in(Duration.ofDays(8)));
        publish(third);
        publish(rescheduled(2, in(Duration.ofDays(6)), in(Duration.ofDays(5))));
        publish(third);
        publish(rescheduled(3, in(Duration.ofDays(12)), in(Duration.ofDays(11))));
        publish(started(in(Duration.ofDays(3)), in(Duration.ofDays(1))));
        passed();

        assertEquals(
                List.of(
                        "1 RETENTION_STARTED 1",
                        "1 RETENTION_WARNING 1",
                        "3 RETENTION_RESCHEDULED 1",
                        "3 RETENTION_WARNING 1"),
                notices().stream()
                        .map(each -> each.replaceFirst(" [A-Z]+$", ""))
                        .toList());
        assertTrue(
                notices().contains("1 RETENTION_WARNING 1 CANCELLED"), notices().toString());
        assertTrue(
                notices().contains("3 RETENTION_WARNING 1 SCHEDULED"), notices().toString());
    }

    @Test
    void aStartThatComesAfterItsReschedulingPlansNothing() {
        publish(rescheduled(2, in(Duration.ofDays(9)), in(Duration.ofDays(8))));
        publish(started(in(Duration.ofDays(3)), in(Duration.ofDays(1))));
        passed();

        awaitDelivered("2 RETENTION_RESCHEDULED 1");
        assertEquals(2, notices().size());
    }

    @Test
    void whatIsCancelledIsNotRescheduled() {
        publish(started(in(Duration.ofDays(3)), in(Duration.ofDays(1))));
        awaitDelivered("1 RETENTION_STARTED 1");
        publish(new TerminationCancelled(termination));
        publish(rescheduled(2, in(Duration.ofDays(9)), in(Duration.ofDays(8))));
        passed();

        assertEquals(List.of("1 RETENTION_STARTED 1 DELIVERED", "1 RETENTION_WARNING 1 CANCELLED"), notices());
    }

    @Test
    void whatIsCancelledBeforeItIsKnownIsNeverTold() {
        publish(new TerminationCancelled(termination));
        publish(started(in(Duration.ofDays(3)), in(Duration.ofDays(1))));
        passed();

        assertEquals(List.of(), notices());
    }

    @Test
    void aReschedulingWithoutALaterVersionGoesToTheDeadLetter() {
        publish(rescheduled(1, in(Duration.ofDays(9)), in(Duration.ofDays(8))));

        await().until(() -> TestRecords.read("tenure.lifecycle.notification.dlq", tenant.toString())
                        .size()
                == 1);
        assertEquals(List.of(), notices());
    }

    /** The mail server comes back after a month: no letter promises time that is not left. */
    @Test
    void overdueWarningsLeaveInTheirOrderAndTellWhatIsTrueByThen() {
        door.set(MailDoor.Mode.SHUT);
        publish(started(
                in(Duration.ofHours(23)), in(Duration.ofDays(-13)), in(Duration.ofDays(-6)), in(Duration.ofHours(-1))));
        await().until(() -> !Topics.said(tenant, NoticeFailed.class).isEmpty());
        door.set(MailDoor.Mode.OPEN);

        awaitDelivered(
                "1 RETENTION_STARTED 1", "1 RETENTION_WARNING 1", "1 RETENTION_WARNING 2", "1 RETENTION_WARNING 3");
        List<NoticeAccepted> accepted = Topics.said(tenant, NoticeAccepted.class);
        assertEquals(
                List.of("RETENTION_STARTED 1", "RETENTION_WARNING 1", "RETENTION_WARNING 2", "RETENTION_WARNING 3"),
                accepted.stream()
                        .map(each -> each.kind() + " " + each.sequence())
                        .toList());
        assertEquals(
                accepted.stream().map(NoticeAccepted::messageId).toList(),
                letters().stream().map(letter -> letter.header("Message-ID")).toList());
        letters()
                .subList(1, 4)
                .forEach(letter -> assertEquals("Acme: 1 day until everything is deleted", letter.subject()));
    }

    @Test
    void aWarningAfterTheEndDoesNotSayThatTimeIsLeft() {
        Instant end = in(Duration.ofHours(-2));
        publish(started(end, in(Duration.ofDays(-1))));

        awaitDelivered("1 RETENTION_STARTED 1", "1 RETENTION_WARNING 1");
        assertEquals(
                "Acme: disabled, the date of the deletion follows",
                letters().getFirst().subject());
        assertEquals(
                "Acme: not deleted yet, a new date follows", letters().getLast().subject());
        for (Received letter : letters()) {
            for (String part : List.of(letter.text(), letter.html())) {
                assertFalse(part.contains("from now"), part);
                assertTrue(part.contains(Wording.date(end)), part);
                assertTrue(part.replaceAll("\\s+", " ").contains("nothing is deleted yet"), part);
            }
        }
    }

    /** It was announced 23 days ago, and leaves only now. */
    @Test
    void aLetterCountsTheDaysFromWhenItLeaves() {
        Instant end = in(Duration.ofDays(30));
        clock.advance(Duration.ofDays(23));
        try {
            publish(started(end));

            awaitDelivered("1 RETENTION_STARTED 1");
            assertTrue(
                    letters().getFirst().text().contains("7 days from now"),
                    letters().getFirst().text());
        } finally {
            clock.reset();
            forgetTheFuture();
        }
    }

    /** Other tests wait for the mailbox to be read, which must not have happened in three weeks already. */
    private void forgetTheFuture() {
        await().until(() -> count("SELECT count(*) FROM task WHERE kind = $1", "bounce-intake") == 0);
        pool.query("UPDATE bounce_mailbox SET read_at = least(read_at, now())")
                .execute()
                .await()
                .indefinitely();
    }

    /** Waits until everything published about the tenant before has been processed. */
    private void passed() {
        UUID other = Ids.next();
        Topics.publish(Topics.event(
                "lifecycle",
                tenant,
                other,
                new RetentionStarted(other, Instant.now(), in(Duration.ofDays(1)), List.of(), "Europe/Berlin")));
        await().until(() -> count("SELECT count(*) FROM notice WHERE termination_id = $1", other) == 1);
    }

    private RetentionStarted started(Instant end, Instant... warnings) {
        return new RetentionStarted(termination, Instant.now(), end, List.of(warnings), "Europe/Berlin");
    }

    private RetentionRescheduled rescheduled(int version, Instant end, Instant... warnings) {
        return new RetentionRescheduled(
                termination, version, end, List.of(warnings), RescheduleCause.LATE_WARNING, "Europe/Berlin");
    }

    private static Instant in(Duration duration) {
        return Instant.now().plus(duration);
    }

    private void publish(Fact fact) {
        Topics.publish(Topics.event("lifecycle", tenant, termination, fact));
    }

    private void awaitDelivered(String... notices) {
        await().untilAsserted(() -> assertEquals(
                List.of(notices),
                Topics.said(tenant, NotificationFact.class).stream()
                        .filter(NoticeDelivered.class::isInstance)
                        .map(NoticeDelivered.class::cast)
                        .filter(each -> each.terminationId().equals(termination))
                        .map(each -> each.schedule() + " " + each.kind() + " " + each.sequence())
                        .sorted()
                        .toList()));
    }

    /** Schedule, kind, sequence and state. */
    private List<String> notices() {
        List<String> notices = new ArrayList<>();
        pool.preparedQuery("SELECT schedule || ' ' || kind || ' ' || sequence || ' ' || state AS notice FROM notice"
                        + " WHERE termination_id = $1 ORDER BY 1")
                .execute(Tuple.of(termination))
                .await()
                .indefinitely()
                .forEach(row -> notices.add(row.getString(0)));
        return notices;
    }

    private long count(String sql, Object parameter) {
        return pool.preparedQuery(sql)
                .execute(Tuple.of(parameter))
                .await()
                .indefinitely()
                .iterator()
                .next()
                .getLong(0);
    }

    private List<Received> letters() {
        return door.received(email).stream().map(Received::of).toList();
    }
}
