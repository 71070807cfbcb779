package io.tenure.local.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionTest {

    @Test
    void inProductionThirtyDaysWithWarningsFourteenSevenAndOneBefore() {
        assertEquals(Duration.ofDays(30), Retention.PRODUCTION.period());
        assertEquals(
                List.of(Duration.ofDays(14), Duration.ofDays(7), Duration.ofDays(1)), Retention.PRODUCTION.warnings());
        assertEquals("PT336H,PT168H,PT24H", Retention.PRODUCTION.warningList());
    }

    @Test
    void keepsTheProportionsWhenCompressed() {
        var compressed = Retention.scaled(Duration.ofSeconds(30));
        assertEquals(
                List.of(Duration.ofSeconds(14), Duration.ofSeconds(7), Duration.ofSeconds(1)), compressed.warnings());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT3S", "PT20S", "PT1M", "P1D", "P30D"})
    void warnsInOrderAndBeforeTheEnd(String period) {
        var retention = Retention.scaled(Duration.parse(period));
        var previous = retention.period();
        for (var warning : retention.warnings()) {
            assertTrue(warning.compareTo(previous) < 0, warning + " is not after " + previous);
            assertTrue(warning.isPositive());
            previous = warning;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT2.9S", "-PT20S", "P31D"})
    void refusesWhatIsTooShortOrTooLong(String period) {
        assertThrows(IllegalArgumentException.class, () -> Retention.scaled(Duration.parse(period)));
    }
}
