package io.tenure.provisioning.platform.sandbox;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/** {@code tenure.sandbox}: where the sandbox lies and what it may take. */
@ConfigMapping(prefix = "tenure.sandbox")
public interface SandboxConfig {

    /** A directory of its own; made if absent. */
    Path root();

    /** The locations in which it has storage: directories below the root, or mounts there. */
    Set<String> locations();

    /** Size of the largest disk that it makes, in MiB. */
    int largestDiskMib();

    /** Space that must stay free, in MiB. */
    int reserveMib();

    /** How long a call waits for another one that is at work on the same asset. */
    Duration lockWait();
}
