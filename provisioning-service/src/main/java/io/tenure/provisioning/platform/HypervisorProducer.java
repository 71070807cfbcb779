package io.tenure.provisioning.platform;

import io.quarkus.runtime.Startup;
import io.tenure.provisioning.platform.sandbox.SandboxConfig;
import io.tenure.provisioning.platform.sandbox.SandboxDriver;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Chooses the driver that {@code tenure.hypervisor.driver} names. */
class HypervisorProducer {

    @Produces
    @Singleton
    @Startup
    HypervisorDriver driver(@ConfigProperty(name = "tenure.hypervisor.driver") String name, SandboxConfig sandbox) {
        return switch (name) {
            case "sandbox" -> new SandboxDriver(sandbox);
            default ->
                throw new IllegalArgumentException("tenure.hypervisor.driver must be one of: sandbox; it is " + name);
        };
    }
}
