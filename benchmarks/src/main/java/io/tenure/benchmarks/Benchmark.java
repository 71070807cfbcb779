package io.tenure.benchmarks;

/** One path of the table: ours and its peers, measured in one run. */
interface Benchmark {

    /** Its letter in the table, for instance {@code a} or {@code b2}. */
    String id();

    /** What {@code ./tenure bench NAME} takes. */
    String name();

    /** What is measured, in a line. */
    String title();

    /**
     * Measures it. Whatever it started is stopped when it returns or throws.
     *
     * @throws Exception when it could not be measured at all; a single figure that could not is {@link Figure#missing}
     */
    Outcome run(Bench bench) throws Exception;
}
