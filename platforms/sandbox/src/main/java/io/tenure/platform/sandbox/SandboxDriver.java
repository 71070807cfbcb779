package io.tenure.platform.sandbox;

import io.quarkus.runtime.Startup;
import io.tenure.platform.PlatformDriver;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The sandboxes that are configured, made at start, so that an unusable directory shows then and not at the first
 * order.
 */
@ApplicationScoped
@Startup
public class SandboxDriver implements PlatformDriver {

    private final List<SandboxPlatform> platforms = new ArrayList<>();

    /** @throws IllegalStateException if a root is missing, cannot be used, or belongs to two of them */
    public SandboxDriver(SandboxConfig config) {
        Map<String, SandboxConfig.Instance> instances = new TreeMap<>(config.instances());
        // The one without a name is always in the map.
        instances
                .entrySet()
                .removeIf(instance -> instance.getKey().equals(SandboxConfig.UNNAMED)
                        && instance.getValue().root().isEmpty()
                        && instance.getValue().locations().isEmpty());
        mustBeApart(instances);
        instances.forEach((name, instance) -> platforms.add(new SandboxPlatform(name, instance)));
    }

    /** A root carries one mark: two platforms in it would be one. */
    private static void mustBeApart(Map<String, SandboxConfig.Instance> instances) {
        List<Path> roots = instances.values().stream()
                .flatMap(instance -> instance.root().stream())
                .map(root -> root.toAbsolutePath().normalize())
                .toList();
        for (int i = 0; i < roots.size(); i++) {
            for (int j = 0; j < roots.size(); j++) {
                if (i != j && roots.get(i).startsWith(roots.get(j))) {
                    throw new IllegalStateException(
                            "Two sandboxes share a directory, and each must have one of its own: " + roots.get(i));
                }
            }
        }
    }

    @Override
    public List<SandboxPlatform> platforms() {
        return List.copyOf(platforms);
    }

    @PreDestroy
    void close() {
        platforms.forEach(SandboxPlatform::close);
    }
}
