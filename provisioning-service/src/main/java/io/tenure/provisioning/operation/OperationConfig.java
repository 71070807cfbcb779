package io.tenure.provisioning.operation;

import io.smallrye.config.ConfigMapping;
import io.tenure.platform.Intent;
import java.time.Duration;
import java.util.Map;

/** {@code tenure.operations}: how platforms are driven. */
@ConfigMapping(prefix = "tenure.operations")
interface OperationConfig {

    /** How long an operation may go on without progress before it counts as stalled, by what it is for. */
    Map<Intent, Duration> deadline();

    /** How long a platform may take to answer a question. */
    Duration answerWithin();

    /** How long an answer may be held back for an operation that ends soon; less than {@link #answerWithin}. */
    Duration patience();

    /** How often it is asked how an operation stands that takes longer. */
    Duration pollEvery();
}
