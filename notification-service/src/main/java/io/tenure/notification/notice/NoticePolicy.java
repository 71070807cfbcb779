package io.tenure.notification.notice;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;
import java.time.Instant;

/** {@code tenure.notice}: when a notice counts as delivered, and what follows when it comes back. */
@ConfigMapping(prefix = "tenure.notice")
public interface NoticePolicy {

    /** How long a bounce is waited for after the mail server took the message. */
    Duration bounceWindow();

    /** How long after the window it may take until returned messages were read, before that is told as a failure. */
    Duration readingPatience();

    /** When a notice that came back is sent again. */
    BounceRetry bounceRetry();

    /** Longer than any mail server keeps trying (RFC 5321, 4.5.4.1: four to five days). */
    Duration LONGEST_DELAY = Duration.ofDays(7);

    /**
     * Until when a bounce is waited for after a report that the message is still on its way.
     *
     * @param lastTry until when it is tried, as the report says; null if it does not
     */
    default Instant waitsUntil(Instant now, Instant lastTry) {
        Instant longest = now.plus(LONGEST_DELAY);
        Instant told = lastTry == null ? longest : lastTry.plus(bounceWindow());
        return told.isBefore(longest) ? told : longest;
    }

    interface BounceRetry {

        /** After the first bounce for a reason that may pass (status 4.x.x); doubles with each further one. */
        Duration passing();

        /** The same for a reason that stays until somebody corrects the address. */
        Duration permanent();

        /** At most. */
        Duration most();

        /** @param bounces how often it came back, from 1 */
        default Duration after(Bounce bounce, int bounces) {
            Duration doubled =
                    (bounce.isPermanent() ? permanent() : passing()).multipliedBy(1L << Math.min(bounces - 1, 20));
            return doubled.compareTo(most()) < 0 ? doubled : most();
        }
    }
}
