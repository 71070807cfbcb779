package io.tenure.notification.notice;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;

/**
 * Which version of a retention's schedule counts. Facts about one termination wait for each other here, in whatever order they
 * come: a dead letter that is put back comes behind newer facts.
 */
@ApplicationScoped
class Schedules {

    /** Takes note of a version, in the caller's transaction. @return false unless it is newer, and the retention goes on */
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

    /** Nothing will be deleted: no schedule counts any more. In the caller's transaction. */
    Uni<Void> close(UUID terminationId) {
        return Panache.getSession().flatMap(session -> session.createNativeQuery("""
                        INSERT INTO retention_schedule (termination_id, version, closed) VALUES (?1, 0, true)
                        ON CONFLICT (termination_id) DO UPDATE SET closed = true""")
                .setParameter(1, terminationId)
                .executeUpdate()
                .replaceWithVoid());
    }
}
