package io.tenure.platform.sandbox;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithParentName;
import io.smallrye.config.WithUnnamedKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code tenure.sandbox}: the sandboxes, by the names of their platforms. {@code tenure.sandbox.root} and its like
 * configure the platform {@code sandbox}, and {@code tenure.sandbox.NAME.root} another one.
 */
@ConfigMapping(prefix = "tenure.sandbox")
public interface SandboxConfig {

    /** The platform whose settings have no name in front of them. */
    String UNNAMED = "sandbox";

    @WithParentName
    @WithUnnamedKey(UNNAMED)
    Map<String, Instance> instances();

    /** Where a sandbox lies and what it may take. */
    interface Instance {

        /**
         * A directory of its own; made if absent. Needed, unless nothing is said of the platform without a name: then
         * it is not.
         */
        Optional<Path> root();

        /** The locations in which it has storage: directories below the root, or mounts there. Needed where the root is. */
        Optional<Set<String>> locations();

        /** Size of the largest disk that it makes, in MiB. */
        @WithDefault("4096")
        int largestDiskMib();

        /** Space that must stay free, in MiB. */
        @WithDefault("256")
        int reserveMib();

        /** How long an operation waits for another one that is at work on the same asset. */
        @WithDefault("PT10S")
        Duration lockWait();
    }
}
