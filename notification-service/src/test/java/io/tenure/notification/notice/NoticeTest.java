package io.tenure.notification.notice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.events.CredentialFact.CredentialIssued;
import io.tenure.events.CredentialFact.Target;
import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.LifecycleFact.RescheduleCause;
import io.tenure.events.LifecycleFact.RetentionRescheduled;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.NotificationFact.Channel;
import io.tenure.events.NotificationFact.NoticeAccepted;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.NotificationFact.NoticeFailed;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.kit.Ids;
import io.tenure.kit.problem.Refusal;
import io.tenure.notification.notice.Notice.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoticeTest {

    private static final Instant NOW = Instant.parse("2026-11-23T22:00:00Z");
    private static final Duration WINDOW = Duration.ofHours(4);

    private final UUID tenant = Ids.next();
    private final Notice notice = Notice.credentialReady(
            tenant, new CredentialIssued(Ids.next(), Target.VM, Ids.next(), NOW.plus(Duration.ofDays(3))), NOW);

    @Test
    void aRetentionHasAStartNoticeAtOnceAndAWarningAtEachInstant() {
        Instant first = NOW.plus(Duration.ofDays(16));
        Instant second = NOW.plus(Duration.ofDays(23));
        UUID termination = Ids.next();

        RetentionNotices planned = RetentionNotices.of(
                tenant,
                new RetentionStarted(
                        termination, NOW, NOW.plus(Duration.ofDays(30)), List.of(first, second), "Europe/Berlin"),
                NOW);

        assertEquals(termination, planned.terminationId());
        assertEquals(1, planned.version());
        List<Notice> notices = planned.notices();
        assertEquals(
                List.of(NoticeKind.RETENTION_STARTED, NoticeKind.RETENTION_WARNING, NoticeKind.RETENTION_WARNING),
                notices.stream().map(Notice::kind).toList());
        assertEquals(List.of(1, 1, 2), notices.stream().map(Notice::sequence).toList());
        assertEquals(List.of(1, 1, 1), notices.stream().map(Notice::schedule).toList());
        assertEquals(
                List.of(NOW, first, second), notices.stream().map(Notice::dueAt).toList());
        notices.forEach(each -> {
            assertEquals(termination, each.terminationId());
            assertEquals(NOW.plus(Duration.ofDays(30)), each.deadline());
        });
    }

    @ParameterizedTest
    @CsvSource({
        "LATE_WARNING, RETENTION_RESCHEDULED",
        "EXTENDED_BY_PROVIDER, RETENTION_EXTENDED",
        "EXTENDED_BY_CUSTOMER, RETENTION_EXTENDED"
    })
    void aLaterEndIsToldByItsCause(RescheduleCause cause, NoticeKind kind) {
        Instant end = NOW.plus(Duration.ofDays(30));

        List<Notice> notices = RetentionNotices.of(
                        tenant, new RetentionRescheduled(Ids.next(), 2, end, List.of(NOW), cause, "Asia/Tokyo"), NOW)
                .notices();

        assertEquals(
                List.of(kind, NoticeKind.RETENTION_WARNING),
                notices.stream().map(Notice::kind).toList());
        notices.forEach(each -> assertEquals("Asia/Tokyo", each.timeZone()));
    }

    @Test
    void aRescheduledRetentionTellsItsNewEndAndWarnsOfIt() {
        Instant warning = NOW.plus(Duration.ofDays(33));
        Instant end = NOW.plus(Duration.ofDays(40));
        UUID termination = Ids.next();

        RetentionNotices planned = RetentionNotices.of(
                tenant,
                new RetentionRescheduled(
                        termination, 2, end, List.of(warning), RescheduleCause.LATE_WARNING, "Europe/Berlin"),
                NOW);

        assertEquals(2, planned.version());
        assertEquals(
                List.of(NoticeKind.RETENTION_RESCHEDULED, NoticeKind.RETENTION_WARNING),
                planned.notices().stream().map(Notice::kind).toList());
        assertEquals(
                List.of(NOW, warning),
                planned.notices().stream().map(Notice::dueAt).toList());
        planned.notices().forEach(each -> {
            assertEquals(2, each.schedule());
            assertEquals(1, each.sequence());
            assertEquals(end, each.deadline());
        });
        assertRefused(
                "schedule-version",
                () -> RetentionNotices.of(
                        tenant,
                        new RetentionRescheduled(
                                termination, 1, end, List.of(), RescheduleCause.LATE_WARNING, "Europe/Berlin"),
                        NOW));
    }

    @Test
    void acceptanceIsNoDelivery() {
        NoticeAccepted fact = sent("<1@provider.example>");
        assertEquals(
                new NoticeAccepted(
                        notice.id(), NoticeKind.CREDENTIAL_READY, null, 0, 1, Channel.EMAIL, "<1@provider.example>", 1),
                fact);

        assertEquals(State.ACCEPTED, notice.state());
        assertEquals(NOW, notice.acceptedAt());
        assertNull(notice.deliveredAt());
        assertFalse(notice.isPending());
    }

    @Test
    void silenceWithinTheWindowProvesNothing() {
        sent("<1@provider.example>");

        assertEquals(
                new Proof.TooEarly(Duration.ofHours(1)),
                notice.prove(NOW.plus(WINDOW).minus(Duration.ofHours(1)), NOW.plus(WINDOW)));
        assertEquals(State.ACCEPTED, notice.state());
    }

    @Test
    void silenceOfAMailboxThatNobodyReadProvesNothing() {
        sent("<1@provider.example>");
        Instant end = NOW.plus(WINDOW);

        assertEquals(
                new Proof.Unread(Duration.ofDays(9)), notice.prove(end.plus(Duration.ofDays(9)), end.minusNanos(1000)));
        assertEquals(State.ACCEPTED, notice.state());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void silenceAfterTheWindowIsDelivery(boolean read) {
        sent("<1@provider.example>");
        Instant end = NOW.plus(WINDOW);

        NoticeDelivered fact = assertInstanceOf(Proof.Delivered.class, notice.prove(end, read ? end : null))
                .fact();

        assertEquals(State.DELIVERED, notice.state());
        assertEquals(end, notice.deliveredAt());
        assertEquals(NOW, notice.acceptedAt());
        assertEquals(
                new NoticeDelivered(
                        notice.id(), NoticeKind.CREDENTIAL_READY, null, 0, 1, Channel.EMAIL, "<1@provider.example>", 1),
                fact);
        assertEquals(new Proof.Pointless(), notice.prove(end, end));
    }

    @Test
    void aDelayMakesTheWindowLongerAndNeverShorter() {
        sent("<1@provider.example>");
        Instant end = NOW.plus(WINDOW);

        notice.delayed(end.minusSeconds(1));
        notice.delayed(end.plusSeconds(10));
        notice.delayed(end.plusSeconds(5));

        assertEquals(new Proof.TooEarly(Duration.ofSeconds(10)), notice.prove(end, end));
        assertInstanceOf(Proof.Delivered.class, notice.prove(end.plusSeconds(10), end.plusSeconds(10)));
        notice.delayed(end.plusSeconds(99));
        assertEquals(State.DELIVERED, notice.state());
    }

    @Test
    void aFailedAttemptIsFollowedByAnother() {
        notice.attempt();
        NoticeFailed fact = notice.attemptFailed("SMTP 451", NOW.plusSeconds(1));

        assertEquals(State.RETRYING, notice.state());
        assertEquals(NOW.plusSeconds(1), notice.nextRetryAt());
        assertEquals(
                new NoticeFailed(notice.id(), NoticeKind.CREDENTIAL_READY, null, 0, 1, Channel.EMAIL, "SMTP 451", 1),
                fact);
        assertTrue(notice.isPending());

        notice.attempt();
        notice.attemptFailed("SMTP timeout", NOW.plusSeconds(3));
        assertEquals("SMTP timeout", notice.lastFailure());
        assertEquals(3, sent("<1@provider.example>").attempts());
        assertNull(notice.nextRetryAt());
    }

    @Test
    void anAttemptThatFailedBeforeItWasNotedIsOne() {
        assertEquals(1, notice.attemptFailed("internal error", NOW).attempts());
    }

    @Test
    void whatIsAcceptedIsNeitherSentNorFailsByItself() {
        sent("<1@provider.example>");

        for (State state : List.of(State.ACCEPTED, State.DELIVERED)) {
            assertRefused("notice-accepted", () -> notice.accepted("<2@provider.example>", NOW, WINDOW));
            assertRefused("notice-not-pending", () -> notice.attemptFailed("SMTP 451", NOW));
            assertRefused("notice-not-pending", notice::attempt);
            assertEquals("<1@provider.example>", notice.messageId());
            assertEquals(state, notice.state());
            notice.prove(NOW.plus(WINDOW), null);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = State.class,
            names = {"SCHEDULED", "RETRYING", "ACCEPTED", "DELIVERED"})
    void whatComesBackIsTriedAgain(State state) {
        bring(state);
        int attempts = notice.attempts();

        NoticeFailed fact =
                notice.bounced(new Bounce("5.1.1"), NOW.plusSeconds(9)).orElseThrow();

        assertEquals("bounced 5.1.1", fact.reason());
        assertEquals(attempts, fact.attempts());
        assertEquals(State.RETRYING, notice.state());
        assertEquals(NOW.plusSeconds(9), notice.nextRetryAt());
        assertEquals(1, notice.bounces());
        for (Object gone : new Object[] {notice.acceptedAt(), notice.deliveredAt(), notice.messageId()}) {
            assertNull(gone);
        }
        assertEquals(new Proof.Pointless(), notice.prove(NOW.plus(WINDOW), null));
        sent("<2@provider.example>");
        assertEquals("bounced 5.1.1", notice.lastFailure());
    }

    @ParameterizedTest
    @EnumSource(
            value = State.class,
            names = {"ACCEPTED", "DELIVERED"})
    void whatIsWithdrawnAndComesBackIsNotSentAgain(State state) {
        bring(state);
        notice.withdraw();
        assertEquals(state, notice.state());

        assertTrue(notice.bounced(new Bounce("5.1.1"), NOW).isPresent());
        assertEquals(State.FAILED, notice.state());
        assertNull(notice.nextRetryAt());
        assertTerminal();
    }

    @Test
    void aCertificateThatComesBackAfterItsDeliveryHasNobodyToGoTo() {
        Notice certificate =
                Notice.deletionCertificate(tenant, new DeletionCertificateIssued(Ids.next(), Ids.next(), "00"), NOW);
        certificate.attempt();
        certificate.accepted("<1@provider.example>", NOW, WINDOW);
        assertTrue(certificate.bounced(new Bounce("4.4.7"), NOW).isPresent());
        assertEquals(State.RETRYING, certificate.state());

        certificate.attempt();
        certificate.accepted("<2@provider.example>", NOW, WINDOW);
        certificate.prove(NOW.plus(WINDOW), null);
        assertTrue(certificate.bounced(new Bounce("4.4.7"), NOW).isPresent());
        assertEquals(State.FAILED, certificate.state());
    }

    @Test
    void whatIsCancelledNeitherFailsNorIsSent() {
        notice.attempt();
        notice.attemptFailed("SMTP 451", NOW);
        notice.withdraw();

        assertEquals(State.CANCELLED, notice.state());
        assertNull(notice.nextRetryAt());
        assertFalse(notice.isPending());
        notice.withdraw();
        assertEquals(Optional.empty(), notice.bounced(new Bounce(null), NOW));
        assertEquals(State.CANCELLED, notice.state());
        assertTerminal();
    }

    private void assertTerminal() {
        assertRefused("notice-not-pending", () -> notice.attemptFailed("SMTP 451", NOW));
        assertRefused("notice-not-pending", notice::attempt);
        assertEquals(Optional.empty(), notice.unproven("bounces cannot be read"));
        assertEquals(new Proof.Pointless(), notice.prove(NOW.plus(WINDOW), null));
    }

    @Test
    void aMessageThatWasOnItsWayCountsAsAccepted() {
        notice.attempt();
        notice.withdraw();

        notice.accepted("<1@provider.example>", NOW, WINDOW);

        assertEquals(State.ACCEPTED, notice.state());
        assertInstanceOf(Proof.Delivered.class, notice.prove(NOW.plus(WINDOW), null));
    }

    @Test
    void whatFailedForGoodIsNotAccepted() {
        sent("<1@provider.example>");
        notice.withdraw();
        notice.bounced(new Bounce(null), NOW);

        assertRefused("notice-accepted", () -> notice.accepted("<1@provider.example>", NOW, WINDOW));
    }

    @Test
    void thatNobodyCanTellIsToldOnce() {
        assertEquals(Optional.empty(), notice.unproven("bounces cannot be read"));
        sent("<1@provider.example>");

        assertEquals(
                "bounces cannot be read",
                notice.unproven("bounces cannot be read").orElseThrow().reason());
        assertEquals(Optional.empty(), notice.unproven("bounces cannot be read"));
        assertEquals(State.ACCEPTED, notice.state());
        assertInstanceOf(Proof.Delivered.class, notice.prove(NOW.plus(WINDOW), NOW.plus(WINDOW)));
    }

    @ParameterizedTest
    @CsvSource({"5.1.1, true", "4.4.7, false", ", true"})
    void withoutAStatusTheWorstIsFeared(String status, boolean permanent) {
        assertEquals(permanent, new Bounce(status).isPermanent());
    }

    private NoticeAccepted sent(String messageId) {
        notice.attempt();
        return notice.accepted(messageId, NOW, WINDOW);
    }

    private void bring(State state) {
        notice.attempt();
        switch (state) {
            case RETRYING -> notice.attemptFailed("SMTP timeout", NOW);
            case ACCEPTED -> notice.accepted("<1@provider.example>", NOW, WINDOW);
            case DELIVERED -> {
                notice.accepted("<1@provider.example>", NOW, WINDOW);
                notice.prove(NOW.plus(WINDOW), null);
            }
            default -> {}
        }
        assertEquals(state, notice.state());
    }

    private static void assertRefused(String slug, Executable transition) {
        assertEquals(slug, assertThrows(Refusal.class, transition).slug());
    }
}
