package io.tenure.kit;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import com.fasterxml.uuid.UUIDClock;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;

/**
 * Makes identifiers: UUIDv7 (RFC 9562), so that later ones sort behind earlier ones. In a service that has started they
 * carry the database's time.
 */
public final class Ids {

    private static volatile Clock clock = Clock.systemUTC();

    private static final NoArgGenerator GENERATOR =
            Generators.timeBasedEpochGenerator(new SecureRandom(), new UUIDClock() {
                @Override
                public long currentTimeMillis() {
                    return clock.millis();
                }
            });

    private Ids() {}

    static void tellTimeBy(Clock database) {
        clock = database;
    }

    public static UUID next() {
        return GENERATOR.generate();
    }

    /**
     * Reads an id in its only spelling, 36 characters; {@link UUID#fromString} takes shortened groups too.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static UUID parse(String text) {
        UUID id = UUID.fromString(text);
        if (!id.toString().equalsIgnoreCase(text)) {
            throw new IllegalArgumentException("not an id");
        }
        return id;
    }
}
