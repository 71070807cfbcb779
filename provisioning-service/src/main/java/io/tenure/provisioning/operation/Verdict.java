package io.tenure.provisioning.operation;

import io.tenure.platform.DriverException;
import io.tenure.platform.Outcome;
import java.time.Duration;

/** What follows from {@link News} of an operation. */
public sealed interface Verdict {

    /** It goes on. @param move what is asked at once */
    record GoOn(Move move) implements Verdict {}

    /** It goes on. @param delay when it is asked after again */
    record Wait(Duration delay) implements Verdict {}

    /** Nobody works on it any more, and how it ended is not known: it is to be started again, if it is still wanted. */
    record Lost(OpenOperation operation) implements Verdict {}

    /** It is over, and not open any more. */
    record Done(Outcome outcome) implements Verdict {}

    /** It is over, and not open any more. */
    record Failed(DriverException error) implements Verdict {}
}
