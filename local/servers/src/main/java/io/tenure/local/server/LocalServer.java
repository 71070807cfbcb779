package io.tenure.local.server;

import io.tenure.local.process.ChildProcess;
import java.io.IOException;
import java.util.Optional;

/** One server of the local platform. It listens on the loopback interface only. */
public interface LocalServer extends AutoCloseable {

    /** Its name in progress lines, pid files and log files. */
    String name();

    /** Where it listens on 127.0.0.1. */
    int port();

    /**
     * Starts it on its directory, which keeps its state from one start to the next; returns when it serves.
     *
     * @throws io.tenure.local.process.StartFailure when it ends early or is not ready in time, with its last log lines
     */
    void start() throws IOException;

    /** Stops it in order, by force if need be. Does nothing when it does not run. */
    void stop();

    /** Its process; empty where it is not running, or runs inside this JVM. */
    Optional<ChildProcess> process();

    @Override
    default void close() {
        stop();
    }
}
