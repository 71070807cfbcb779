package io.tenure.lifecycle.evidence;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.EventType;
import io.tenure.events.Fact;
import io.tenure.events.LifecycleFact;
import io.tenure.events.MediaDigest;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.MediumSanitized;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.kit.outbox.Outbox;
import io.tenure.kit.problem.Refusal;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The facts of terminations, received and published, byte for byte, so that a certificate can name what it is based on
 * (matrix row P2.3). Rows are never changed. Methods join the caller's transaction.
 */
@ApplicationScoped
public class EvidenceLog {

    private static final String INSERT = """
            INSERT INTO evidence (event_id, termination_id, type, subject, occurred_at, sha256, event)
            SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::bytea[])""";

    private static final EventCodec CODEC = new EventCodec();
    private static final int PIECE = 500;

    private final Outbox outbox;

    EvidenceLog(Outbox outbox) {
        this.outbox = outbox;
    }

    /**
     * Publishes a fact of this service about a termination, and stores it.
     *
     * @param subject what changed, as the API's path
     */
    public Uni<Void> publish(UUID tenantId, UUID terminationId, String subject, LifecycleFact fact) {
        return publish(encode(tenantId, terminationId, subject, fact));
    }

    /** The same for several facts about one thing, in this order. */
    public Uni<Void> publish(UUID tenantId, UUID terminationId, String subject, List<? extends LifecycleFact> facts) {
        Uni<Void> published = Uni.createFrom().voidItem();
        for (LifecycleFact fact : facts) {
            published = published.chain(() -> publish(tenantId, terminationId, subject, fact));
        }
        return published;
    }

    /** Encodes a fact of this service that happens now, in the current trace, for the caller to publish. */
    public Outbox.Encoded encode(UUID tenantId, UUID terminationId, String subject, LifecycleFact fact) {
        return outbox.encode(tenantId, subject, terminationId, fact);
    }

    /** Publishes and stores what {@link #encode} made. */
    public Uni<Void> publish(Outbox.Encoded encoded) {
        return outbox.record(encoded)
                .chain(() -> Panache.getSession().flatMap(session -> session.persist(row(encoded))));
    }

    /** Publishes and stores what {@link #encode} made for many terminations, with two statements in all. */
    public Uni<Void> publish(SqlConnection connection, List<Outbox.Encoded> encoded) {
        List<EvidenceRow> rows = encoded.stream().map(EvidenceLog::row).toList();
        Uni<Void> kept = connection
                .preparedQuery(INSERT)
                .execute(Tuple.from(List.of(
                        rows.stream().map(EvidenceRow::eventId).toArray(UUID[]::new),
                        rows.stream().map(EvidenceRow::terminationId).toArray(UUID[]::new),
                        rows.stream().map(EvidenceRow::type).toArray(String[]::new),
                        rows.stream().map(EvidenceRow::subject).toArray(String[]::new),
                        rows.stream()
                                .map(row -> row.occurredAt().atOffset(ZoneOffset.UTC))
                                .toArray(OffsetDateTime[]::new),
                        rows.stream().map(EvidenceRow::sha256).toArray(String[]::new),
                        rows.stream().map(row -> Buffer.buffer(row.event())).toArray(Buffer[]::new))))
                .replaceWithVoid();
        return Uni.join()
                .all(outbox.record(connection, encoded), kept)
                .andFailFast()
                .replaceWithVoid();
    }

    private static EvidenceRow row(Outbox.Encoded encoded) {
        return new EvidenceRow(encoded.event(), encoded.bytes());
    }

