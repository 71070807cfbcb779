package io.tenure.provisioning.operation;

import io.tenure.platform.Answer;

/** What a platform said to a {@link Move}. */
public sealed interface News {

    record Started(String handle) implements News {}

    record Stands(Answer answer) implements News {}

    /** It was asked to end the operation. */
    record CancelAsked() implements News {}
}
