package io.tenure.notification.letter;

import io.tenure.events.CredentialFact.Target;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.UUID;

/** How letters write dates, times and names. */
final class Wording {

    private static final int LONGEST_NAME = 120;
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private Wording() {}

    /** For example {@code 7 December 2026, 14:05 UTC}. */
    static String date(Instant instant) {
        return DATE.format(instant);
    }

    /** The time until a deadline, to the nearest whole day; {@code less than a day} below one. */
    static String left(Instant now, Instant deadline) {
        long days = Duration.between(now, deadline).plusHours(12).toDays();
        return days < 1 ? "less than a day" : days == 1 ? "1 day" : days + " days";
    }

    /** What a credential gives access to, for use in a sentence. */
    static String target(Target target, UUID id) {
        return switch (target) {
            case TENANT -> "your administrator account";
            case VM -> "the virtual machine " + id;
            case VDC -> "the virtual data center " + id;
        };
    }

    /**
     * A name on one line, without characters that could end a mail header, break the layout or change the writing
     * direction.
     */
    static String oneLine(String name) {
        if (name == null) {
            return "";
        }
        String line = name.replaceAll("[\\p{Cc}\\p{Zl}\\p{Zp}\\s\\u202A-\\u202E\\u2066-\\u2069]+", " ")
                .strip();
        return line.length() <= LONGEST_NAME
                ? line
                : line.substring(0, line.offsetByCodePoints(0, line.codePointCount(0, LONGEST_NAME)))
                                .strip() + "…";
    }
}
