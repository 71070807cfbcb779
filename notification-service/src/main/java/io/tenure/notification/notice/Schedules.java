package io.tenure.notification.notice;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;

/**
 * Which version of a retention's schedule counts. The row serialises facts about one termination, which may arrive in
 * any order: a replayed dead letter comes after newer facts.
 */
@ApplicationScoped
class Schedules {

    /**
     * Records a version, in the caller's transaction.
     *
     * @return true if it is newer and the termination was not cancelled
     */
    Uni<Boolean> advance(UUID terminationId, int version) {
        return Panache.getSession().flatMap(session -> session.createNativeQuery("""
                        INSERT INTO retention_schedule AS known (termination_id, version, closed) VALUES (?1, ?2, false)
                        ON CONFLICT (termination_id) DO UPDATE SET version = excluded.version
                            WHERE known.version < excluded.version AND NOT known.closed""")
                .setParameter(1, terminationId)
                .setParameter(2, version)
                .executeUpdate()
                .map(changed -> changed == 1));
    }

    /** The termination is cancelled: no schedule counts any more. In the caller's transaction. */
    Uni<Void> close(UUID terminationId) {
        return Panache.getSession().flatMap(session -> session.createNativeQuery("""
                        INSERT INTO retention_schedule (termination_id, version, closed) VALUES (?1, 0, true)
                        ON CONFLICT (termination_id) DO UPDATE SET closed = true""")
                .setParameter(1, terminationId)
                .executeUpdate()
                .replaceWithVoid());
    }
}
