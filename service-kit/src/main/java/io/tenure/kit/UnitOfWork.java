package io.tenure.kit;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.outbox.OutboxRelay;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.Supplier;

/** One database transaction in which state changes and the events that tell of them are committed together. */
@ApplicationScoped
public class UnitOfWork {

    private final OutboxRelay relay;

    UnitOfWork(OutboxRelay relay) {
        this.relay = relay;
    }

    /**
     * Runs {@code work} in a transaction and wakes the relay once it is committed. Inside another unit of work, joins it.
     *
     * @return what {@code work} returned, after the commit; on a failure everything is rolled back
     */
    public <T> Uni<T> run(Supplier<Uni<T>> work) {
        return Panache.withTransaction(work).invoke(relay::wake);
    }
}
