package io.tenure.lifecycle.worklist;

/** Why something waits for a person, or for time. */
public enum MatterKind {
    /** The gate does not let a deletion start. */
    GATE,
    /** A service failed at something, and may try again by itself. */
    FAILURE,
    /** A notice to the customer could not be delivered, or its delivery is not proven in time. */
    NOTICE,
    /** A deletion is done, and something of the manifest is not accounted for. */
    EVIDENCE,
    /** A service has not reported in time that it did what it was asked for. */
    OVERDUE,
    /** A legal hold stops a deletion that has begun. */
    HOLD,
    /** A legal hold was to be reviewed. */
    REVIEW
}
