package io.tenure.notification.notice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.events.CredentialFact.CredentialIssued;
import io.tenure.events.CredentialFact.Target;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.NotificationFact.NoticeFailed;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.kit.Ids;
import io.tenure.kit.problem.Refusal;
import io.tenure.notification.notice.Notice.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class NoticeTest {

    private static final Instant NOW = Instant.parse("2026-11-23T22:00:00Z");

    private final UUID tenant = Ids.next();
    private final Notice notice = Notice.credentialReady(
            tenant, new CredentialIssued(Ids.next(), Target.VM, Ids.next(), NOW.plus(Duration.ofDays(3))), NOW);

    @Test
    void aRetentionHasAStartNoticeAtOnceAndAWarningAtEachInstant() {
        Instant first = NOW.plus(Duration.ofDays(16));
        Instant second = NOW.plus(Duration.ofDays(23));
        UUID termination = Ids.next();

        List<Notice> notices = Notice.retention(
                tenant,
                new RetentionStarted(termination, NOW, NOW.plus(Duration.ofDays(30)), List.of(first, second)),
                NOW);

        assertEquals(
                List.of(NoticeKind.RETENTION_STARTED, NoticeKind.RETENTION_WARNING, NoticeKind.RETENTION_WARNING),
                notices.stream().map(Notice::kind).toList());
        assertEquals(List.of(1, 1, 2), notices.stream().map(Notice::sequence).toList());
        assertEquals(
                List.of(NOW, first, second), notices.stream().map(Notice::dueAt).toList());
        notices.forEach(each -> {
            assertEquals(termination, each.terminationId());
            assertEquals(NOW.plus(Duration.ofDays(30)), each.deadline());
        });
    }

    @Test
    void deliveryIsEvidence() {
        NoticeDelivered fact = notice.delivered("<1@provider.example>", 3, NOW);

        assertEquals(State.DELIVERED, notice.state());
        assertEquals(NOW, notice.deliveredAt());
        assertEquals("<1@provider.example>", fact.messageId());
        assertEquals(3, fact.attempts());
        assertEquals(notice.id(), fact.noticeId());
        assertFalse(notice.isPending());
    }

    @Test
    void aFailedAttemptIsFollowedByAnother() {
        NoticeFailed fact = notice.attemptFailed("SMTP 451", 1, NOW.plusSeconds(1));

        assertEquals(State.RETRYING, notice.state());
        assertEquals(NOW.plusSeconds(1), notice.nextRetryAt());
        assertEquals("SMTP 451", fact.reason());
        assertTrue(notice.isPending());

        notice.attemptFailed("SMTP timeout", 2, NOW.plusSeconds(3));
        assertEquals("SMTP timeout", notice.lastFailure());
        notice.delivered("<1@provider.example>", 3, NOW);
        assertNull(notice.nextRetryAt());
    }

    @Test
    void whatIsDeliveredStaysSo() {
        notice.delivered("<1@provider.example>", 1, NOW);

        assertRefused("notice-delivered", () -> notice.delivered("<2@provider.example>", 2, NOW));
        assertRefused("notice-not-pending", () -> notice.attemptFailed("SMTP 451", 2, NOW));
        assertRefused("notice-not-pending", notice::cancel);
        assertEquals("<1@provider.example>", notice.messageId());
        assertEquals(State.DELIVERED, notice.state());
    }

    @Test
    void aCancelledNoticeNeitherFailsNorIsCancelledAgain() {
        notice.attemptFailed("SMTP 451", 1, NOW);
        notice.cancel();

        assertEquals(State.CANCELLED, notice.state());
        assertNull(notice.nextRetryAt());
        assertFalse(notice.isPending());
        assertRefused("notice-not-pending", notice::cancel);
        assertRefused("notice-not-pending", () -> notice.attemptFailed("SMTP 451", 2, NOW));
    }

    @Test
    void aMessageThatWasOnItsWayCountsAsDelivered() {
        notice.cancel();

        notice.delivered("<1@provider.example>", 1, NOW);

        assertEquals(State.DELIVERED, notice.state());
    }

    private static void assertRefused(String slug, Executable transition) {
        assertEquals(slug, assertThrows(Refusal.class, transition).slug());
    }
}
