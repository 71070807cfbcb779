package io.tenure.kit.access;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.events.CredentialFact.TenantAccessRestored;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.Fact;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;

/**
 * Which tenants are restricted, from the credential service's facts: a row per tenant and termination. Facts are
 * accepted in any order and any number of times, with the same outcome: a cancelled termination no longer restricts
 * anybody, however late the fact of its restriction arrives.
 */
@ApplicationScoped
public class TenantRestrictions {

    private static final String NOTE = """
            INSERT INTO tenant_restriction (tenant_id, termination_id, not_before, restored)
            VALUES (CAST(%s AS uuid), CAST(%s AS uuid), CAST(%s AS timestamptz), %s)
            ON CONFLICT (tenant_id, termination_id) DO UPDATE SET
                not_before = greatest(tenant_restriction.not_before, excluded.not_before),
                restored = tenant_restriction.restored OR excluded.restored""";
    private static final String NOTE_IN_SESSION = NOTE.formatted("?1", "?2", "?3", "?4");
    private static final String NOTE_ALONE = NOTE.formatted("$1", "$2", "$3", "$4");
    private static final String FIND = """
            SELECT max(not_before) AS not_before, coalesce(bool_or(NOT restored), false) AS restricted
            FROM tenant_restriction WHERE tenant_id = $1""";

    private final Pool pool;

    TenantRestrictions(Pool pool) {
        this.pool = pool;
    }

    /** Takes a fact over, in the caller's transaction. */
    public Uni<Void> note(UUID tenantId, TenantAccessRestricted fact) {
        return note(tenantId, fact.terminationId(), fact.notBefore(), false);
    }

    /** Takes a fact over, in the caller's transaction. */
    public Uni<Void> note(UUID tenantId, TenantAccessRestored fact) {
        return note(tenantId, fact.terminationId(), null, true);
    }

    private static Uni<Void> note(UUID tenantId, UUID terminationId, Instant notBefore, boolean restored) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(NOTE_IN_SESSION)
                        .setParameter(1, tenantId)
                        .setParameter(2, terminationId)
                        .setParameter(3, notBefore)
                        .setParameter(4, restored)
                        .executeUpdate())
                .replaceWithVoid();
    }

    /** A fact about a tenant. */
    public record Told(UUID tenantId, Fact fact) {}

    /** Takes facts over in one statement, in a transaction of its own. Other facts are skipped. */
    public Uni<Void> noteAlone(List<Told> facts) {
        List<Tuple> rows = facts.stream()
                .map(told -> switch (told.fact()) {
                    case TenantAccessRestricted fact ->
                        Tuple.of(
                                told.tenantId(),
                                fact.terminationId(),
                                fact.notBefore().atOffset(ZoneOffset.UTC),
                                false);
                    case TenantAccessRestored fact -> Tuple.of(told.tenantId(), fact.terminationId(), null, true);
                    default -> null;
                })
                .filter(row -> row != null)
                .toList();
        return rows.isEmpty()
                ? Uni.createFrom().voidItem()
                : pool.preparedQuery(NOTE_ALONE).executeBatch(rows).replaceWithVoid();
    }

    Uni<Restriction> of(UUID tenantId) {
        return pool.preparedQuery(FIND).execute(Tuple.of(tenantId)).map(rows -> {
            Row row = rows.iterator().next();
            OffsetDateTime notBefore = row.getOffsetDateTime("not_before");
            return new Restriction(notBefore == null ? null : notBefore.toInstant(), row.getBoolean("restricted"));
        });
    }
}
