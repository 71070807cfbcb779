package io.tenure.events;

import java.util.UUID;

/** Facts of the notification service. None carries an address or a text. */
public sealed interface NotificationFact extends Fact {

    /** What a notice is about. */
    enum NoticeKind {
        /** A one-time link to a temporary credential. */
        CREDENTIAL_READY,
        /** Everything is disabled; the retention runs. */
        RETENTION_STARTED,
        /** The end of the retention comes nearer. */
        RETENTION_WARNING,
        /** The data is deleted; the certificate is attached. */
        DELETION_CERTIFICATE
    }

    /** How a notice travels. */
    enum Channel {
        EMAIL
    }

    /**
     * The receiving server took the notice.
     *
     * @param terminationId null for notices outside a termination
     * @param sequence which of its kind within the termination, from 1
     * @param messageId the message's RFC 5322 Message-ID
     * @param attempts how often it was tried, from 1
     */
    record NoticeDelivered(
            UUID noticeId,
            NoticeKind kind,
            @Nullable UUID terminationId,
            int sequence,
            Channel channel,
            String messageId,
            int attempts)
            implements NotificationFact {}

    /**
     * The notice could not be delivered yet; the service keeps trying.
     *
     * @param reason without addresses, for example {@code SMTP 451}
     */
    record NoticeFailed(
            UUID noticeId,
            NoticeKind kind,
            @Nullable UUID terminationId,
            int sequence,
            Channel channel,
            String reason,
            int attempts)
            implements NotificationFact {}
}
