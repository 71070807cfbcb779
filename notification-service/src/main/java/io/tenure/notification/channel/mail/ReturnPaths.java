package io.tenure.notification.channel.mail;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.notification.notice.Notice;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/**
 * Which message belongs to which notice, and until when the mailbox was read. All methods take part in the caller's
 * transaction.
 */
@ApplicationScoped
class ReturnPaths {

    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * The notice of a message.
     *
     * @param round the number of the notice's bounces when the message was sent
     */
    record ReturnPath(UUID noticeId, int round) {}

    /**
     * The token of a notice's next message: a new one after each bounce, so that an old bounce never counts for a new
     * message. Must be committed before the message is sent, because the bounce may arrive before the server's
     * acceptance.
     */
    Uni<String> tokenOf(Notice notice) {
        return Panache.getSession().flatMap(session -> session.createNativeQuery(
                        "SELECT token FROM return_path WHERE notice_id = ?1 AND round = ?2", String.class)
                .setParameter(1, notice.id())
                .setParameter(2, notice.bounces())
                .getSingleResultOrNull()
                .flatMap(known -> known != null ? Uni.createFrom().item(known) : remember(notice)));
    }

    private static Uni<String> remember(Notice notice) {
        byte[] bits = new byte[16];
        RANDOM.nextBytes(bits);
        String token = HexFormat.of().formatHex(bits);
        return Panache.getSession().flatMap(session -> session.createNativeQuery(
                        "INSERT INTO return_path (token, notice_id, round) VALUES (?1, ?2, ?3)")
                .setParameter(1, token)
                .setParameter(2, notice.id())
                .setParameter(3, notice.bounces())
                .executeUpdate()
                .replaceWith(token));
    }

    /** The notice of the message with this token; empty if there is no such message. */
    Uni<Optional<ReturnPath>> find(String token) {
        return Panache.getSession().flatMap(session -> session.createNativeQuery(
                        "SELECT notice_id, round FROM return_path WHERE token = ?1", Object[].class)
                .setParameter(1, token)
                .getSingleResultOrNull()
                .map(row -> Optional.ofNullable(row)
                        .map(columns -> new ReturnPath((UUID) columns[0], ((Number) columns[1]).intValue()))));
    }

    /** The time until which returned messages were read, by the database's clock. */
    Uni<Instant> readAt() {
        return Panache.getSession()
                .flatMap(
                        session -> session.createNativeQuery("SELECT read_at FROM bounce_mailbox", OffsetDateTime.class)
                                .getSingleResult())
                .map(OffsetDateTime::toInstant);
    }

    /** Whether the caller should request a reading of the mailbox; false if somebody did within the pause. */
    Uni<Boolean> mayAsk(Duration pause) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("UPDATE bounce_mailbox SET asked_at = now()"
                                + " WHERE asked_at <= now() - make_interval(secs => ?1)")
                        .setParameter(1, pause.toMillis() / 1e3)
                        .executeUpdate())
                .map(changed -> changed == 1);
    }

    /** Every message in the mailbox has been processed. @param at a time before it was read */
    Uni<Void> read(Instant at) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(
                                "UPDATE bounce_mailbox SET read_at = greatest(read_at, CAST(?1 AS timestamptz))")
                        .setParameter(1, at.atOffset(ZoneOffset.UTC))
                        .executeUpdate())
                .replaceWithVoid();
    }
}
