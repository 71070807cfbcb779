package io.tenure.lifecycle.retention;

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
 * @param period positive
 * @param warnings how long before the end, longest first; each positive, shorter than the period, and different; at least
 *     one
 */
public record RetentionPolicy(Duration period, List<Duration> warnings) {

    /** @throws IllegalArgumentException that says which setting is wrong and why */
    public RetentionPolicy {
        if (period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException("tenure.retention.period must be positive, and is " + period);
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
        warnings = warnings.stream().sorted(Comparator.reverseOrder()).toList();
    }

    /** The schedule of a retention that starts now. */
    public RetentionSchedule startingAt(Instant now) {
        Instant end = now.plus(period);
        return new RetentionSchedule(now, end, warnings.stream().map(end::minus).toList());
    }

    @ApplicationScoped
    static class Configured {

        @Produces
        @Singleton
        @Startup
        RetentionPolicy policy(
                @ConfigProperty(name = "tenure.retention.period") Duration period,
                @ConfigProperty(name = "tenure.retention.warnings") List<Duration> warnings) {
            return new RetentionPolicy(period, warnings);
        }
    }
}
