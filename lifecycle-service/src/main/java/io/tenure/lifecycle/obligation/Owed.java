package io.tenure.lifecycle.obligation;

import java.util.List;

/**
 * What a phase of a termination still waits for.
 *
 * @param participants the services that owe it, in alphabetical order
 */
public record Owed(List<String> participants) {

    /** Whether the phase can end. */
    public boolean isNothing() {
        return participants.isEmpty();
    }
}
