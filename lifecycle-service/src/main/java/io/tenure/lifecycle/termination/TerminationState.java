package io.tenure.lifecycle.termination;

/** The states of a termination. */
public enum TerminationState {
    /** Requested; nothing is disabled yet. */
    REQUESTED,
    /** Assets and access are being disabled. */
    DISABLING,
    /** Everything is disabled; the data is kept until the retention ends. */
    RETAINED,
    /** The data is being sanitized and the keys destroyed; there is no way back. */
    DELETING,
    /** Everything is gone and certified. */
    DELETED,
    /** Cancelled; assets and access are being restored. */
    RESTORING,
    /** Cancelled, and everything is restored. */
    CANCELLED
}
