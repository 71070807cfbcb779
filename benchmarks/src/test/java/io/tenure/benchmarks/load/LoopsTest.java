package io.tenure.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoopsTest {

    private static final Duration SHORT = Duration.ofMillis(300);

    @Test
    void aStallIsSeenByAllWhoWouldHaveComeMeanwhile() throws Exception {
        var stalled = new AtomicBoolean();
        // One client, one request per millisecond, and one of them takes 200 ms: those behind it wait for it.
        var load = OpenLoop.run(1000, 1, Duration.ZERO, Duration.ofMillis(400), (client, sequence) -> {
            if (stalled.compareAndSet(false, true)) {
                TimeUnit.MILLISECONDS.sleep(200);
            }
        });
        assertThat(load.done()).isEqualTo(400);
        assertThat(load.millis(100)).isGreaterThanOrEqualTo(200);
        // An uncorrected measurement would say that 399 of 400 took no time. Here a quarter waited 100 ms and longer.
        assertThat(load.millis(75)).isGreaterThanOrEqualTo(95);
    }

    @Test
    void anOpenLoopKeepsItsRateWhateverTheAnswersDo() throws Exception {
        var sequences = ConcurrentHashMap.<Long>newKeySet();
        var load = OpenLoop.run(200, 8, Duration.ZERO, SHORT, (client, sequence) -> {
            sequences.add(sequence);
            TimeUnit.MILLISECONDS.sleep(5);
        });
        assertThat(load.done()).isEqualTo(60);
        assertThat(sequences).hasSize(60).contains(0L, 59L);
    }

    @Test
    void anOpenLoopThatFallsBehindSaysSo() throws Exception {
        var load = OpenLoop.run(
                1000, 1, Duration.ZERO, Duration.ofMillis(100), (client, sequence) -> TimeUnit.MILLISECONDS.sleep(3));
        assertThat(load.done()).isEqualTo(100);
        assertThat(load.perSecond()).isLessThan(500);
    }

    @Test
    void theWarmupDoesNotCount() throws Exception {
        var all = new AtomicLong();
        var open = OpenLoop.run(1000, 2, SHORT, Duration.ofMillis(100), (client, sequence) -> all.incrementAndGet());
        assertThat(open.done()).isEqualTo(100);
        assertThat(all).hasValue(400);
        all.set(0);
        var closed = ClosedLoop.run(2, SHORT, Duration.ofMillis(100), (client, sequence) -> {
            all.incrementAndGet();
            TimeUnit.MILLISECONDS.sleep(1);
        });
        assertThat(closed.done()).isPositive().isLessThan(all.get() / 2);
    }

    @Test
    void everyClientOfAClosedLoopWaitsForItsAnswer() throws Exception {
        var busy = new AtomicLong();
        var most = new AtomicLong();
        var load = ClosedLoop.run(4, Duration.ZERO, SHORT, (client, sequence) -> {
            assertThat(client).isBetween(0, 3);
            most.accumulateAndGet(busy.incrementAndGet(), Math::max);
            TimeUnit.MILLISECONDS.sleep(2);
            busy.decrementAndGet();
        });
        assertThat(most).hasValueLessThanOrEqualTo(4);
        assertThat(load.millis(50)).isGreaterThanOrEqualTo(2);
        assertThat(load.perSecond()).isLessThanOrEqualTo(4 / 0.002);
    }

    @Test
    void aFailureFailsTheLoadWithItsReason() {
        assertThatThrownBy(() -> ClosedLoop.run(2, Duration.ZERO, SHORT, (client, sequence) -> {
                    throw new IOException("refused");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("refused");
        assertThatThrownBy(() -> OpenLoop.run(100, 2, Duration.ZERO, SHORT, (client, sequence) -> {
                    throw new IOException("refused");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasRootCauseInstanceOf(IOException.class);
    }
}
