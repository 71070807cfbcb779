package io.tenure.notification.notice;

import io.tenure.events.CredentialFact.CredentialIssued;
import io.tenure.events.CredentialFact.Target;
import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.NotificationFact.Channel;
import io.tenure.events.NotificationFact.NoticeAccepted;
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
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Something that a tenant is told once. Its kind, cause, schedule and sequence make it unique. It holds only
 * references: recipient and text are composed when it is sent and not stored (matrix rows P5.4 and P8.2).
 */
@Entity
public class Notice {

    /** The state of a notice. */
    public enum State {
        /** Waits until it is due. */
        SCHEDULED,
        /** An attempt failed, or the message bounced; another attempt will follow. */
        RETRYING,
        /** The mail server accepted it; it may still bounce. */
        ACCEPTED,
        /** It was accepted and did not bounce within the bounce window. */
        DELIVERED,
        /** Withdrawn before it was sent, because it became obsolete. */
        CANCELLED,
        /** It bounced, and there is no reason or no way to send it again. */
        FAILED
    }

    @Id
    private UUID id;

    @Column(updatable = false)
    private UUID tenantId;

    @Enumerated(EnumType.STRING)
    @Column(updatable = false)
    private NoticeKind kind;

    @Column(updatable = false)
    private UUID causeId;

    @Column(updatable = false)
    private int schedule;

    @Column(updatable = false)
    private int sequence;

    @Column(updatable = false)
    private UUID terminationId;

    @Enumerated(EnumType.STRING)
    @Column(updatable = false)
    private Target target;

    @Column(updatable = false)
    private UUID targetId;

    @Column(updatable = false)
    private Instant deadline;

    @Column(updatable = false)
    private String timeZone;

    @Column(updatable = false)
    private String sha256;

    @Column(updatable = false)
    private Instant dueAt;

    @Column(updatable = false)
    private Instant createdAt;

    @Enumerated(EnumType.STRING)
    private State state;

    private boolean withdrawn;
    private int attempts;
    private int bounces;
    private String lastFailure;
    private Instant nextRetryAt;
    private Instant acceptedAt;
    private Instant windowEndsAt;
    private Instant deliveredAt;
    private String messageId;

    protected Notice() {}

    private Notice(
            UUID tenantId, NoticeKind kind, UUID causeId, int schedule, int sequence, Instant dueAt, Instant now) {
        this.id = Ids.next();
        this.tenantId = tenantId;
        this.kind = kind;
        this.causeId = causeId;
        this.schedule = schedule;
        this.sequence = sequence;
        this.dueAt = dueAt;
        this.createdAt = now;
        this.state = State.SCHEDULED;
    }

    /** A one-time link to a new credential, due at once (row P1.2b). */
    public static Notice credentialReady(UUID tenantId, CredentialIssued issued, Instant now) {
        Notice notice = new Notice(tenantId, NoticeKind.CREDENTIAL_READY, issued.credentialId(), 0, 1, now, now);
        notice.target = issued.target();
        notice.targetId = issued.targetId();
        notice.deadline = issued.expiresAt();
        return notice;
    }

    /**
     * One of the notices of a retention.
     *
     * @param endsAt the end of the retention that it tells
     * @param timeZone the tenant's, as an IANA id
     */
    static Notice ofRetention(
            UUID tenantId,
            NoticeKind kind,
            UUID terminationId,
            int version,
            int sequence,
            Instant dueAt,
            Instant endsAt,
            String timeZone,
            Instant now) {
        Notice notice = new Notice(tenantId, kind, terminationId, version, sequence, dueAt, now);
        notice.terminationId = terminationId;
        notice.deadline = endsAt;
        notice.timeZone = timeZone;
        return notice;
    }

    /** The certificate of deletion, due at once (row P2.3). */
    public static Notice deletionCertificate(UUID tenantId, DeletionCertificateIssued issued, Instant now) {
        Notice notice = new Notice(tenantId, NoticeKind.DELETION_CERTIFICATE, issued.terminationId(), 0, 1, now, now);
        notice.terminationId = issued.terminationId();
        notice.sha256 = issued.sha256();
        return notice;
    }

    /** Whether it still has to be sent. */
    public boolean isPending() {
        return state == State.SCHEDULED || state == State.RETRYING;
    }

    /**
     * A message is about to be sent.
     *
     * @throws Refusal unless it is pending
     */
    public void attempt() {
        if (!isPending()) {
            throw refusal("notice-not-pending", "be sent");
        }
        this.attempts++;
    }

    /**
     * The mail server accepted the message. Also recorded for a notice that was cancelled during the sending: a sent
     * message cannot be withdrawn.
     *
     * @param window how long to wait for a bounce
     * @throws Refusal if it was accepted before, or has failed for good
     */
    public NoticeAccepted accepted(String messageId, Instant at, Duration window) {
        if (!isPending() && state != State.CANCELLED) {
            throw refusal("notice-accepted", "be accepted");
        }
        this.state = State.ACCEPTED;
        this.nextRetryAt = null;
        this.acceptedAt = at;
        this.windowEndsAt = at.plus(window);
        this.messageId = messageId;
        return new NoticeAccepted(id, kind, terminationId, schedule, sequence, Channel.EMAIL, messageId, attempts);
    }

