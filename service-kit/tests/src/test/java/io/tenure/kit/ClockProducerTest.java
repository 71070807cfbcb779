package io.tenure.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Clock;
import org.junit.jupiter.api.Test;

class ClockProducerTest {

    @Test
    void tellsNoMoreThanTheDatabaseKeeps() {
        Clock clock = new ClockProducer().clock();
        for (int i = 0; i < 1000; i++) {
            assertEquals(0, clock.instant().getNano() % 1000);
        }
    }
}
