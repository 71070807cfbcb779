package io.tenure.provisioning;

import io.smallrye.mutiny.Uni;
import io.tenure.platform.Answer;
import io.tenure.platform.Capabilities;
import io.tenure.platform.Intent;
import io.tenure.platform.Inventory;
import io.tenure.platform.Operation;
import io.tenure.platform.Platform;
import io.tenure.platform.PlatformDriver;
import io.tenure.platform.Priority;
import jakarta.decorator.Decorator;
import jakarta.decorator.Delegate;
import jakarta.enterprise.inject.Any;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The service's platforms, which misbehave when a test asks for it, for that test's tenant only. */
@Decorator
@jakarta.annotation.Priority(1)
public class Faults implements PlatformDriver {

    private static final Fault NONE = new Fault() {};
    private static final Map<UUID, Fault> FAULTS = new ConcurrentHashMap<>();
    private static final Map<String, Operation> STARTED = new ConcurrentHashMap<>();

    private final PlatformDriver driver;

    Faults(@Delegate @Any PlatformDriver driver) {
        this.driver = driver;
    }

    /** What happens instead of a call. */
    public interface Fault {

        default Uni<String> start(Platform real, Operation operation) {
            return real.start(operation);
        }

        default Uni<Answer> poll(Intent intent, Supplier<Uni<Answer>> real) {
            return real.get();
        }

        default Uni<Void> cancel(Intent intent, Supplier<Uni<Void>> real) {
            return real.get();
        }

        default Uni<Inventory> inventory(Supplier<Uni<Inventory>> real) {
            return real.get();
        }
    }

    public static void of(UUID tenant, Fault fault) {
        FAULTS.put(tenant, fault);
    }

    public static void end(UUID tenant) {
        FAULTS.remove(tenant);
    }

    @Override
    public List<? extends Platform> platforms() {
        return driver.platforms().stream().map(Faulty::new).toList();
    }

    private record Faulty(Platform real) implements Platform {

        @Override
        public String name() {
            return real.name();
        }

        @Override
        public Capabilities capabilities() {
            return real.capabilities();
        }

        @Override
        public Uni<Optional<UUID>> identity() {
            return real.identity();
        }

        @Override
        public Uni<UUID> mark(UUID proposed) {
            return real.mark(proposed);
        }

        @Override
        public Uni<String> start(Operation operation) {
            return FAULTS.getOrDefault(operation.command().tenantId(), NONE)
                    .start(real, operation)
                    .invoke(handle -> STARTED.put(handle, operation));
        }

        @Override
        public Uni<Answer> poll(String handle, Duration patience) {
            Operation operation = STARTED.get(handle);
            return FAULTS.getOrDefault(operation.command().tenantId(), NONE)
                    .poll(operation.command().intent(), () -> real.poll(handle, patience));
        }

        @Override
        public Uni<Void> cancel(String handle) {
            Operation operation = STARTED.get(handle);
            return FAULTS.getOrDefault(operation.command().tenantId(), NONE)
                    .cancel(operation.command().intent(), () -> real.cancel(handle));
        }

        @Override
        public Uni<Inventory> inventory(UUID identity, UUID tenantId, Priority priority) {
            return FAULTS.getOrDefault(tenantId, NONE).inventory(() -> real.inventory(identity, tenantId, priority));
        }
    }
}
