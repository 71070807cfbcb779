package io.tenure.provisioning.platform;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Which platform the assets were placed on. The records keep its mark from the first call on, and nothing else is ever taken for
 * it.
 */
@ApplicationScoped
class Platforms {

    private final Pool pool;
    private final String name;
    private volatile UUID identity;

    Platforms(Pool pool, @ConfigProperty(name = "tenure.hypervisor.driver") String name) {
        this.pool = pool;
        this.name = name;
    }

    String name() {
        return name;
    }

    /**
     * The mark that the platform must carry.
     *
     * @param first marks a platform on which nothing was ever placed, and tells its mark
     */
    Uni<UUID> identity(Supplier<Uni<UUID>> first) {
        return identity != null
                ? Uni.createFrom().item(identity)
                : known().flatMap(known -> known.map(Uni.createFrom()::item)
                                .orElseGet(() -> first.get().flatMap(this::keep)))
                        .invoke(found -> identity = found);
    }

    private Uni<Optional<UUID>> known() {
        return pool.preparedQuery("SELECT identity FROM platform WHERE name = $1")
                .execute(Tuple.of(name))
                .map(rows -> rows.rowCount() == 0
                        ? Optional.empty()
                        : Optional.of(rows.iterator().next().getUUID(0)));
    }

    /** Another replica may have been first. */
    private Uni<UUID> keep(UUID mark) {
        return pool.preparedQuery("INSERT INTO platform (name, identity) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .execute(Tuple.of(name, mark))
                .chain(this::known)
                .map(Optional::orElseThrow);
    }
}
