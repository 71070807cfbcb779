package io.tenure.lifecycle.time;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;

/**
 * The authoritative time is the database's, so that a replica with a wrong clock cannot end a retention early or late.
 * SQL statements that compare times call {@code present_time()} themselves.
 */
@ApplicationScoped
public class DatabaseClock {

    /**
     * The current time, in microseconds. Joins the caller's session. Call it after waiting for a lock, so that stored
     * times never go backwards.
     */
    public Uni<Instant> now() {
        return Panache.getSession().flatMap(session -> session.createNativeQuery("SELECT present_time()", Instant.class)
                .getSingleResult());
    }
}
