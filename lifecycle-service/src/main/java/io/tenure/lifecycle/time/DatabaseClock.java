package io.tenure.lifecycle.time;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;

/**
 * The time that decides: the database's, so that no replica with a wrong clock ends a retention early or late. Statements that
 * compare with it call {@code present_time()} themselves.
 */
@ApplicationScoped
public class DatabaseClock {

    /**
     * The present instant, in microseconds. Joins the caller's session. Whoever has waited for a lock asks afterwards, so that
     * what is stored never precedes what was stored before.
     */
    public Uni<Instant> now() {
        return Panache.getSession().flatMap(session -> session.createNativeQuery("SELECT present_time()", Instant.class)
                .getSingleResult());
    }
}
