package io.tenure.provisioning.platform.sandbox;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.time.Duration;

/** {@code tenure.sandbox}: where the sandbox lies and what it may take. */
@ConfigMapping(prefix = "tenure.sandbox")
public interface SandboxConfig {

    /** A directory of its own; made if absent. */
    Path root();

    /** Size of the largest disk that it makes, in MiB. */
    int largestDiskMib();

    /** Space that must stay free, in MiB. */
    int reserveMib();

    /** How long a call waits for another one that is at work on the same asset. */
    Duration lockWait();
}
