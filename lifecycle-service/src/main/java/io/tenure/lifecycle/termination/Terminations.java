package io.tenure.lifecycle.termination;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.events.LifecycleFact.Command;
import io.tenure.kit.audittrail.AdministrativeActions;
import io.tenure.kit.problem.Problem;
import io.tenure.kit.problem.Refusal;
import io.tenure.lifecycle.evidence.EvidenceLog;
import io.tenure.lifecycle.impediment.Impediment;
import io.tenure.lifecycle.impediment.Impediments;
import io.tenure.lifecycle.obligation.Obligations;
import io.tenure.lifecycle.policy.TenantPolicies;
import io.tenure.lifecycle.tenant.KnownTenants;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.hibernate.LockMode;

/**
 * The terminations of all tenants. Every change holds the row's lock until the commit, so that facts that several
 * replicas receive at the same time complete a phase only once. Methods join the caller's transaction.
 */
@ApplicationScoped
public class Terminations {

    /** The result of a request for a termination. */
    sealed interface Requested {

        /** The id of the tenant's termination. */
        UUID id();

        /** A new termination begins. @param impediments what forbids its deletion already */
        record Begun(Termination termination, List<Impediment> impediments) implements Requested {

            @Override
            public UUID id() {
                return termination.id();
            }
        }

        /** The tenant already had one. */
        record Present(UUID id) implements Requested {}
    }

    private static final String INSERT = """
            INSERT INTO termination (id, tenant_id, state, requested_at, period_ms, maximum_ms, customer_extension_ms,
                customer_extensions, time_zone)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (tenant_id) WHERE state <> 'CANCELLED' DO NOTHING""";
    private static final String START_DELETIONS = """
            UPDATE termination SET state = started.state, deletion_started_at = started.at
            FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS started (id, state, at)
            WHERE termination.id = started.id""";

    private final KnownTenants tenants;
    private final TenantPolicies policies;
    private final Obligations obligations;
    private final EvidenceLog evidence;
    private final Confirmations confirmations;
    private final Impediments impediments;
    private final AdministrativeActions actions;
    private final Clock clock;

    Terminations(
            KnownTenants tenants,
            TenantPolicies policies,
            Obligations obligations,
            EvidenceLog evidence,
            Confirmations confirmations,
            Impediments impediments,
            AdministrativeActions actions,
            Clock clock) {
        this.tenants = tenants;
        this.policies = policies;
        this.obligations = obligations;
        this.evidence = evidence;
        this.confirmations = confirmations;
        this.impediments = impediments;
        this.actions = actions;
        this.clock = clock;
    }

    /**
     * Begins a tenant's termination, unless the tenant has one that was not cancelled. Records that the caller
     * confirmed the whole checklist.
     *
     * @param id the id of the termination, if it begins
     * @return a Uni that fails with {@link Problem} 404 for an unknown tenant
     */
    Uni<Requested> request(UUID id, UUID tenantId) {
        return tenants.exists(tenantId)
                .invoke(known -> {
                    if (!known) {
                        throw Problem.notFoundYet("tenant");
                    }
                })
                .chain(() -> policies.termsOf(tenantId))
                .flatMap(terms -> begin(Termination.request(id, tenantId, terms, clock.instant())));
    }

    private Uni<Requested> begin(Termination.Beginning beginning) {
        return insert(beginning.termination())
                .flatMap(inserted -> inserted
                        ? tell(beginning)
                        : present(beginning.termination().tenantId())
                                // Cancelled between the two statements, so a new one may begin.
                                .flatMap(id -> id == null
                                        ? begin(beginning)
                                        : Uni.createFrom().item(new Requested.Present(id))));
    }

    private Uni<Requested> tell(Termination.Beginning beginning) {
        Termination termination = beginning.termination();
        return confirmations
                .keep(termination)
                .chain(() -> obligations.begin(termination.id(), Command.DISABLE))
                .chain(() -> obligations.begin(termination.id(), Command.DELETE))
                .chain(() -> evidence.publish(
                        termination.tenantId(), termination.id(), termination.path(), beginning.fact()))
                .chain(() -> actions.record(
                        termination.tenantId(), "termination.request", termination.path(), termination.id()))
                .chain(() -> impediments.of(termination.id()))
                .map(found -> new Requested.Begun(termination, found));
    }

