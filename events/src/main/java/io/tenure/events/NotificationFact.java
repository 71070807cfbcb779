package io.tenure.events;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Facts of the notification service. None carries an address or a text. */
public sealed interface NotificationFact extends Fact {

    /** What a notice is about. */
    enum NoticeKind {
        /** A one-time link to a temporary credential. */
        CREDENTIAL_READY,
        /** Everything is disabled; the retention runs. */
        RETENTION_STARTED,
        /** The retention ends later than announced before, because a warning was late. */
        RETENTION_RESCHEDULED,
        /** The retention ends later, because the provider or the customer extended it. */
        RETENTION_EXTENDED,
        /** The retention ends soon. */
        RETENTION_WARNING,
        /** The data is deleted; the certificate is attached. */
        DELETION_CERTIFICATE
    }

    /** How a notice is sent. */
    enum Channel {
        EMAIL
    }

    /**
     * The provider's mail server accepted the notice. It may still bounce: whoever needs proof waits for
     * {@link NoticeDelivered}.
     *
     * @param terminationId null for notices outside a termination
     * @param schedule the version of the retention's schedule that it belongs to, from 1; 0 outside a retention
     * @param sequence which of its kind within the schedule, from 1
     * @param messageId the message's RFC 5322 Message-ID
     * @param attempts how often it was tried, from 1
     */
    record NoticeAccepted(
            UUID noticeId,
            NoticeKind kind,
            @Nullable UUID terminationId,
            int schedule,
            int sequence,
            Channel channel,
            String messageId,
            int attempts)
            implements NotificationFact {}

    /**
     * The notice was accepted and did not bounce: the bounce window is over, and the bounce mailbox was read since
     * then. A bounce that comes even later is published as {@link NoticeFailed}.
     *
     * @param schedule as in {@link NoticeAccepted}, like the rest
     */
    record NoticeDelivered(
            UUID noticeId,
            NoticeKind kind,
            @Nullable UUID terminationId,
            int schedule,
            int sequence,
            Channel channel,
            String messageId,
            int attempts)
            implements NotificationFact {}

    /**
     * The notice is not delivered, even if an earlier fact said so: it could not be sent, it bounced, or the bounce
     * mailbox cannot be read. The service keeps trying while it can.
     *
     * @param schedule as in {@link NoticeAccepted}
     * @param reason without addresses, for example {@code SMTP 451} or {@code bounced 5.1.1}
     */
    record NoticeFailed(
            UUID noticeId,
            NoticeKind kind,
            @Nullable UUID terminationId,
            int schedule,
            int sequence,
            Channel channel,
            String reason,
            int attempts)
            implements NotificationFact {}
}
