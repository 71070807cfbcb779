package io.tenure.provisioning.operation;

import io.smallrye.config.ConfigMapping;
import io.tenure.platform.Intent;
import java.time.Duration;
import java.util.Map;

/** {@code tenure.operations}: how platforms are driven. */
@ConfigMapping(prefix = "tenure.operations")
interface OperationConfig {

    /** How long an operation may go on without progress before it counts as stalled, per intent. */
    Map<Intent, Duration> deadline();

    /** How long a platform may take to answer one call. */
    Duration answerWithin();

    /**
     * How long a platform may hold back the answer to a poll if the operation may end soon; less than
     * {@link #answerWithin}.
     */
    Duration patience();

    /** How often an operation that takes longer is polled. */
    Duration pollEvery();
}
