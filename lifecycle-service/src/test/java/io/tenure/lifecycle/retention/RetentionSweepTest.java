package io.tenure.lifecycle.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.vertx.VertxContextSupport;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.lifecycle.LifecycleTest;
import io.tenure.lifecycle.MovableClock;
import io.tenure.lifecycle.Records;
import io.tenure.lifecycle.Records.Told;
import io.tenure.lifecycle.Story;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@LifecycleTest
class RetentionSweepTest {

    /** A sweep that waits for somebody's lock never ends. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Inject
    MovableClock clock;

    @Inject
    RetentionSweeper sweeper;

    @Test
    void concurrentSweepersFireEachRetentionOnce() throws Exception {
        List<Story> stories = Stream.generate(() -> noticed()).limit(6).toList();
        CyclicBarrier together = new CyclicBarrier(4);
        try (var threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> sweeps = IntStream.range(0, 4)
                    .<Future<?>>mapToObj(i -> threads.submit(() -> {
                        if (together.await() == 0) {
                            clock.advance(Duration.ofDays(30));
                        }
                        sweep();
                        return null;
                    }))
                    .toList();
            for (Future<?> sweep : sweeps) {
                sweep.get();
            }
        }
        for (Story story : stories) {
            story.awaitState("DELETING");
            await().until(() ->
                    !Records.published(story.tenant, DeletionStarted.class).isEmpty());
            assertThat(Records.published(story.tenant, DeletionStarted.class)).hasSize(1);
        }
        // Whoever might fire a second time has its chance now.
        sweep();
        for (Story story : stories) {
            assertThat(story.steps("DeletionStarted")).isEqualTo(1);
        }
    }

    @Test
    void whatAnotherReplicaHoldsIsSkipped() throws Exception {
        Story held = noticed();
        Story free = noticed();
        try (Connection replica = Story.connect()) {
            replica.setAutoCommit(false);
            try (var claim =
                    replica.prepareStatement("SELECT 1 FROM retention_timer WHERE termination_id = ? FOR UPDATE")) {
                claim.setObject(1, held.termination);
                claim.executeQuery();
            }
            clock.advance(Duration.ofDays(30));
            free.awaitState("DELETING");
            // Neither waits for the lock nor takes what is locked.
            sweep();
            assertThat(held.get().<String>path("state")).isEqualTo("RETAINED");
            // The replica dies; its transaction is rolled back.
            replica.rollback();
        }
        held.awaitState("DELETING");
        assertThat(held.steps("DeletionStarted")).isEqualTo(1);
    }

    @Test
    void aTerminationInAHandlersHandsIsSkipped() throws Exception {
        Story story = noticed();
        try (Connection handler = Story.connect()) {
            handler.setAutoCommit(false);
            try (var lock = handler.prepareStatement("SELECT 1 FROM termination WHERE id = ? FOR NO KEY UPDATE")) {
                lock.setObject(1, story.termination);
                lock.executeQuery();
            }
            clock.advance(Duration.ofDays(30));
            sweep();
            assertThat(story.get().<String>path("state")).isEqualTo("RETAINED");
            handler.rollback();
        }
        story.awaitState("DELETING");
    }

    private Story noticed() {
        Story story = Story.retained(clock);
        story.delivered().forEach(Told::publish);
        story.awaitSteps("NoticeDelivered", Story.NOTICES);
        return story;
    }

    private void sweep() {
        try {
            VertxContextSupport.subscribeAndAwait(
                    () -> sweeper.sweep().ifNoItem().after(PATIENCE).fail());
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }
}
