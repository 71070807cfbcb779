package io.tenure.audit.ingest;

/** A record's value: an event that can be logged, or the reason why it cannot. */
sealed interface Reading permits EventEnvelope, Reading.Refused {

    /** The value exactly as it was published. */
    byte[] bytes();

    /**
     * A value that goes to the dead-letter topic.
     *
     * @param reason for the operator; does not quote the value
     */
    record Refused(byte[] bytes, String reason) implements Reading {}
}
