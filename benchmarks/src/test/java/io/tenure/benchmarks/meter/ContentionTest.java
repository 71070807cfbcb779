package io.tenure.benchmarks.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ContentionTest {

    private static final String STAT = "cpu  %d 10 100 %d 30 0 50 %d 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\nctxt 1\n";
    private static final String PRESSURE = """
            some avg10=2.48 avg60=2.52 avg300=2.12 total=900000
            full avg10=1.82 avg60=1.57 avg300=1.04 total=%d
            """;

    @Test
    void tellsTheSharesSinceAnEarlierReading() {
        var before = Contention.of(STAT.formatted(1_000, 2_000, 100), PRESSURE.formatted(500_000), 0);
        var after = Contention.of(STAT.formatted(1_500, 2_450, 150), PRESSURE.formatted(750_000), 5_000_000_000L);

        assertEquals(
                "other machines took 5.0 % of the processors' time; for 5.0 % of the time all work waited for the disk",
                after.since(before));
    }

    @Test
    void isZeroWhereTheKernelKeepsNoPressure() {
        var before = Contention.of(STAT.formatted(1_000, 2_000, 100), "", 0);
        var after = Contention.of(STAT.formatted(1_500, 2_500, 100), "", 5_000_000_000L);

        assertEquals(
                "other machines took 0.0 % of the processors' time; for 0.0 % of the time all work waited for the disk",
                after.since(before));
    }
}
