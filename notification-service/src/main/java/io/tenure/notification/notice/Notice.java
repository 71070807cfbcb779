package io.tenure.notification.notice;

import io.tenure.events.CredentialFact.CredentialIssued;
import io.tenure.events.CredentialFact.Target;
import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.LifecycleFact.RetentionRescheduled;
import io.tenure.events.LifecycleFact.RetentionStarted;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Something that a tenant is told once. Its kind, cause and sequence make it unique. It holds references only: whom it goes
 * to and what it says is put together at the moment of sending and forgotten (matrix rows P5.4 and P8.2).
 */
@Entity
public class Notice {

    /** The version of the schedule that a retention starts with. */
    public static final int FIRST_SCHEDULE = 1;

    /** How far a notice is. */
    public enum State {
        /** Waits until it is due. */
        SCHEDULED,
        /** An attempt failed, or the message came back; another attempt will follow. */
        RETRYING,
        /** The mail server took it; it may still come back. */
        ACCEPTED,
        /** It was taken, and did not come back within the bounce window. */
        DELIVERED,
        /** Overtaken by what happened since, before it was sent. */
        CANCELLED,
        /** It came back, and there is no reason or no way to send it again. */
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

    /** The start notice, due at once, and a warning for each instant that the lifecycle service named (row P1.6a). */
    public static List<Notice> retention(UUID tenantId, RetentionStarted started, Instant now) {
        return schedule(
                tenantId,
                NoticeKind.RETENTION_STARTED,
                started.terminationId(),
                FIRST_SCHEDULE,
                started.retentionEndsAt(),
                started.warnings(),
                now);
    }

    /**
     * A notice of the new end, due at once, and the new warnings.
     *
     * @throws Refusal if the version is not that of a later schedule
     */
    public static List<Notice> rescheduled(UUID tenantId, RetentionRescheduled rescheduled, Instant now) {
        if (rescheduled.version() <= FIRST_SCHEDULE) {
            throw new Refusal("schedule-version", "A retention is rescheduled by a version after the first");
        }
        return schedule(
                tenantId,
                NoticeKind.RETENTION_RESCHEDULED,
                rescheduled.terminationId(),
                rescheduled.version(),
                rescheduled.retentionEndsAt(),
                rescheduled.warnings(),
                now);
    }

    private static List<Notice> schedule(
            UUID tenantId,
            NoticeKind first,
            UUID terminationId,
            int version,
            Instant endsAt,
            List<Instant> warnings,
            Instant now) {
        List<Notice> notices = new ArrayList<>();
        notices.add(new Notice(tenantId, first, terminationId, version, 1, now, now));
        for (Instant warning : warnings) {
            notices.add(new Notice(
                    tenantId, NoticeKind.RETENTION_WARNING, terminationId, version, notices.size(), warning, now));
        }
        notices.forEach(notice -> {
            notice.terminationId = terminationId;
            notice.deadline = endsAt;
        });
        return List.copyOf(notices);
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
     * A message is about to leave.
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
     * The mail server took the message. Also recorded for a notice that was cancelled while the message was on its way: what
     * has left cannot be taken back.
     *
     * @param at by the database's clock, like all instants that decide here
     * @param window how long a bounce is waited for
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
     * Asks what silence proves by now. Delivered is what was accepted, where the window is over and returned messages were read
     * since: a mailbox that nobody could read proves nothing.
     *
     * @param readAt when the mailbox of returned messages was last found without any that was not taken in; null where bounces
     *     go unseen, so that the window alone decides
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
     * Nobody can tell whether it was delivered.
     *
     * @return nothing if that was told already, or if it is not waited for
     */
    public Optional<NoticeFailed> unproven(String reason) {
        if (state != State.ACCEPTED || reason.equals(lastFailure)) {
            return Optional.empty();
        }
        return Optional.of(failed(reason));
    }

    /**
     * The message came back, whenever that is: before its acceptance was noted, within the window, or after it was thought
     * delivered. It is sent again, but for one that was withdrawn, and for a certificate after its delivery: the contact is
     * erased with that, so nobody could send it any more.
     *
     * @return nothing if nobody waits for it
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

    /** The message is still on its way: a bounce is waited for until then, if not for longer already. */
    public void delayed(Instant until) {
        if (state == State.ACCEPTED && until.isAfter(windowEndsAt)) {
            this.windowEndsAt = until;
        }
    }

    /**
     * An attempt failed and another will follow.
     *
     * @param reason its class, without addresses, for example {@code SMTP 451}
     * @throws Refusal unless it is pending
     */
    public NoticeFailed attemptFailed(String reason, Instant nextRetryAt) {
        if (!isPending()) {
            throw refusal("notice-not-pending", "fail");
        }
        this.state = State.RETRYING;
        // One that failed before it could be noted is an attempt too.
        this.attempts = Math.max(1, attempts);
        this.nextRetryAt = nextRetryAt;
        return failed(reason);
    }

    private NoticeFailed failed(String reason) {
        this.lastFailure = reason;
        return new NoticeFailed(id, kind, terminationId, schedule, sequence, Channel.EMAIL, reason, attempts);
    }

    /** It need not be sent any more: not at all if it was not sent yet, and not again if it comes back. */
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

    /** Which of its kind for its cause and schedule, from 1. */
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

    /** How often it came back. */
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

    /** When the mail server took it; null unless {@link State#ACCEPTED} or {@link State#DELIVERED}. */
    public Instant acceptedAt() {
        return acceptedAt;
    }

    /** Null unless {@link State#DELIVERED}. */
    public Instant deliveredAt() {
        return deliveredAt;
    }

    /** Message-ID (RFC 5322) of the accepted message, the evidence to look for in mail servers' logs; null without one. */
    public String messageId() {
        return messageId;
    }
}
