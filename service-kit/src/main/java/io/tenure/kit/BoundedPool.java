package io.tenure.kit;

import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The database connections of a service, with a limit on how many callers may wait for one: beyond
 * {@code tenure.db.max-waiting} a request gets 503 and {@code Retry-After} at once, and a record or task waits where it
 * is.
 */
@Singleton
class BoundedPool implements PgPoolCreator {

    private final int maxWaiting;

    BoundedPool(@ConfigProperty(name = "tenure.db.max-waiting") int maxWaiting) {
        this.maxWaiting = maxWaiting;
    }

    @Override
    public Pool create(Input input) {
        return PgBuilder.pool()
                .with(input.poolOptions().setMaxWaitQueueSize(maxWaiting))
                .connectingTo(input.pgConnectOptionsList().getFirst())
                .using(input.vertx())
                .build();
    }
}
