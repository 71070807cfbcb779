package io.tenure.benchmarks;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/** A service that was started and is ready. Closing stops it. */
interface Running extends AutoCloseable {

    /** Its base address. */
    URI url();

    long pid();

    /** From the start of the process until it said that it is ready. */
    Duration ready();

    /** Memory that it holds now. */
    long rssKiB();

    /** Its log file. */
    Path log();

    @Override
    void close();
}
