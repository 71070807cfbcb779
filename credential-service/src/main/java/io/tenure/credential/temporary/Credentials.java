package io.tenure.credential.temporary;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import io.tenure.credential.access.TenantAccesses;
import io.tenure.events.CredentialFact;
import io.tenure.events.CredentialFact.CredentialIssued;
import io.tenure.events.CredentialFact.Target;
import io.tenure.kit.Ids;
import io.tenure.kit.encryption.TenantKeys;
import io.tenure.kit.outbox.Outbox;
import io.vertx.mutiny.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** The temporary credentials. All methods but the sweep take part in the caller's session and transaction. */
@ApplicationScoped
public class Credentials {

    private static final Logger LOG = Logger.getLogger(Credentials.class);

    private static final String HAND_OVER =
            "UPDATE credential SET state = $2, ciphertext = $3, handed_over_at = $4 WHERE id = $1";

    private final TenantAccesses accesses;
    private final TenantKeys keys;
    private final Outbox outbox;
    private final Clock clock;
    private final Pool pool;
    private final Duration validFor;

    Credentials(
            TenantAccesses accesses,
            TenantKeys keys,
            Outbox outbox,
            Clock clock,
            Pool pool,
            @ConfigProperty(name = "tenure.credential.valid-for") Duration validFor) {
        this.accesses = accesses;
        this.keys = keys;
        this.outbox = outbox;
        this.clock = clock;
        this.pool = pool;
        this.validFor = validFor;
    }

    /**
     * Creates the first credential of a tenant, VM or VDC, unless it has or had one. During a termination it is
     * withheld, so that the tenant gets one if the termination is cancelled; after the deletion there is none.
     *
     * @return whether its target does not know it yet, such as the identity provider for an administrator
     */
    public Uni<Boolean> first(UUID tenantId, Target target, UUID targetId) {
        return accesses.lock(tenantId).flatMap(access -> latest(targetId).flatMap(found -> {
            if (found != null) {
                return Uni.createFrom().item(false);
            }
            return switch (access.state()) {
                case OPEN -> make(Ids.next(), tenantId, target, targetId, 1).map(Credential::isPrepared);
                case RESTRICTED ->
                    persist(Credential.withheld(Ids.next(), tenantId, target, targetId, clock.instant(), validFor))
                            .replaceWith(false);
                case DESTROYED -> {
                    LOG.infof("No credential for %s %s: the tenant is deleted", target, targetId);
                    yield Uni.createFrom().item(false);
                }
            };
        }));
    }

    /**
     * Creates the successor of a void credential; the caller holds the tenant's lock. It is issued at once if its
     * target does not have to learn it first, otherwise it stays prepared.
     */
    public Uni<Credential> next(UUID id, Credential before) {
        return make(id, before.tenantId, before.target, before.targetId, before.number + 1);
    }

    private Uni<Credential> make(UUID id, UUID tenantId, Target target, UUID targetId, int number) {
        return keys.encrypt(tenantId, Credential.purpose(id), Secret.random().bytes())
                .map(ciphertext ->
                        new Credential(id, tenantId, target, targetId, number, ciphertext, clock.instant(), validFor))
                .call(made -> switch (target) {
                    case TENANT -> persist(made);
                    case VM, VDC -> {
                        CredentialIssued issued = made.issue();
                        yield persist(made).chain(() -> tell(made, null, issued));
                    }
                });
    }

    /**
     * Flushes earlier changes first: the database allows one credential in force per target, and would otherwise see
     * the new one first.
     */
    private static Uni<Void> persist(Credential credential) {
        return Panache.getSession().flatMap(session -> session.flush().chain(() -> session.persist(credential)));
    }

    private Uni<Void> tell(Credential credential, UUID terminationId, CredentialFact fact) {
        return outbox.append(credential.tenantId, Credential.path(credential.id), terminationId, fact)
                .replaceWithVoid();
    }

    /** Issues a prepared credential that its target knows now; the caller holds the tenant's lock. */
    public Uni<Void> issue(Credential credential) {
        return tell(credential, null, credential.issue());
    }

    /** Voids a credential; the caller holds its lock and voids its links. @param terminationId the cause, or null */
    public Uni<Void> revoke(Credential credential, UUID terminationId) {
        return credential
                .revoke(terminationId, clock.instant())
                .map(fact -> tell(credential, terminationId, fact))
                .orElseGet(() -> Uni.createFrom().voidItem());
    }

    /** The secret of a credential that is not erased. */
    public Uni<Secret> secret(Credential credential) {
        return keys.decrypt(credential.tenantId, Credential.purpose(credential.id), credential.ciphertext)
                .map(Secret::of);
    }

