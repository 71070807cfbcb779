package io.tenure.provisioning.operation;

import io.tenure.platform.DriverException;
import io.tenure.platform.Outcome;
import java.time.Duration;

/** What to do next, given {@link News} of an operation. */
public sealed interface Verdict {

    /** Not over. @param move the call to make at once */
    record GoOn(Move move) implements Verdict {}

    /** Not over. @param delay until the next call */
    record Wait(Duration delay) implements Verdict {}

    /** The platform does not know it and its outcome is unknown: start it again if it is still wanted. */
    record Lost(OpenOperation operation) implements Verdict {}

    /** It succeeded and is closed. */
    record Done(Outcome outcome) implements Verdict {}

    /** It failed and is closed. */
    record Failed(DriverException error) implements Verdict {}
}
