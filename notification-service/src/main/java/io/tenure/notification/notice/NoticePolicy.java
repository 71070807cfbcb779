package io.tenure.notification.notice;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;
import java.time.Instant;

/** {@code tenure.notice}: when a notice counts as delivered, and when a bounced one is sent again. */
@ConfigMapping(prefix = "tenure.notice")
public interface NoticePolicy {

    /** How long to wait for a bounce after the mail server accepted the message. */
    Duration bounceWindow();

    /** How long after the window the mailbox may stay unread before that is published as a failure. */
    Duration readingPatience();

    /** When a bounced notice is sent again. */
    BounceRetry bounceRetry();

    /** Longer than any mail server keeps trying (RFC 5321, 4.5.4.1: four to five days). */
    Duration LONGEST_DELAY = Duration.ofDays(7);

    /**
     * Until when to wait for a bounce after a report that the message is still on its way.
     *
     * @param lastTry until when the server retries, according to the report; null if it does not say
     */
    default Instant waitsUntil(Instant now, Instant lastTry) {
        Instant longest = now.plus(LONGEST_DELAY);
        Instant told = lastTry == null ? longest : lastTry.plus(bounceWindow());
        return told.isBefore(longest) ? told : longest;
    }

    interface BounceRetry {

        /** Delay after the first bounce with a temporary reason (status 4.x.x); doubles with each further one. */
        Duration passing();

        /** Delay for a permanent reason, which lasts until somebody corrects the address. */
        Duration permanent();

        /** The longest delay. */
        Duration most();

        /** @param bounces how often it bounced, from 1 */
        default Duration after(Bounce bounce, int bounces) {
            Duration doubled =
                    (bounce.isPermanent() ? permanent() : passing()).multipliedBy(1L << Math.min(bounces - 1, 20));
            return doubled.compareTo(most()) < 0 ? doubled : most();
        }
    }
}
