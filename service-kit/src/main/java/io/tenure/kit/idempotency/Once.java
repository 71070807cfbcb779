package io.tenure.kit.idempotency;

import java.util.UUID;

/** What came of a command that {@link IdempotencyKeys} lets happen once. */
public sealed interface Once<T> {

    /**
     * The command ran now and is committed.
     *
     * @param result what it returned; an answer is made of this, not read again
     */
    record First<T>(T result) implements Once<T> {}

    /**
     * An earlier request with the same key ran it.
     *
     * @param id of the resource that came of it then
     */
    record Repeated<T>(UUID id) implements Once<T> {}
}
