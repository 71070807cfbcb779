package io.tenure.provisioning.platform;

import io.quarkus.arc.All;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.Ids;
import io.tenure.platform.DriverException;
import io.tenure.platform.Inventory;
import io.tenure.platform.Platform;
import io.tenure.platform.PlatformDriver;
import io.tenure.platform.Priority;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The configured platforms, and the identity of each one's storage: a platform's mark is stored at the first call, and
 * storage with any other mark is never accepted as that platform.
 */
@Startup
@ApplicationScoped
public class Platforms {

    private final Map<String, Platform> byName = new LinkedHashMap<>();
    private final Map<String, Platform> byLocation = new HashMap<>();
    private final Map<String, UUID> identities = new ConcurrentHashMap<>();
    private final Pool pool;

    Platforms(@All List<PlatformDriver> drivers, Pool pool) {
        this.pool = pool;
        drivers.stream().flatMap(driver -> driver.platforms().stream()).forEach(this::add);
        if (byName.isEmpty()) {
            throw new IllegalStateException("No platform is configured, so nothing can be provisioned:"
                    + " set tenure.sandbox.root, or configure another driver");
        }
    }

    private void add(Platform platform) {
        if (platform.capabilities().sanitization().isEmpty()) {
            throw new IllegalStateException("The platform " + platform.name()
                    + " cannot sanitize what is placed on it, so nothing may be placed there");
        }
        if (byName.put(platform.name(), platform) != null) {
            throw new IllegalStateException("Two platforms are named " + platform.name());
        }
        for (String location : platform.capabilities().locations()) {
            Platform other = byLocation.put(location, platform);
            if (other != null) {
                throw new IllegalStateException("The platforms " + other.name() + " and " + platform.name()
                        + " both have the location " + location + ": a location names one platform");
            }
        }
    }

    /** All of them. */
    public Collection<Platform> all() {
        return byName.values();
    }

    /** The platform that places assets in a location; empty if there is none. */
    public Optional<Platform> in(String location) {
        return Optional.ofNullable(byLocation.get(location));
    }

    /** The platform with this name. @throws DriverException if it is not configured any more */
    public Platform named(String name) {
        return Optional.ofNullable(byName.get(name))
                .orElseThrow(() -> DriverException.passing("the platform " + name
                        + ", on which the asset was placed, is not configured: configure it again"));
    }

    /** The mark that a platform must carry. A platform that was never used is marked first. */
    public Uni<UUID> identity(Platform platform) {
        UUID kept = identities.get(platform.name());
        return kept != null
                ? Uni.createFrom().item(kept)
                : known(platform)
                        .flatMap(known -> known.map(Uni.createFrom()::item)
                                .orElseGet(() -> platform.mark(Ids.next()).flatMap(mark -> keep(platform, mark))))
                        .invoke(found -> identities.put(platform.name(), found));
    }

    /** Everything that a platform holds for a tenant, as the platform itself reports it, without the records. */
    public Uni<Inventory> inventory(Platform platform, UUID tenantId, Priority priority) {
        return identity(platform).flatMap(identity -> platform.inventory(identity, tenantId, priority));
    }

    private Uni<Optional<UUID>> known(Platform platform) {
        return pool.preparedQuery("SELECT identity FROM platform WHERE name = $1")
                .execute(Tuple.of(platform.name()))
                .map(rows -> rows.rowCount() == 0
                        ? Optional.empty()
                        : Optional.of(rows.iterator().next().getUUID(0)));
    }

    /** Another replica may have been first. */
    private Uni<UUID> keep(Platform platform, UUID mark) {
        return pool.preparedQuery("INSERT INTO platform (name, identity) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .execute(Tuple.of(platform.name(), mark))
                .chain(() -> known(platform))
                .map(Optional::orElseThrow);
    }
}
