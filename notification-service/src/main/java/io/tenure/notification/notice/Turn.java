package io.tenure.notification.notice;

import java.time.Duration;

/** Whether a notice that is due is to be sent now. */
public sealed interface Turn {

    /** It is, and is noted as tried once more. */
    record Now(Notice notice) implements Turn {}

    /** Not before an earlier one of the same retention, which is about to leave. */
    record After(Duration pause) implements Turn {}

    /** It need not be sent any more. */
    record Never() implements Turn {}
}
