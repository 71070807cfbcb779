package io.tenure.benchmarks.run;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/** A service that was started and is ready. Closing stops it. */
public interface Running extends AutoCloseable {

    /** Its base address. */
    URI url();

    long pid();

    /** From the start of the process until it said that it is ready. */
    Duration ready();

    /** Returns when it says that it is ready, which it may not be while its servers change under it. */
    void awaitReady() throws IOException, InterruptedException;

    /** Memory that it holds now. */
    long rssKiB();

    /** Its log file. */
    Path log();

    @Override
    void close();
}
