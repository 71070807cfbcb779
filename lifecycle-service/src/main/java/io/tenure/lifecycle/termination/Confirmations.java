package io.tenure.lifecycle.termination;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.access.Caller;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;

/** Who confirmed what with the request for a termination. Never changed. Methods join the caller's transaction. */
@ApplicationScoped
public class Confirmations {

    private final Caller caller;

    Confirmations(Caller caller) {
        this.caller = caller;
    }

    /** Records that the caller confirmed the whole checklist. */
    Uni<Void> keep(Termination termination) {
        Object[] confirmed = Checklist.ROWS.entrySet().stream()
                .map(item -> new Confirmation(
                        termination.id(),
                        item.getKey(),
                        item.getValue(),
                        caller.id(),
                        caller.roles(),
                        termination.requestedAt()))
                .toArray();
        return Panache.getSession().flatMap(session -> session.persistAll(confirmed));
    }

    /** What was confirmed, in the order of the matrix. */
    public Uni<List<Confirmation>> of(UUID terminationId) {
        return Panache.getSession().flatMap(session -> session.createQuery(
                        "from Confirmation where terminationId = ?1 order by matrixRow, item", Confirmation.class)
                .setParameter(1, terminationId)
                .getResultList());
    }
}