    /** Waits for a concurrent request of the same tenant to commit or roll back. */
    private static Uni<Boolean> insert(Termination termination) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(INSERT)
                        .setParameter(1, termination.id())
                        .setParameter(2, termination.tenantId())
                        .setParameter(3, termination.state().name())
                        .setParameter(4, termination.requestedAt())
                        .setParameter(5, termination.terms().period().toMillis())
                        .setParameter(6, termination.terms().maximum().toMillis())
                        .setParameter(7, termination.terms().customerExtension().toMillis())
                        .setParameter(8, termination.terms().customerExtensions())
                        .setParameter(9, termination.terms().timeZone())
                        .executeUpdate())
                .map(inserted -> inserted == 1);
    }

    private static Uni<UUID> present(UUID tenantId) {
        return Panache.getSession().flatMap(session -> session.createNativeQuery(
                        "SELECT id FROM termination WHERE tenant_id = ?1 AND state <> 'CANCELLED'", UUID.class)
                .setParameter(1, tenantId)
                .getSingleResultOrNull());
    }

    /** A termination, locked until the commit; null if there is none. */
    public Uni<Termination> lock(UUID id) {
        return Panache.getSession().flatMap(session -> session.find(Termination.class, id, LockMode.PESSIMISTIC_WRITE));
    }

    /**
     * A tenant's terminations, but for those that were cancelled, locked until the commit, oldest first. Whoever changes
     * what forbids deletions takes these locks, because the gate takes them too.
     */
    public Uni<List<Termination>> lockAllOf(UUID tenantId) {
        return Panache.getSession().flatMap(session -> session.createQuery(
                        "from Termination where tenantId = ?1 and state <> CANCELLED order by id", Termination.class)
                .setParameter(1, tenantId)
                .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .getResultList());
    }

    /**
     * The termination that a fact is about, locked until the commit.
     *
     * @return a Uni that fails with {@link Refusal} if the tenant has no such termination
     */
    public Uni<Termination> concernedBy(Arrival arrival, UUID terminationId) {
        return lock(terminationId).invoke(termination -> {
            if (termination == null
                    || !termination.tenantId().equals(arrival.event().tenantId())) {
                throw new Refusal("no-such-termination", "the tenant has no such termination");
            }
        });
    }

    /**
     * Applies a fact to its termination and stores it as evidence.
     *
     * @param resourceId the asset, credential or notice that it is about, or null
     * @param transition what it changes; returns false if it is late. A late fact of an ended termination is not stored
     * @return the termination, locked; a Uni that fails with {@link Refusal} if the fact can never be right
     */
    public Uni<Termination> take(
            Arrival arrival, UUID terminationId, UUID resourceId, Predicate<Termination> transition) {
        return concernedBy(arrival, terminationId)
                .call(termination -> take(arrival, termination, resourceId, transition));
    }

    /** The same for a termination that {@link #concernedBy} has locked. */
    public Uni<Void> take(
            Arrival arrival, Termination termination, UUID resourceId, Predicate<Termination> transition) {
        boolean expected = transition.test(termination);
        return expected || !termination.isOver()
                ? evidence.keep(termination.id(), arrival.event(), arrival.bytes(), resourceId)
                : Uni.createFrom().voidItem();
    }

    /**
     * Stores that the deletions of these terminations have started, with one statement. The caller holds their locks.
     */
    public Uni<Void> storeDeletionStarts(SqlConnection connection, List<Termination> started) {
        return connection
                .preparedQuery(START_DELETIONS)
                .execute(Tuple.of(
                        started.stream().map(Termination::id).toArray(UUID[]::new),
                        started.stream().map(one -> one.state().name()).toArray(String[]::new),
                        started.stream()
                                .map(one -> one.deletionStartedAt().atOffset(ZoneOffset.UTC))
                                .toArray(OffsetDateTime[]::new)))
                .replaceWithVoid();
    }
}
