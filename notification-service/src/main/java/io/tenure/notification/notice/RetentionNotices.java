package io.tenure.notification.notice;

import io.tenure.events.LifecycleFact.RetentionRescheduled;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.kit.problem.Refusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The notices of one version of a retention's schedule: one that tells its end, due at once, and a warning for each
 * instant that the lifecycle service named (row P1.6a).
 *
 * @param version from 1; grows each time the retention is rescheduled
 */
record RetentionNotices(UUID terminationId, int version, List<Notice> notices) {

    private static final int FIRST = 1;

    static RetentionNotices of(UUID tenantId, RetentionStarted fact, Instant now) {
        return of(
                tenantId,
                NoticeKind.RETENTION_STARTED,
                fact.terminationId(),
                FIRST,
                fact.retentionEndsAt(),
                fact.warnings(),
                fact.timeZone(),
                now);
    }

    /** @throws Refusal if the version is not above the first */
    static RetentionNotices of(UUID tenantId, RetentionRescheduled fact, Instant now) {
        if (fact.version() <= FIRST) {
            throw new Refusal("schedule-version", "A rescheduled retention must have a version above the first");
        }
        return of(
                tenantId,
                switch (fact.cause()) {
                    case LATE_WARNING -> NoticeKind.RETENTION_RESCHEDULED;
                    case EXTENDED_BY_PROVIDER, EXTENDED_BY_CUSTOMER -> NoticeKind.RETENTION_EXTENDED;
                },
                fact.terminationId(),
                fact.version(),
                fact.retentionEndsAt(),
                fact.warnings(),
                fact.timeZone(),
                now);
    }

    private static RetentionNotices of(
            UUID tenantId,
            NoticeKind first,
            UUID terminationId,
            int version,
            Instant endsAt,
            List<Instant> warnings,
            String timeZone,
            Instant now) {
        List<Notice> notices = new ArrayList<>();
        notices.add(Notice.ofRetention(tenantId, first, terminationId, version, 1, now, endsAt, timeZone, now));
        for (Instant warning : warnings) {
            notices.add(Notice.ofRetention(
                    tenantId,
                    NoticeKind.RETENTION_WARNING,
                    terminationId,
                    version,
                    notices.size(),
                    warning,
                    endsAt,
                    timeZone,
                    now));
        }
        return new RetentionNotices(terminationId, version, List.copyOf(notices));
    }
}
