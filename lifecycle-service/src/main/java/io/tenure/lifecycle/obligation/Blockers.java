package io.tenure.lifecycle.obligation;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.Ids;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Obstacles that others report, one row per matter, until it is resolved. The caller holds the termination's lock.
 * Methods join the caller's transaction.
 */
@ApplicationScoped
public class Blockers {

    /**
     * A blocker to show.
     *
     * @param matter what it is about, unique within the termination; a new blocker about the same matter replaces the
     *     old one
     * @param resourceId the asset concerned, or null
     * @param resource what is in the way, as the API's path
     * @param owner the service that has to resolve it
     * @param reason in a sentence, without personal data
     * @param attempts how often it was tried, from 1
     * @param nextRetryAt when it is tried next; null if unknown
     */
    public record Raised(
            String matter,
            UUID resourceId,
            String resource,
            String owner,
            String reason,
            int attempts,
            Instant nextRetryAt) {}

    private static final String RAISE = """
            INSERT INTO blocker (id, termination_id, matter, resource_id, resource, owner, reason, attempts, next_retry_at)
            %s
            ON CONFLICT (termination_id, matter) DO UPDATE
            SET owner = excluded.owner, reason = excluded.reason, attempts = excluded.attempts, next_retry_at = excluded.next_retry_at""";
    private static final String RAISE_ONE = RAISE.formatted("VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    private static final String RAISE_ALL = RAISE.formatted("SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[],"
            + " $4::uuid[], $5::text[], $6::text[], $7::text[], $8::int4[], $9::timestamptz[])");

    /** Shows a blocker, replacing an earlier one about the same matter. */
    public Uni<Void> raise(UUID terminationId, Raised blocker) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(RAISE_ONE)
                        .setParameter(1, Ids.next())
                        .setParameter(2, terminationId)
                        .setParameter(3, blocker.matter())
                        .setParameter(4, blocker.resourceId())
                        .setParameter(5, blocker.resource())
                        .setParameter(6, blocker.owner())
                        .setParameter(7, blocker.reason())
                        .setParameter(8, blocker.attempts())
                        .setParameter(9, blocker.nextRetryAt())
                        .executeUpdate())
                .replaceWithVoid();
    }

    /** The same for several terminations, one blocker each, with one statement. */
    public Uni<Void> raise(SqlConnection connection, Map<UUID, Raised> blockers) {
        List<UUID> terminationIds = List.copyOf(blockers.keySet());
        List<Raised> raised = terminationIds.stream().map(blockers::get).toList();
        return connection
                .preparedQuery(RAISE_ALL)
                .execute(Tuple.from(List.of(
                        raised.stream().map(one -> Ids.next()).toArray(UUID[]::new),
                        terminationIds.toArray(UUID[]::new),
                        raised.stream().map(Raised::matter).toArray(String[]::new),
                        raised.stream().map(Raised::resourceId).toArray(UUID[]::new),
                        raised.stream().map(Raised::resource).toArray(String[]::new),
                        raised.stream().map(Raised::owner).toArray(String[]::new),
                        raised.stream().map(Raised::reason).toArray(String[]::new),
                        raised.stream().map(Raised::attempts).toArray(Integer[]::new),
                        raised.stream().map(Blockers::nextRetry).toArray(OffsetDateTime[]::new))))
                .replaceWithVoid();
    }

    private static OffsetDateTime nextRetry(Raised blocker) {
        return blocker.nextRetryAt() == null ? null : blocker.nextRetryAt().atOffset(ZoneOffset.UTC);
    }

    /** The matter is resolved. */
    public Uni<Void> resolve(UUID terminationId, String matter) {
        return delete("termination_id = ?1 AND matter = ?2", terminationId, matter);
    }

    /** Resolves all blockers of an asset. */
    public Uni<Void> resolveAsset(UUID terminationId, UUID assetId) {
        return delete("termination_id = ?1 AND resource_id = ?2", terminationId, assetId);
    }

    /** Resolves all blockers that a service owns. */
    public Uni<Void> resolveAllOf(UUID terminationId, String owner) {
        return delete("termination_id = ?1 AND owner = ?2", terminationId, owner);
    }

    /** Resolves all blockers, because the termination changed its course or ended. */
    public Uni<Void> resolveAll(UUID terminationId) {
        return Panache.getSession()
                .flatMap(session -> session.createMutationQuery("delete from Blocker where terminationId = ?1")
                        .setParameter(1, terminationId)
                        .executeUpdate())
                .replaceWithVoid();
    }

    /** The same for several terminations, with one statement. */
    public Uni<Void> resolveAll(SqlConnection connection, UUID[] terminationIds) {
        return connection
                .preparedQuery("DELETE FROM blocker WHERE termination_id = ANY($1)")
                .execute(Tuple.of((Object) terminationIds))
                .replaceWithVoid();
    }

    private static Uni<Void> delete(String where, Object... parameters) {
        return Panache.getSession()
                .flatMap(session -> {
                    var statement = session.createNativeQuery("DELETE FROM blocker WHERE " + where);
                    for (int i = 0; i < parameters.length; i++) {
                        statement.setParameter(i + 1, parameters[i]);
                    }
                    return statement.executeUpdate();
                })
                .replaceWithVoid();
    }
}