    /**
     * Stores a received event; receiving it again changes nothing.
     *
     * @param bytes the event exactly as it was published
     * @param resourceId the asset, credential or notice that it is about, or null
     */
    public Uni<Void> keep(UUID terminationId, Event event, byte[] bytes, UUID resourceId) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("INSERT INTO evidence"
                                + " (event_id, termination_id, type, subject, resource_id, occurred_at, sha256, event)"
                                + " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING")
                        .setParameter(1, event.id())
                        .setParameter(2, terminationId)
                        .setParameter(3, event.type())
                        .setParameter(4, event.subject())
                        .setParameter(5, resourceId)
                        .setParameter(6, event.time())
                        .setParameter(7, EvidenceRow.sha256(event, bytes))
                        .setParameter(8, bytes)
                        .executeUpdate())
                .replaceWithVoid();
    }

    /**
     * Reads the evidence of a termination, oldest first, in pages, because there are at least as many facts as the
     * tenant had disks.
     *
     * @param taken receives each fact
     */
    public Uni<Void> read(UUID terminationId, Consumer<EvidenceRow> taken) {
        return readAfter(terminationId, Instant.EPOCH, new UUID(0, 0), taken);
    }

    private static Uni<Void> readAfter(UUID terminationId, Instant at, UUID eventId, Consumer<EvidenceRow> taken) {
        return Panache.getSession()
                .flatMap(session -> session.createQuery("""
                                from EvidenceRow where terminationId = ?1
                                    and (occurredAt > ?2 or occurredAt = ?2 and eventId > ?3)
                                order by occurredAt, eventId""", EvidenceRow.class)
                        .setParameter(1, terminationId)
                        .setParameter(2, at)
                        .setParameter(3, eventId)
                        .setMaxResults(PIECE)
                        .getResultList()
                        .invoke(rows -> rows.forEach(session::detach)))
                .flatMap(rows -> {
                    rows.forEach(taken);
                    return rows.size() < PIECE
                            ? Uni.createFrom().voidItem()
                            : readAfter(
                                    terminationId,
                                    rows.getLast().occurredAt(),
                                    rows.getLast().eventId(),
                                    taken);
                });
    }

    /**
     * The disks of a sanitization that ended.
     *
     * @return a Uni that fails with {@link Refusal} if the disks reported before are not exactly those of this fact:
     *     then it proves nothing, and no certificate can be issued
     */
    public Uni<List<SanitizedDisk>> disksOf(AssetSanitized end) {
        return Panache.getSession()
                .flatMap(session -> session.createQuery(
                                "from EvidenceRow where terminationId = ?1 and type = ?2 and resourceId = ?3",
                                EvidenceRow.class)
                        .setParameter(1, end.terminationId())
                        .setParameter(2, EventType.of(MediumSanitized.class))
                        .setParameter(3, end.assetId())
                        .getResultList())
                .map(rows -> {
                    List<SanitizedDisk> disks = rows.stream()
                            .map(row ->
                                    (MediumSanitized) CODEC.decode(row.event()).fact())
                            .filter(medium -> medium.sanitizationId().equals(end.sanitizationId()))
                            .map(MediumSanitized::disk)
                            .toList();
                    if (disks.size() != end.disks()
                            || !MediaDigest.ofSanitized(disks).equals(end.disksDigest())) {
                        throw new Refusal(
                                "media-do-not-add-up",
                                "the disks reported before are not those that the end of the sanitization names");
                    }
                    return disks;
                });
    }

    /** Whether a fact of this type about this resource is known. */
    public Uni<Boolean> has(UUID terminationId, Class<? extends Fact> type, UUID resourceId) {
        return hasSince(terminationId, type, resourceId, Instant.EPOCH);
    }

    /** Whether such a fact is known that happened at this instant or later. */
    public Uni<Boolean> hasSince(UUID terminationId, Class<? extends Fact> type, UUID resourceId, Instant since) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(
                                "SELECT count(*) FROM evidence WHERE termination_id = ?1 AND type = ?2"
                                        + " AND resource_id = ?3 AND occurred_at >= ?4",
                                Long.class)
                        .setParameter(1, terminationId)
                        .setParameter(2, EventType.of(type))
                        .setParameter(3, resourceId)
                        .setParameter(4, since)
                        .getSingleResult())
                .map(count -> count > 0);
    }
}
