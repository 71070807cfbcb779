package io.tenure.lifecycle.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tenure.events.Fact;
import io.tenure.events.LifecycleFact.RetentionRescheduled;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.kit.testing.MovableClock;
import io.tenure.lifecycle.LifecycleTest;
import io.tenure.lifecycle.Records;
import io.tenure.lifecycle.Story;
import io.tenure.lifecycle.Time;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** After its machine was suspended a replica is behind for some seconds. The customer has all the time still. */
@LifecycleTest
class ReplicaBehindTest {

    private static final Duration BEHIND = Duration.ofHours(8);

    @Inject
    MovableClock replica;

    @BeforeEach
    void putBack() {
        replica.advance(BEHIND.negated());
    }

    @AfterEach
    void putForward() {
        replica.advance(BEHIND);
    }

    @Test
    void theRetentionIsNotShortened() {
        Instant before = Time.now();
        RetentionStarted started = told(Story.retained(), RetentionStarted.class);

        assertThat(started.retentionStartedAt()).isAfterOrEqualTo(before);
        assertThat(started.retentionEndsAt())
                .isEqualTo(started.retentionStartedAt().plus(Duration.ofDays(30)));
    }

    @Test
    void theTimeThatALateWarningPromisesIsNotShortened() {
        Story story = Story.retained();
        Time.advance(Duration.ofDays(31));
        Instant late = Time.now();

        story.delivered(2).publish();

        assertThat(told(story, RetentionRescheduled.class).retentionEndsAt())
                .isAfterOrEqualTo(late.plus(Duration.ofDays(7)));
    }

    private static <T extends Fact> T told(Story story, Class<T> type) {
        await().until(() -> Records.published(story.tenant, type).size() == 1);
        return type.cast(Records.published(story.tenant, type).getFirst().fact());
    }
}
