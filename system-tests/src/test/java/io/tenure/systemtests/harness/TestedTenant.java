package io.tenure.systemtests.harness;

import java.util.List;
import java.util.UUID;

/** A tenant that a test drives, as the report of a failure and the last look at all of them need it. */
public interface TestedTenant {

    /** What its test calls it. */
    String label();

    /** Its id. */
    UUID tenantId();

    /** What happened to it, one line per event. */
    String chronicle();

    /** Whether its check has passed. */
    boolean isSettled();

    /** The check that it passed before must still hold. */
    void recheck();

    /** The topics of the dead letters that tests have provoked, each as often as it was. */
    List<String> expectedDeadLetters();
}
