package io.tenure.lifecycle.policy;

import io.quarkus.runtime.Startup;
import io.tenure.kit.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * How long everything is kept before it is deleted, and when the customer is warned (matrix rows P1.6a and P4.4: one
 * month).
 *
 * @param standard what holds for a tenant with which nothing else is agreed; its period is not below the floor
 * @param floor positive; the shortest period that the law allows, or that the provider has promised to any customer
 * @param warnings how long before the end, longest first; each positive, shorter than the standard period, and
 *     different; at least one
 * @param lateness how late a warning may reach the customer before the retention is rescheduled; positive. Up to then
 *     the deletion only waits that much longer
 */
public record RetentionPolicy(RetentionTerms standard, Duration floor, List<Duration> warnings, Duration lateness) {

    /** @throws IllegalArgumentException saying which setting is wrong and why */
    public RetentionPolicy {
        Duration period = standard.period();
        if (floor.isNegative() || floor.isZero()) {
            throw new IllegalArgumentException("tenure.retention.floor must be positive, and is " + floor);
        }
        if (period.compareTo(floor) < 0) {
            throw new IllegalArgumentException("tenure.retention.period is " + period
                    + ", which is below tenure.retention.floor of " + floor
                    + ". Keep data longer, or lower the floor if no customer was promised it.");
        }
        if (standard.maximum().compareTo(period) < 0) {
            throw new IllegalArgumentException("tenure.retention.maximum is " + standard.maximum()
                    + ", which is below tenure.retention.period of " + period);
        }
        if (standard.customerExtension().isNegative() || standard.customerExtensions() < 0) {
            throw new IllegalArgumentException("tenure.retention.customer-extension and"
                    + " tenure.retention.customer-extensions must not be negative, and are "
                    + standard.customerExtension() + " and " + standard.customerExtensions());
        }
        if (!ZoneId.getAvailableZoneIds().contains(standard.timeZone())) {
            throw new IllegalArgumentException(
                    "tenure.retention.time-zone must be an id of the IANA time zone database," + " and is "
                            + standard.timeZone());
        }
        if (warnings.isEmpty()) {
            throw new IllegalArgumentException("tenure.retention.warnings must name at least one warning");
        }
        for (Duration warning : warnings) {
            if (warning.isNegative() || warning.isZero() || warning.compareTo(period) >= 0) {
                throw new IllegalArgumentException("tenure.retention.warnings must be positive and shorter than the"
                        + " period of " + period + ", and one is " + warning);
            }
        }
        if (warnings.stream().distinct().count() < warnings.size()) {
            throw new IllegalArgumentException("tenure.retention.warnings must differ, and are " + warnings);
        }
        if (lateness.isNegative() || lateness.isZero()) {
            throw new IllegalArgumentException("tenure.retention.lateness must be positive, and is " + lateness);
        }
        warnings = warnings.stream().sorted(Comparator.reverseOrder()).toList();
    }

    /** The first schedule of a retention that starts now, under these terms. */
    public RetentionSchedule startingAt(Instant now, RetentionTerms terms) {
        return schedule(1, now, now.plus(terms.period()));
    }

    /** A later schedule, made now, with only those warnings that are still to come. */
    public RetentionSchedule rescheduled(int version, Instant now, Instant endsAt) {
        return schedule(version, now, endsAt);
    }

    /**
     * Refuses what must not be agreed with a tenant.
     *
     * @param period how long everything is kept
     * @param maximum how long at most, with all extensions
     */
    void mustAllow(Duration period, Duration maximum) {
        if (period.compareTo(floor) < 0) {
            throw new Refusal("below-minimum", "The period must be " + floor + " at least, and is " + period + ".");
        }
        if (period.compareTo(warnings.getFirst()) <= 0) {
            throw new Refusal(
                    "period-too-short",
                    "The period must be longer than " + warnings.getFirst()
                            + ": that long before the end the customer is warned for the first time.");
        }
        if (maximum.compareTo(period) < 0) {
            throw new Refusal("period-too-long", "The period is longer than the maximum of " + maximum + ".");
        }
        if (maximum.compareTo(standard.maximum()) > 0) {
            throw new Refusal("beyond-maximum", "The maximum may be " + standard.maximum() + " at most.");
        }
    }

    private RetentionSchedule schedule(int version, Instant now, Instant endsAt) {
        return new RetentionSchedule(
                version,
                now,
                endsAt,
                warnings.stream()
                        .map(endsAt::minus)
                        .filter(warning -> warning.isAfter(now))
                        .toList());
    }

    @ApplicationScoped
    static class Configured {

        @Produces
        @Singleton
        @Startup
        RetentionPolicy policy(
                @ConfigProperty(name = "tenure.retention.period") Duration period,
                @ConfigProperty(name = "tenure.retention.maximum") Duration maximum,
                @ConfigProperty(name = "tenure.retention.customer-extension") Duration customerExtension,
                @ConfigProperty(name = "tenure.retention.customer-extensions") int customerExtensions,
                @ConfigProperty(name = "tenure.retention.time-zone") String timeZone,
                @ConfigProperty(name = "tenure.retention.floor") Duration floor,
                @ConfigProperty(name = "tenure.retention.warnings") List<Duration> warnings,
                @ConfigProperty(name = "tenure.retention.lateness") Duration lateness) {
            return new RetentionPolicy(
                    new RetentionTerms(period, maximum, customerExtension, customerExtensions, timeZone),
                    floor,
                    warnings,
                    lateness);
        }
    }
}
