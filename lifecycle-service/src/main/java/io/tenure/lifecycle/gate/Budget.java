package io.tenure.lifecycle.gate;

/**
 * How many deletions may start on a day (UTC), so that a mistake in many requests is seen before it is carried out for
 * all.
 *
 * @param perDay the number that was set, or that of the day by default: a share of the tenants, at least a few
 * @param released what two people added for this day
 * @param started how many have started on it
 */
record Budget(int perDay, long released, int started) {

    /** How many more may start; 0 if none, also where the number was lowered since. */
    int left() {
        return (int) Math.clamp(perDay + released - started, 0, Integer.MAX_VALUE);
    }
}
