package io.tenure.credential.temporary;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import io.tenure.credential.access.TenantAccesses;
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
     * Issues the initial credential of an asset, unless it has or had one, or the tenant's access is not open: a termination
     * that overtook the asset's order leaves it without.
     */
    public Uni<Void> issueInitial(UUID tenantId, Target target, UUID assetId) {
        return accesses.lock(tenantId).flatMap(access -> {
            if (!access.isOpen()) {
                LOG.infof("No credential for %s %s: the tenant's access is %s", target, assetId, access.state());
                return Uni.createFrom().voidItem();
            }
            UUID id = Ids.next();
            return exists(assetId)
                    .flatMap(exists -> exists
                            ? Uni.createFrom().voidItem()
                            : keys.encrypt(
                                            tenantId,
                                            Credential.purpose(id),
                                            Secret.random().bytes())
                                    .flatMap(ciphertext -> issue(
                                            id, tenantId, target, assetId, username(target, assetId), ciphertext)));
        });
    }

    /** Issues a credential whose secret is known to its target already; the caller holds the tenant's lock. */
    public Uni<Void> issue(UUID id, UUID tenantId, Target target, UUID targetId, String username, byte[] ciphertext) {
        Credential credential =
                new Credential(id, tenantId, target, targetId, username, ciphertext, clock.instant(), validFor);
        return Panache.getSession()
                .flatMap(session -> session.persist(credential))
                .chain(() -> outbox.append(
                        tenantId,
                        Credential.path(id),
                        null,
                        new CredentialIssued(id, target, targetId, credential.expiresAt())))
                .replaceWithVoid();
    }

    /** The user's name at the target. */
    public static String username(Target target, UUID targetId) {
        return switch (target) {
            // The end of a UUIDv7 is random; its beginning is the time, alike for all of one minute.
            case TENANT -> "tenant-" + targetId.toString().substring(24);
            case VDC -> "vdc-" + targetId.toString().substring(24);
            case VM -> "vmadmin";
        };
    }

    /** One credential; null if there is none. */
    public Uni<Credential> find(UUID id) {
        return Panache.getSession().flatMap(session -> session.find(Credential.class, id));
    }

    /** One credential, locked until the end of the transaction; null if there is none. Taken before locks on its links. */
    public Uni<Credential> lock(UUID id) {
        return Panache.getSession()
                .flatMap(session -> session.find(Credential.class, id, LockModeType.PESSIMISTIC_WRITE));
    }

    /** The credential of a row with all columns of the table. */
    public static Credential of(Row row) {
        Credential credential = new Credential();
        credential.id = row.getUUID("id");
        credential.tenantId = row.getUUID("tenant_id");
        credential.target = Target.valueOf(row.getString("target"));
        credential.targetId = row.getUUID("target_id");
        credential.username = row.getString("username");
        Buffer ciphertext = row.getBuffer("ciphertext");
        credential.ciphertext = ciphertext == null ? null : ciphertext.getBytes();
        credential.state = Credential.State.valueOf(row.getString("state"));
        credential.issuedAt = row.getOffsetDateTime("issued_at").toInstant();
        credential.expiresAt = row.getOffsetDateTime("expires_at").toInstant();
        return credential;
    }

    /** Stores of a credential, which the caller has locked, that it was handed over. */
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

    private static Uni<Boolean> exists(UUID targetId) {
        return Panache.getSession()
                .flatMap(session -> session.createSelectionQuery(
                                "select count(*) from Credential where targetId = ?1", Long.class)
                        .setParameter(1, targetId)
                        .getSingleResult())
                .map(count -> count > 0);
    }

    /** Erases what can no longer be shown. */
    @Scheduled(every = "10m", delayed = "1m", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    public Uni<Void> eraseExpired() {
        return pool.preparedQuery(
                        "UPDATE credential SET ciphertext = NULL WHERE ciphertext IS NOT NULL AND expires_at <= $1")
                .execute(Tuple.of(clock.instant().atOffset(ZoneOffset.UTC)))
                .replaceWithVoid();
    }
}
