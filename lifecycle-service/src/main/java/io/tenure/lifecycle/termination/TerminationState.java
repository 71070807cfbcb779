package io.tenure.lifecycle.termination;

/** The stations of a termination. */
public enum TerminationState {
    /** Asked for; nothing is disabled yet. */
    REQUESTED,
    /** Assets and access are being shut. */
    DISABLING,
    /** All is shut; the data waits for the end of the retention. */
    RETAINED,
    /** The data is being sanitized and the keys destroyed; there is no way back. */
    DELETING,
    /** All is gone and certified. */
    DELETED,
    /** Called back; assets and access are being restored. */
    RESTORING,
    /** Called back, and all is as before. */
    CANCELLED
}
