package io.tenure.local.platform;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How long a terminated tenant is kept, and how long before the end it is warned. A shorter policy keeps the proportions
 * of the one in production (30 days; 14, 7 and 1 before the end), so that the same timers run in the same order.
 *
 * @param period from disablement to deletion
 * @param warnings before the end, longest first
 */
public record Retention(Duration period, List<Duration> warnings) {

    private static final int DAYS = 30;
    private static final List<Integer> WARNING_DAYS = List.of(14, 7, 1);

    /** The policy in production. */
    public static final Retention PRODUCTION = scaled(Duration.ofDays(DAYS));

    /**
     * The production policy compressed to this period.
     *
     * @throws IllegalArgumentException when it is too short for warnings to differ (below 3 s) or longer than in production
     */
    public static Retention scaled(Duration period) {
        if (period.compareTo(Duration.ofSeconds(3)) < 0 || period.compareTo(Duration.ofDays(DAYS)) > 0) {
            throw new IllegalArgumentException("a retention is between PT3S and P30D, and not " + period);
        }
        var warnings = WARNING_DAYS.stream()
                .map(days -> Duration.ofMillis(period.toMillis() * days / DAYS))
                .toList();
        return new Retention(period, warnings);
    }

    /** The warnings as {@code tenure.retention.warnings} takes them. */
    public String warningList() {
        return warnings.stream().map(Duration::toString).collect(Collectors.joining(","));
    }

    /** How many notices a retention sends: one at its start, one per warning. */
    public int notices() {
        return Stream.concat(Stream.of(period), warnings.stream()).toList().size();
    }
}
