package io.tenure.lifecycle.obligation;

import java.time.Instant;
import java.util.List;

/**
 * What a phase of a termination still waits for.
 *
 * @param participants the services that owe it, in alphabetical order
 * @param at when that was so, by the database's clock in the statement that read it. A phase that ends, ends then: a
 *     replica's own clock may be behind for seconds after its machine was suspended, and would shorten a retention
 */
public record Owed(List<String> participants, Instant at) {

    /** Whether the phase can end. */
    public boolean isNothing() {
        return participants.isEmpty();
    }
}
