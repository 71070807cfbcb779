package io.tenure.provisioning.operation;

import io.tenure.platform.Intent;
import java.time.Instant;
import java.util.UUID;

/**
 * An operation that a platform was, or is about to be, asked for and that has not ended as far as the records know. It is written
 * before the platform hears of it.
 *
 * @param subjectId the asset, or the tenant, that it is about; each has one at a time
 * @param platform the platform's name
 * @param epoch fences workers that come late
 * @param handle by which the platform is asked after it; null as long as nobody knows whether it was started
 * @param done how far it is, in units of the platform's own, up to {@code total}; null before the first news
 * @param stalled whether its deadline is over, by the database's clock
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
