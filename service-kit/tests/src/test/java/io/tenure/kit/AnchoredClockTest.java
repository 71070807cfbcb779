package io.tenure.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnchoredClockTest {

    private static final Instant START = Instant.parse("2026-11-30T12:00:00.123456Z");

    /** Real time, and what the clocks of the machine and of the database make of it. */
    private static final class World extends Clock {

        private Duration passed = Duration.ZERO;
        private Duration ownAhead = Duration.ZERO;
        private Duration databaseAhead = Duration.ZERO;
        private long nanos = Long.MAX_VALUE - 7;

        private void pass(Duration time) {
            passed = passed.plus(time);
            nanos += time.toNanos();
        }

        /** The monotonic clock of a machine that is suspended stands still. */
        private void suspend(Duration time) {
            passed = passed.plus(time);
        }

        private Instant database() {
            return START.plus(passed).plus(databaseAhead);
        }

        @Override
        public Instant instant() {
            return START.plus(passed).plus(ownAhead);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    private final World world = new World();
    private final AnchoredClock clock = new AnchoredClock(world, () -> world.nanos);

    /** Asks the database, which answers after one way and is heard after the other. */
    private void ask(Duration there, Duration back) {
        var asked = clock.read();
        world.pass(there);
        Instant told = world.database();
        world.pass(back);
        clock.told(told, asked);
    }

    private void askAtOnce() {
        ask(Duration.ofMillis(1), Duration.ofMillis(1));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 86_400, -86_400, 400L * 86_400})
    void whatTheMachineSaysHasNoPartInIt(long ahead) {
        world.ownAhead = Duration.ofSeconds(ahead);
        askAtOnce();
        assertEquals(world.database(), clock.instant());
        assertEquals(Duration.ofSeconds(ahead), clock.offset());

        world.pass(Duration.ofHours(1));
        assertEquals(world.database(), clock.instant());
    }

    @Test
    void aMachineWhoseClockIsSetMeanwhileTellsTheSameTime() {
        askAtOnce();
        world.ownAhead = Duration.ofDays(-1);
        assertEquals(world.database(), clock.instant());
        askAtOnce();
        assertEquals(world.database(), clock.instant());
        assertEquals(Duration.ofDays(-1), clock.offset());
    }

    @Test
    void decidesNothingBeforeTheDatabaseHasAnswered() {
        assertThrows(IllegalStateException.class, clock::instant);
    }

    @Test
    void tellsNoMoreThanTheDatabaseKeeps() {
        askAtOnce();
        for (int i = 0; i < 1000; i++) {
            world.pass(Duration.ofNanos(1337));
            assertEquals(0, clock.instant().getNano() % 1000);
        }
    }

    /** A refresh that fails tells nothing: the last answer holds, for as long as it takes. */
    @Test
    void goesOnWhileTheDatabaseIsAway() {
        askAtOnce();
        world.pass(Duration.ofDays(3));
        assertEquals(world.database(), clock.instant());
    }

    /** The answer left at once and took ten seconds to arrive: the middle of that is five seconds off. */
    @Test
    void anAnswerThatTookLongIsNotTrusted() {
        askAtOnce();
        ask(Duration.ZERO, Duration.ofSeconds(10));
        assertEquals(world.database(), clock.instant());
    }

    @Test
    void aBetterAnswerReplacesOneThatTookLong() {
        ask(Duration.ZERO, Duration.ofSeconds(10));
        assertEquals(Duration.ofSeconds(5), Duration.between(clock.instant(), world.database()));
        askAtOnce();
        assertEquals(world.database(), clock.instant());
    }

    /** The monotonic clock may run a little wrong, so in time an answer that took longer is the better one. */
    @Test
    void anOldAnswerIsWorthLessThanANewOne() {
        askAtOnce();
        world.databaseAhead = Duration.ofMillis(200);
        world.pass(Duration.ofHours(1));
        ask(Duration.ofMillis(50), Duration.ofMillis(50));
        assertEquals(world.database(), clock.instant());
    }

    @Test
    void aMachineThatWasSuspendedIsRightAgainWithTheNextAnswer() {
        askAtOnce();
        world.suspend(Duration.ofHours(8));
        assertEquals(Duration.ofHours(8), clock.offset());
        askAtOnce();
        assertEquals(world.database(), clock.instant());
        assertEquals(Duration.ZERO, clock.offset());
    }

    /** Its monotonic clock says that the answer came at once, and its wall clock that it took eight hours. */
    @Test
    void anAnswerThatIsHeardAfterASleepIsNotTrusted() {
        askAtOnce();
        world.pass(Duration.ofSeconds(10));
        var asked = clock.read();
        Instant told = world.database();
        world.suspend(Duration.ofHours(8));
        clock.told(told.minusSeconds(3), asked);
        assertEquals(Duration.ofHours(8), Duration.between(clock.instant(), world.database()));
        askAtOnce();
        assertEquals(world.database(), clock.instant());
    }

    /** As after a failover to a server whose clock is behind: the clock follows, back as well, and by that much only. */
    @Test
    void followsTheDatabaseThatThereIs() {
        askAtOnce();
        world.pass(Duration.ofSeconds(10));
        world.databaseAhead = Duration.ofSeconds(-2);
        Instant before = clock.instant();
        askAtOnce();
        assertEquals(world.database(), clock.instant());
        assertEquals(Duration.ofSeconds(2).minusMillis(2), Duration.between(clock.instant(), before));
    }
}
