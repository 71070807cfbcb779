package io.tenure.notification.notice;

import java.time.Duration;

/** Whether a due notice may be sent now. */
public sealed interface Turn {

    /** Send it now; the attempt is counted. */
    record Now(Notice notice) implements Turn {}

    /** Wait for an earlier notice of the same retention that is about to be sent. */
    record After(Duration pause) implements Turn {}

    /** It does not need to be sent any more. */
    record Never() implements Turn {}
}