    /**
     * Checks what the absence of a bounce proves by now. An accepted notice is delivered once its window is over and
     * the bounce mailbox was read after that: an unread mailbox proves nothing.
     *
     * @param readAt until when the bounce mailbox was read completely; null without a mailbox, so that the window alone
     *     decides
     */
    public Proof prove(Instant now, Instant readAt) {
        if (state != State.ACCEPTED) {
            return new Proof.Pointless();
        }
        if (now.isBefore(windowEndsAt)) {
            return new Proof.TooEarly(Duration.between(now, windowEndsAt));
        }
        if (readAt != null && readAt.isBefore(windowEndsAt)) {
            return new Proof.Unread(Duration.between(windowEndsAt, now));
        }
        this.state = State.DELIVERED;
        this.deliveredAt = now;
        return new Proof.Delivered(
                new NoticeDelivered(id, kind, terminationId, schedule, sequence, Channel.EMAIL, messageId, attempts));
    }

    /**
     * It is unknown whether it was delivered.
     *
     * @return empty if that was published already, or if no proof is pending
     */
    public Optional<NoticeFailed> unproven(String reason) {
        if (state != State.ACCEPTED || reason.equals(lastFailure)) {
            return Optional.empty();
        }
        return Optional.of(failed(reason));
    }

    /**
     * The message bounced: before its acceptance was stored, within the window, or after it counted as delivered. It is
     * sent again, except if it was withdrawn, or if it is a certificate that counted as delivered, because the contact
     * is erased by then.
     *
     * @return empty if nothing has to be published
     */
    public Optional<NoticeFailed> bounced(Bounce bounce, Instant nextRetryAt) {
        this.bounces++;
        if (state == State.CANCELLED || state == State.FAILED) {
            return Optional.empty();
        }
        boolean again = !withdrawn && !(state == State.DELIVERED && kind == NoticeKind.DELETION_CERTIFICATE);
        this.state = again ? State.RETRYING : State.FAILED;
        this.nextRetryAt = again ? nextRetryAt : null;
        this.acceptedAt = null;
        this.windowEndsAt = null;
        this.deliveredAt = null;
        this.messageId = null;
        return Optional.of(failed(bounce.reason()));
    }

    /** The message is still on its way: extends the bounce window to this instant, unless it is longer already. */
    public void delayed(Instant until) {
        if (state == State.ACCEPTED && until.isAfter(windowEndsAt)) {
            this.windowEndsAt = until;
        }
    }

    /**
     * An attempt failed and another will follow.
     *
     * @param reason the class of the failure, without addresses, for example {@code SMTP 451}
     * @throws Refusal unless it is pending
     */
    public NoticeFailed attemptFailed(String reason, Instant nextRetryAt) {
        if (!isPending()) {
            throw refusal("notice-not-pending", "fail");
        }
        this.state = State.RETRYING;
        // An attempt that failed before it was stored counts too.
        this.attempts = Math.max(1, attempts);
        this.nextRetryAt = nextRetryAt;
        return failed(reason);
    }

    private NoticeFailed failed(String reason) {
        this.lastFailure = reason;
        return new NoticeFailed(id, kind, terminationId, schedule, sequence, Channel.EMAIL, reason, attempts);
    }

    /** It does not need to be sent any more: not at all if it was not sent yet, and not again if it bounces. */
    public void withdraw() {
        this.withdrawn = true;
        if (isPending()) {
            this.state = State.CANCELLED;
            this.nextRetryAt = null;
        }
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

    /** The version of the retention's schedule that it belongs to, from 1; 0 outside a retention. */
    public int schedule() {
        return schedule;
    }

    /** Its number among notices of its kind, cause and schedule, from 1. */
    public int sequence() {
        return sequence;
    }

    /** The termination that caused it; null outside one. */
    public UUID terminationId() {
        return terminationId;
    }

    /** What the credential gives access to; null for other kinds. */
    public Target target() {
        return target;
    }

    /** The id of the tenant, VM or VDC that the credential gives access to; null for other kinds. */
    public UUID targetId() {
        return targetId;
    }

    /** The end of the retention, or the expiry of the credential; null for a certificate. */
    public Instant deadline() {
        return deadline;
    }

    /** The tenant's time zone, as an IANA id; null outside a retention. */
    public String timeZone() {
        return timeZone;
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

    /** How often it bounced. */
    public int bounces() {
        return bounces;
    }

    /** Class of the last failure; null if there was none. */
    public String lastFailure() {
        return lastFailure;
    }

    /** When it will be tried again; null unless {@link State#RETRYING}. */
    public Instant nextRetryAt() {
        return nextRetryAt;
    }

    /** When the mail server accepted it; null unless {@link State#ACCEPTED} or {@link State#DELIVERED}. */
    public Instant acceptedAt() {
        return acceptedAt;
    }

    /** Null unless {@link State#DELIVERED}. */
    public Instant deliveredAt() {
        return deliveredAt;
    }

    /** Message-ID (RFC 5322) of the accepted message, to search for in mail servers' logs; null without one. */
    public String messageId() {
        return messageId;
    }
}
