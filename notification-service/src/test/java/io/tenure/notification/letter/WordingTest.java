package io.tenure.notification.letter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordingTest {

    @Test
    void datesNameTheirZone() {
        assertEquals("7 December 2026, 04:05 UTC", Wording.date(Instant.parse("2026-12-07T04:05:59Z")));
    }

    @ParameterizedTest
    @CsvSource({
        "P30D, 30 days",
        "P13DT23H59M, 14 days",
        "PT36H, 2 days",
        "P1D, 1 day",
        "PT20S, less than a day",
        "-PT5S, less than a day"
    })
    void theTimeLeftIsToTheNearestDay(Duration duration, String expected) {
        Instant now = Instant.parse("2026-12-07T04:05:59Z");

        assertEquals(expected, Wording.left(now, now.plus(duration)));
    }

    @Test
    void aNameIsOneLine() {
        assertEquals("Acme Bcc: a@b.example", Wording.oneLine(" Acme\r\nBcc:\t a@b.example\u2028"));
        assertEquals("Acme gnp.exe", Wording.oneLine("Acme\u202egnp.exe"));
        assertEquals("Münchner Rück, 東京 🏙", Wording.oneLine("Münchner Rück, 東京 🏙"));
        assertEquals("", Wording.oneLine(null));
    }

    @Test
    void aLongNameIsCutBetweenCharacters() {
        assertEquals("a".repeat(119) + "🏙…", Wording.oneLine("a".repeat(119) + "🏙bc"));
    }
}
