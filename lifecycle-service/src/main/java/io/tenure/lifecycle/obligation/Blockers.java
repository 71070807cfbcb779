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
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Obstacles that others report, one row per matter, until it is resolved. The caller holds the termination's lock.
 * Methods join the caller's transaction.
 */
@ApplicationScoped
public class Blockers {

    /** The matter of what keeps the gate shut. */
    public static final String GATE = "GATE";

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
    private static final String RAISE_OF_ONE = RAISE.formatted("""
            SELECT id, CAST(?1 AS uuid), matter, resource_id, resource, owner, reason, attempts, next_retry_at
            FROM unnest(CAST(?2 AS uuid[]), CAST(?3 AS text[]), CAST(?4 AS uuid[]), CAST(?5 AS text[]),
                CAST(?6 AS text[]), CAST(?7 AS text[]), CAST(?8 AS int4[]), CAST(CAST(?9 AS text[]) AS timestamptz[]))
                AS raised (id, matter, resource_id, resource, owner, reason, attempts, next_retry_at)""");
    private static final String RAISE_ALL = RAISE.formatted("SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[],"
            + " $4::uuid[], $5::text[], $6::text[], $7::text[], $8::int4[], $9::timestamptz[])");

    /** Shows blockers, each about another matter, with one statement. Each replaces an earlier one about its matter. */
    public Uni<Void> raise(UUID terminationId, List<Raised> blockers) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(RAISE_OF_ONE)
                        .setParameter(1, terminationId)
                        .setParameter(2, column(blockers, UUID[]::new, one -> Ids.next()))
                        .setParameter(3, column(blockers, String[]::new, Raised::matter))
                        .setParameter(4, column(blockers, UUID[]::new, Raised::resourceId))
                        .setParameter(5, column(blockers, String[]::new, Raised::resource))
                        .setParameter(6, column(blockers, String[]::new, Raised::owner))
                        .setParameter(7, column(blockers, String[]::new, Raised::reason))
                        .setParameter(8, column(blockers, Integer[]::new, Raised::attempts))
                        .setParameter(9, column(blockers, String[]::new, Blockers::nextRetryText))
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
                        column(raised, UUID[]::new, one -> Ids.next()),
                        terminationIds.toArray(UUID[]::new),
                        column(raised, String[]::new, Raised::matter),
                        column(raised, UUID[]::new, Raised::resourceId),
                        column(raised, String[]::new, Raised::resource),
                        column(raised, String[]::new, Raised::owner),
                        column(raised, String[]::new, Raised::reason),
                        column(raised, Integer[]::new, Raised::attempts),
                        column(raised, OffsetDateTime[]::new, Blockers::nextRetry))))
                .replaceWithVoid();
    }

    private static <T> T[] column(List<Raised> blockers, IntFunction<T[]> array, Function<Raised, T> value) {
        return blockers.stream().map(value).toArray(array);
    }

    private static String nextRetryText(Raised blocker) {
        return blocker.nextRetryAt() == null ? null : blocker.nextRetryAt().toString();
    }

    private static OffsetDateTime nextRetry(Raised blocker) {
        return blocker.nextRetryAt() == null ? null : blocker.nextRetryAt().atOffset(ZoneOffset.UTC);
    }

    /** The matter is resolved. */
    public Uni<Void> resolve(UUID terminationId, String matter) {
        return delete(terminationId, "matter", matter);
    }

    /** Resolves all blockers of an asset. */
    public Uni<Void> resolveAsset(UUID terminationId, UUID assetId) {
        return delete(terminationId, "resource_id", assetId);
    }

    /** Resolves all blockers that a service owns. */
    public Uni<Void> resolveAllOf(UUID terminationId, String owner) {
        return delete(terminationId, "owner", owner);
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

    private static Uni<Void> delete(UUID terminationId, String column, Object value) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(
                                "DELETE FROM blocker WHERE termination_id = ?1 AND " + column + " = ?2")
                        .setParameter(1, terminationId)
                        .setParameter(2, value)
                        .executeUpdate())
                .replaceWithVoid();
    }
}
