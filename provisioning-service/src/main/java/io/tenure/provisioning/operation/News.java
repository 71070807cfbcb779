package io.tenure.provisioning.operation;

import io.tenure.platform.Answer;

/** A platform's answer to a {@link Move}. */
public sealed interface News {

    record Started(String handle) implements News {}

    record Stands(Answer answer) implements News {}

    /** The platform was asked to end the operation. */
    record CancelAsked() implements News {}
}