    /** One credential; null if there is none. */
    public Uni<Credential> find(UUID id) {
        return Panache.getSession().flatMap(session -> session.find(Credential.class, id));
    }

    /**
     * One credential, locked until the end of the transaction; null if there is none. Take this lock before locks on
     * its links.
     */
    public Uni<Credential> lock(UUID id) {
        return Panache.getSession()
                .flatMap(session -> session.find(Credential.class, id, LockModeType.PESSIMISTIC_WRITE));
    }

    /** Maps a row with all columns of the table. */
    public static Credential of(Row row) {
        Credential credential = new Credential();
        credential.id = row.getUUID("id");
        credential.tenantId = row.getUUID("tenant_id");
        credential.target = Target.valueOf(row.getString("target"));
        credential.targetId = row.getUUID("target_id");
        credential.number = row.getInteger("number");
        credential.username = row.getString("username");
        Buffer ciphertext = row.getBuffer("ciphertext");
        credential.ciphertext = ciphertext == null ? null : ciphertext.getBytes();
        credential.state = Credential.State.valueOf(row.getString("state"));
        credential.issuedAt = row.getOffsetDateTime("issued_at").toInstant();
        credential.expiresAt = row.getOffsetDateTime("expires_at").toInstant();
        return credential;
    }

    /** Stores that a credential was handed over. The caller holds its lock. */
    public Uni<Void> storeHandOver(SqlConnection connection, Credential credential) {
        return connection
                .preparedQuery(HAND_OVER)
                .execute(Tuple.of(
                        credential.id,
                        credential.state.name(),
                        credential.ciphertext,
                        credential.handedOverAt.atOffset(ZoneOffset.UTC)))
                .replaceWithVoid();
    }

    /** Up to {@code limit} credentials of a tenant with ids above {@code after}, ascending. */
    public Uni<List<Credential>> page(UUID tenantId, UUID after, int limit) {
        return Panache.getSession().flatMap(session -> session.createSelectionQuery(
                        "from Credential where tenantId = ?1 and id > ?2 order by id", Credential.class)
                .setParameter(1, tenantId)
                .setParameter(2, after)
                .setMaxResults(limit)
                .getResultList());
    }

    /** All credentials of a tenant that are not destroyed, locked. */
    public Uni<List<Credential>> lockAll(UUID tenantId) {
        return Panache.getSession().flatMap(session -> session.createSelectionQuery(
                        "from Credential where tenantId = ?1 and state <> ?2 order by id", Credential.class)
                .setParameter(1, tenantId)
                .setParameter(2, Credential.State.DESTROYED)
                .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .getResultList());
    }

    /**
     * The latest credential of a tenant, VM or VDC, locked; null if there is none. The caller holds the tenant's lock.
     */
    public Uni<Credential> latest(UUID targetId) {
        return Panache.getSession().flatMap(session -> session.createSelectionQuery(
                        "from Credential where targetId = ?1 order by number desc", Credential.class)
                .setParameter(1, targetId)
                .setMaxResults(1)
                .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .getSingleResultOrNull());
    }

    /**
     * The latest credentials of a tenant's targets that a termination voided before anybody saw them, or withheld; the
     * caller holds the tenant's lock.
     */
    public Uni<List<Credential>> neverSeen(UUID tenantId) {
        return Panache.getSession().flatMap(session -> session.createSelectionQuery("""
                        from Credential one where tenantId = ?1 and state = ?2 and handedOverAt is null
                        and number = (select max(number) from Credential other where other.targetId = one.targetId)
                        order by id""", Credential.class)
                .setParameter(1, tenantId)
                .setParameter(2, Credential.State.REVOKED)
                .getResultList());
    }

    /**
     * The tenant of a credential; null if there is none. Does not load the entity, so that a later lock reads the
     * current row.
     */
    public Uni<UUID> tenantOf(UUID id) {
        return Panache.getSession().flatMap(session -> session.createSelectionQuery(
                        "select tenantId from Credential where id = ?1", UUID.class)
                .setParameter(1, id)
                .getSingleResultOrNull());
    }

    /** Erases expired ciphertexts. */
    @Scheduled(every = "10m", delayed = "1m", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    public Uni<Void> eraseExpired() {
        return pool.preparedQuery(
                        "UPDATE credential SET ciphertext = NULL WHERE ciphertext IS NOT NULL AND expires_at <= $1")
                .execute(Tuple.of(clock.instant().atOffset(ZoneOffset.UTC)))
                .replaceWithVoid();
    }
}
