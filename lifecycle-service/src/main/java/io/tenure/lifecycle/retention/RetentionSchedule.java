package io.tenure.lifecycle.retention;

import java.time.Instant;
import java.util.List;

/**
 * One retention.
 *
 * @param warnings ascending, each after the start and before the end
 */
public record RetentionSchedule(Instant startedAt, Instant endsAt, List<Instant> warnings) {}
