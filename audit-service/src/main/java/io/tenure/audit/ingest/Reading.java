package io.tenure.audit.ingest;

/** What became of a record's value: an event that the log can take, or the reason why it cannot. */
sealed interface Reading permits EventEnvelope, Reading.Refused {

    /** The value exactly as it was published. */
    byte[] bytes();

    /**
     * A value that belongs on the dead-letter topic.
     *
     * @param reason for the operator; quotes nothing of the value
     */
    record Refused(byte[] bytes, String reason) implements Reading {}
}
