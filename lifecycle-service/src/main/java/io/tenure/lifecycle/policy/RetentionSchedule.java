package io.tenure.lifecycle.policy;

import java.time.Instant;
import java.util.List;

/**
 * When a retention ends and when the customer is warned.
 *
 * @param version from 1; each change makes the next one
 * @param warnings ascending, each after the version was made and before the end
 */
public record RetentionSchedule(int version, Instant madeAt, Instant endsAt, List<Instant> warnings) {}
