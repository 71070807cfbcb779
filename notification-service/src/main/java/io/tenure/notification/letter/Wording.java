package io.tenure.notification.letter;

import io.tenure.events.CredentialFact.Target;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** How letters write dates, times and names. */
final class Wording {

    private static final int LONGEST_NAME = 120;
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm", Locale.ENGLISH);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm", Locale.ENGLISH);

    private Wording() {}

    /** For example {@code 7 December 2026, 14:05 UTC}. */
    static String date(Instant instant) {
        return DATE.format(instant);
    }

    /**
     * The same, and what clocks show then where the customer is, for example {@code 7 December 2026, 14:05 UTC (15:05 in
     * Europe/Berlin)}. The date is repeated where it is another one there.
     *
     * @param timeZone an IANA id; one that this Java does not know is left out
     */
    static String date(Instant instant, String timeZone) {
        String utc = date(instant);
        Optional<ZoneId> zone = zone(timeZone);
        if (zone.isEmpty() || zone.get().getRules().getOffset(instant).equals(ZoneOffset.UTC)) {
            return utc;
        }
        ZonedDateTime there = instant.atZone(zone.get());
        boolean sameDay = there.toLocalDate().equals(LocalDate.ofInstant(instant, ZoneOffset.UTC));
        return utc + " (" + (sameDay ? TIME : LOCAL).format(there) + " in " + timeZone + ")";
    }

    private static Optional<ZoneId> zone(String id) {
        try {
            return Optional.ofNullable(id).map(ZoneId::of);
        } catch (DateTimeException unknown) {
            return Optional.empty();
        }
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
