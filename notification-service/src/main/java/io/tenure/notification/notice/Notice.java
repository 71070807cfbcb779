package io.tenure.notification.notice;

import io.tenure.events.CredentialFact.CredentialIssued;
import io.tenure.events.CredentialFact.Target;
import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.NotificationFact.Channel;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.NotificationFact.NoticeFailed;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.kit.Ids;
import io.tenure.kit.problem.Refusal;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Something that a tenant is told once. Its kind, cause and sequence make it unique. It holds references only: whom it goes
 * to and what it says is put together at the moment of sending and forgotten (matrix rows P5.4 and P8.2).
 */
@Entity
@Table(name = "notice")
public class Notice {

    /** How far a notice is. */
    public enum State {
        /** Waits until it is due. */
        SCHEDULED,
        /** At least one attempt failed; more will follow. */
        RETRYING,
        /** The receiving server took it. */
        DELIVERED,
        /** Overtaken by what happened since. */
        CANCELLED
    }

    @Id
    private UUID id;

    @Column(name = "tenant_id", updatable = false)
    private UUID tenantId;

    @Enumerated(EnumType.STRING)
    @Column(updatable = false)
    private NoticeKind kind;

    @Column(name = "cause_id", updatable = false)
    private UUID causeId;

    @Column(updatable = false)
    private int sequence;

    @Column(name = "termination_id", updatable = false)
    private UUID terminationId;

    @Enumerated(EnumType.STRING)
    @Column(updatable = false)
    private Target target;

    @Column(name = "target_id", updatable = false)
    private UUID targetId;

    @Column(updatable = false)
    private Instant deadline;

    @Column(updatable = false)
    private String sha256;

    @Column(name = "due_at", updatable = false)
    private Instant dueAt;

    @Column(name = "created_at", updatable = false)
    private Instant createdAt;

    @Enumerated(EnumType.STRING)
    private State state;

    private int attempts;

    @Column(name = "last_failure")
    private String lastFailure;

    @Column(name = "next_retry_at")
    private Instant nextRetryAt;

    @Column(name = "delivered_at")
    private Instant deliveredAt;

    @Column(name = "message_id")
    private String messageId;

    protected Notice() {}

    private Notice(UUID tenantId, NoticeKind kind, UUID causeId, int sequence, Instant dueAt, Instant now) {
        this.id = Ids.next();
        this.tenantId = tenantId;
        this.kind = kind;
        this.causeId = causeId;
        this.sequence = sequence;
        this.dueAt = dueAt;
        this.createdAt = now;
        this.state = State.SCHEDULED;
    }

    /** A one-time link to a new credential, due at once (row P1.2b). */
    public static Notice credentialReady(UUID tenantId, CredentialIssued issued, Instant now) {
        Notice notice = new Notice(tenantId, NoticeKind.CREDENTIAL_READY, issued.credentialId(), 1, now, now);
        notice.target = issued.target();
        notice.targetId = issued.targetId();
        notice.deadline = issued.expiresAt();
        return notice;
    }

    /** The start notice, due at once, and a warning for each instant that the lifecycle service named (row P1.6a). */
    public static List<Notice> retention(UUID tenantId, RetentionStarted started, Instant now) {
        List<Notice> notices = new ArrayList<>();
        notices.add(new Notice(tenantId, NoticeKind.RETENTION_STARTED, started.terminationId(), 1, now, now));
        int sequence = 0;
        for (Instant warning : started.warnings()) {
            sequence++;
            notices.add(new Notice(
                    tenantId, NoticeKind.RETENTION_WARNING, started.terminationId(), sequence, warning, now));
        }
        notices.forEach(notice -> {
            notice.terminationId = started.terminationId();
            notice.deadline = started.retentionEndsAt();
        });
        return List.copyOf(notices);
    }

    /** The certificate of deletion, due at once (row P2.3). */
    public static Notice deletionCertificate(UUID tenantId, DeletionCertificateIssued issued, Instant now) {
        Notice notice = new Notice(tenantId, NoticeKind.DELETION_CERTIFICATE, issued.terminationId(), 1, now, now);
        notice.terminationId = issued.terminationId();
        notice.sha256 = issued.sha256();
        return notice;
    }

    /** Whether it still has to be sent. */
    public boolean isPending() {
        return state == State.SCHEDULED || state == State.RETRYING;
    }

    /**
     * The receiving server took the message. Also recorded for a notice that was cancelled while the message was on its
     * way: what has arrived cannot be taken back.
     *
     * @param attempts how often it was tried, from 1
     * @throws Refusal if it was delivered before
     */
    public NoticeDelivered delivered(String messageId, int attempts, Instant at) {
        if (state == State.DELIVERED) {
            throw refusal("notice-delivered", "be delivered again");
        }
        this.state = State.DELIVERED;
        this.attempts = attempts;
        this.nextRetryAt = null;
        this.deliveredAt = at;
        this.messageId = messageId;
        return new NoticeDelivered(id, kind, terminationId, sequence, Channel.EMAIL, messageId, attempts);
    }

    /**
     * An attempt failed and another will follow.
     *
     * @param reason its class, without addresses, for example {@code SMTP 451}
     * @param attempts how often it was tried, from 1
     * @throws Refusal unless it is pending
     */
    public NoticeFailed attemptFailed(String reason, int attempts, Instant nextRetryAt) {
        if (!isPending()) {
            throw refusal("notice-not-pending", "fail");
        }
        this.state = State.RETRYING;
        this.attempts = attempts;
        this.lastFailure = reason;
        this.nextRetryAt = nextRetryAt;
        return new NoticeFailed(id, kind, terminationId, sequence, Channel.EMAIL, reason, attempts);
    }

    /** It need not be sent any more. @throws Refusal unless it is pending */
    public void cancel() {
        if (!isPending()) {
            throw refusal("notice-not-pending", "be cancelled");
        }
        this.state = State.CANCELLED;
        this.nextRetryAt = null;
    }

    private Refusal refusal(String slug, String what) {
        return new Refusal(slug, "A notice that is " + state + " cannot " + what);
    }

    public UUID id() {
        return id;
    }

    public UUID tenantId() {
        return tenantId;
    }

    public NoticeKind kind() {
        return kind;
    }

    /** The credential or the termination that it is about. */
    public UUID causeId() {
        return causeId;
    }

    /** Which of its kind for its cause, from 1. */
    public int sequence() {
        return sequence;
    }

    /** The termination that caused it; null outside one. */
    public UUID terminationId() {
        return terminationId;
    }

    /** What the credential opens; null for other kinds. */
    public Target target() {
        return target;
    }

    /** The tenant, VM or VDC that the credential opens; null for other kinds. */
    public UUID targetId() {
        return targetId;
    }

    /** The end of the retention, or the expiry of the credential; null for a certificate. */
    public Instant deadline() {
        return deadline;
    }

    /** Hash of the certificate's payload, hexadecimal; null for other kinds. */
    public String sha256() {
        return sha256;
    }

    public Instant dueAt() {
        return dueAt;
    }

    public State state() {
        return state;
    }

    /** How often it was tried. */
    public int attempts() {
        return attempts;
    }

    /** Class of the last failure; null if there was none. */
    public String lastFailure() {
        return lastFailure;
    }

    /** When it will be tried again; null unless {@link State#RETRYING}. */
    public Instant nextRetryAt() {
        return nextRetryAt;
    }

    /** Null unless {@link State#DELIVERED}. */
    public Instant deliveredAt() {
        return deliveredAt;
    }

    /** Message-ID (RFC 5322) of the delivered message, the evidence to look for in the receiver's logs. */
    public String messageId() {
        return messageId;
    }
}
