package io.tenure.provisioning.operation;

import io.tenure.platform.Intent;
import java.time.Instant;
import java.util.UUID;

/**
 * An operation that has not ended as far as the records know. It is stored before the platform is asked to start it.
 *
 * @param subjectId the asset or tenant that it is for; each has one at a time
 * @param platform the platform's name
 * @param epoch fences off workers that come late
 * @param handle the platform's id for it, used to poll; null until it is known to have started
 * @param done progress in the platform's own units, up to {@code total}; null before the first report
 * @param stalled whether its deadline has passed, by the database's clock
 */
public record OpenOperation(
        UUID id,
        UUID subjectId,
        String platform,
        Intent intent,
        long epoch,
        String handle,
        Long done,
        Long total,
        Instant begunAt,
        boolean stalled) {

    public boolean isStarted() {
        return handle != null;
    }

    OpenOperation startedAs(String handle) {
        return new OpenOperation(id, subjectId, platform, intent, epoch, handle, done, total, begunAt, stalled);
    }
}
