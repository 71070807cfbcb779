package io.tenure.audit.log;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.VertxContextSupport;
import io.smallrye.mutiny.Uni;
import io.tenure.events.AuditFact.LogOpened;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.outbox.Outbox;
import io.tenure.verifier.note.Checkpoint;
import io.tenure.verifier.tree.Merkle;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jboss.logging.Logger;

/**
 * Opens the log when the first replica starts on an empty database: records its name and key, signs the empty tree, and
 * publishes {@link LogOpened}. Every later start must use the same key.
 */
@ApplicationScoped
class LogOpening {

    private static final Logger LOG = Logger.getLogger(LogOpening.class);

    /** The log belongs to the provider, not to a tenant. */
    private static final UUID NO_TENANT = new UUID(0, 0);

    private final UnitOfWork unitOfWork;
    private final Outbox outbox;
    private final LogKey key;
    private final Clock clock;

    LogOpening(UnitOfWork unitOfWork, Outbox outbox, LogKey key, Clock clock) {
        this.unitOfWork = unitOfWork;
        this.outbox = outbox;
        this.key = key;
        this.clock = clock;
    }

    /** Runs before the consumer, which needs a head to continue from. */
    void open(@Observes @Priority(1) StartupEvent event) throws Throwable {
        boolean opened = VertxContextSupport.subscribeAndAwait(this::open);
        LOG.infof(
                "%s log %s",
                opened ? "Opened the" : "Continuing the", key.verifier().vkey());
    }

    private Uni<Boolean> open() {
        Instant now = clock.instant();
        return unitOfWork.run(() -> Panache.getSession().chain(session -> session.createNativeQuery(
                        "INSERT INTO log (origin, verifier_key, opened_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
                .setParameter(1, key.origin())
                .setParameter(2, key.verifier().vkey())
                .setParameter(3, now)
                .executeUpdate()
                .chain(inserted -> inserted == 1 ? begin(session, now) : requireSameKey(session))));
    }

    private Uni<Boolean> begin(Mutiny.Session session, Instant now) {
        String note = key.sign(new Checkpoint(key.origin(), 0, Merkle.emptyRoot()));
        return session.createNativeQuery("INSERT INTO checkpoint (size, note, signed_at) VALUES (0, ?1, ?2)")
                .setParameter(1, note)
                .setParameter(2, now)
                .executeUpdate()
                .chain(() -> outbox.append(
                        NO_TENANT,
                        "/log",
                        null,
                        new LogOpened(key.origin(), key.verifier().vkey())))
                .replaceWith(true);
    }

    private Uni<Boolean> requireSameKey(Mutiny.Session session) {
        return session.createNativeQuery("SELECT verifier_key FROM log", String.class)
                .getSingleResult()
                .map(recorded -> {
                    if (!recorded.equals(key.verifier().vkey())) {
                        throw new IllegalStateException("This database holds the log of the key " + recorded
                                + ", and tenure.log.signing-key-file has another. Bring that key back: a log cannot "
                                + "change its key without becoming another log.");
                    }
                    return false;
                });
    }
}
