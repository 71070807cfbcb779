package io.tenure.benchmarks.report;

/** What a table of the report is about. */
public interface Subject {

    /** Its letter in the table, for instance {@code a} or {@code b2}. */
    String id();

    /** What {@code ./tenure bench NAME} takes. */
    String name();

    /** What is measured, in a line. */
    String title();
}
