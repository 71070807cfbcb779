package io.tenure.lifecycle.schedule;

import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * How long everything is kept before it is deleted, and when the customer is warned (matrix rows P1.6a and P4.4: one
 * month).
 *
 * @param period not below the floor
 * @param floor positive; the shortest period that the provider has promised to any customer
 * @param warnings how long before the end, longest first; each positive, shorter than the period, and different; at
 *     least one
 * @param lateness how late a warning may reach the customer before the retention is rescheduled; positive. Up to then
 *     the deletion only waits that much longer
 */
public record RetentionPolicy(Duration period, Duration floor, List<Duration> warnings, Duration lateness) {

    /** @throws IllegalArgumentException saying which setting is wrong and why */
    public RetentionPolicy {
        if (floor.isNegative() || floor.isZero()) {
            throw new IllegalArgumentException("tenure.retention.floor must be positive, and is " + floor);
        }
        if (period.compareTo(floor) < 0) {
            throw new IllegalArgumentException("tenure.retention.period is " + period
                    + ", which is below tenure.retention.floor of " + floor
                    + ". Keep data longer, or lower the floor if no customer was promised it.");
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

    /** The first schedule of a retention that starts now. */
    public RetentionSchedule startingAt(Instant now) {
        return schedule(1, now, now.plus(period));
    }

    /** A later schedule, made now, with only those warnings that are still to come. */
    RetentionSchedule rescheduled(int version, Instant now, Instant endsAt) {
        return schedule(version, now, endsAt);
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
                @ConfigProperty(name = "tenure.retention.floor") Duration floor,
                @ConfigProperty(name = "tenure.retention.warnings") List<Duration> warnings,
                @ConfigProperty(name = "tenure.retention.lateness") Duration lateness) {
            return new RetentionPolicy(period, floor, warnings, lateness);
        }
    }
}
