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

    /** Clocks in Berlin go back at 01:00 UTC on 25 October 2026, and one hour comes twice there. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2026-12-07T04:05:59Z | Europe/Berlin   | 7 December 2026, 04:05 UTC (05:05 in Europe/Berlin)",
                "2026-12-07T23:30:00Z | Europe/Berlin   | 7 December 2026, 23:30 UTC (8 December 2026, 00:30 in Europe/Berlin)",
                "2026-12-07T01:30:00Z | America/Chicago | 7 December 2026, 01:30 UTC (6 December 2026, 19:30 in America/Chicago)",
                "2026-10-25T00:30:00Z | Europe/Berlin   | 25 October 2026, 00:30 UTC (02:30 in Europe/Berlin)",
                "2026-10-25T01:30:00Z | Europe/Berlin   | 25 October 2026, 01:30 UTC (02:30 in Europe/Berlin)",
                "2026-12-07T04:05:59Z | Europe/London   | 7 December 2026, 04:05 UTC",
                "2026-07-07T04:05:59Z | Europe/London   | 7 July 2026, 04:05 UTC (05:05 in Europe/London)",
                "2026-12-07T04:05:59Z | UTC             | 7 December 2026, 04:05 UTC",
                "2026-12-07T04:05:59Z | Mars/Olympus    | 7 December 2026, 04:05 UTC",
                "2026-12-07T04:05:59Z |                 | 7 December 2026, 04:05 UTC"
            })
    void anEndIsNamedInUtcAndWhereTheCustomerIs(Instant end, String timeZone, String expected) {
        assertEquals(expected, Wording.date(end, timeZone));
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
