package io.tenure.lifecycle.policy;

import io.tenure.kit.problem.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/**
 * What was agreed with a customer about the retention of its data. A termination keeps the terms of the instant at which
 * it was requested: what is agreed later moves no retention that runs.
 *
 * <p>Lengths are exact: a day has 24 hours, also where clocks change in between.
 *
 * @param period how long everything is kept; positive
 * @param maximum how long at most, with all extensions, from the start; not below the period
 * @param customerExtension by how much the customer itself may extend it at most, at a time; zero for not at all
 * @param customerExtensions how often; not negative
 * @param timeZone the customer's, as an IANA id; only for people who read the end
 */
public record RetentionTerms(
        Duration period, Duration maximum, Duration customerExtension, int customerExtensions, String timeZone) {

    /** Who wants the retention to be longer. */
    public enum Extender {
        /** The provider's operators. */
        PROVIDER,
        /** The customer's own administrator. */
        CUSTOMER
    }

    /** An instant as clocks show it where the customer is, with the offset from UTC; null for null. */
    public String there(Instant instant) {
        return instant == null
                ? null
                : DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(instant.atZone(ZoneId.of(timeZone)));
    }

    /**
     * Refuses another end of a retention than these terms allow.
     *
     * @param floor the shortest retention that is allowed at all
     * @param endsAt the present end
     * @param customerExtensionsUsed how often the customer extended it before
     */
    public void mustAllow(
            Extender by,
            Duration floor,
            Instant startedAt,
            Instant endsAt,
            Instant newEnd,
            int customerExtensionsUsed,
            Instant now) {
        if (!newEnd.isAfter(now)) {
            throw new Refusal("end-in-the-past", "The new end must be in the future, and is " + newEnd + ".");
        }
        if (newEnd.isBefore(startedAt.plus(floor))) {
            throw new Refusal(
                    "below-minimum",
                    "The retention must last until " + startedAt.plus(floor) + " at least: that is the minimum.");
        }
        if (!newEnd.isAfter(endsAt)) {
            throw new Refusal(
                    "retention-shortened", "A retention can only become longer. It ends at " + endsAt + " now.");
        }
        if (newEnd.isAfter(startedAt.plus(maximum))) {
            throw new Refusal(
                    "beyond-maximum",
                    "The retention may last until " + startedAt.plus(maximum)
                            + " at most. That is what the terms of this" + " termination say.");
        }
        switch (by) {
            case PROVIDER -> {}
            case CUSTOMER -> mustAllowCustomer(endsAt, newEnd, customerExtensionsUsed);
        }
    }

    private void mustAllowCustomer(Instant endsAt, Instant newEnd, int used) {
        if (used >= customerExtensions) {
            throw new Refusal(
                    "extended-before",
                    "You may extend the retention " + customerExtensions
                            + " times yourself, and did. Ask your provider.");
        }
        if (newEnd.isAfter(endsAt.plus(customerExtension))) {
            throw new Refusal(
                    "beyond-customer-limit",
                    "You may extend the retention until " + endsAt.plus(customerExtension)
                            + " yourself. Ask your provider for more.");
        }
    }
}
