package io.tenure.benchmarks.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MemoryLatencyTest {

    @Test
    void oneWayLeadsThroughAllLines() {
        var memory = MemoryLatency.cycle(1000);

        int at = 0;
        int steps = 0;
        do {
            at = memory[at];
            steps++;
        } while (at != 0);
        assertEquals(1000, steps);
    }

    @Test
    void saysHowLongEachSizeTakes() {
        assertTrue(
                MemoryLatency.describe()
                        .matches(
                                "reads that depend on each other, over 256 KiB: \\d+ ns, 4096 KiB: \\d+ ns, 65536 KiB: \\d+ ns"));
    }
}
