package io.tenure.provisioning;

import io.tenure.provisioning.platform.AssetRef;
import io.tenure.provisioning.platform.AssetSpec;
import io.tenure.provisioning.platform.HypervisorDriver;
import io.tenure.provisioning.platform.sandbox.SandboxConfig;
import io.tenure.provisioning.platform.sandbox.SandboxDriver;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The service's platform, which misbehaves where a test asks for it, and for that test's tenant only. */
public class Faults {

    private static final Map<UUID, Fault> FAULTS = new ConcurrentHashMap<>();

    /** What happens in the place of a call. */
    public interface Fault {

        /**
         * @param call the driver's method
         * @param real makes the call
         */
        Object instead(String call, Supplier<Object> real);
    }

    public static void of(UUID tenant, Fault fault) {
        FAULTS.put(tenant, fault);
    }

    public static void end(UUID tenant) {
        FAULTS.remove(tenant);
    }

    @Produces
    @Singleton
    @Alternative
    @Priority(1)
    HypervisorDriver driver(SandboxConfig config) {
        HypervisorDriver sandbox = new SandboxDriver(config);
        return (HypervisorDriver) Proxy.newProxyInstance(
                HypervisorDriver.class.getClassLoader(),
                new Class<?>[] {HypervisorDriver.class},
                (proxy, method, arguments) -> {
                    Supplier<Object> real = () -> {
                        try {
                            return method.invoke(sandbox, arguments);
                        } catch (InvocationTargetException failure) {
                            if (failure.getCause() instanceof RuntimeException unchecked) {
                                throw unchecked;
                            }
                            throw new IllegalStateException(failure.getCause());
                        } catch (IllegalAccessException impossible) {
                            throw new IllegalStateException(impossible);
                        }
                    };
                    return tenant(arguments)
                            .map(FAULTS::get)
                            .map(fault -> Optional.ofNullable(fault.instead(method.getName(), real)))
                            .orElseGet(() -> Optional.ofNullable(real.get()))
                            .orElse(null);
                });
    }

    private static Optional<UUID> tenant(Object[] arguments) {
        return Stream.ofNullable(arguments)
                .flatMap(Stream::of)
                .flatMap(argument -> switch (argument) {
                    case AssetRef asset -> Stream.of(asset.tenantId());
                    case AssetSpec spec -> Stream.of(spec.ref().tenantId());
                    case UUID id -> Stream.of(id);
                    default -> Stream.empty();
                })
                .findFirst();
    }
}
