package io.tenure.notification.channel.mail;

import io.tenure.notification.notice.Bounce;
import java.time.Instant;

/** What a message in the mailbox of returned messages says. Nothing of it names a person. */
sealed interface Returned {

    /** The message was not delivered, and will not be. */
    record Failed(String token, Bounce bounce) implements Returned {}

    /** It is still on its way. @param lastTry until when it is tried; null if that is not said */
    record Delayed(String token, Instant lastTry) implements Returned {}

    /** It was delivered, or handed to somebody who reports nothing. */
    record Passed(String token) implements Returned {}

    /** Somebody is on holiday. */
    record AutoReply(String token) implements Returned {}

    /** Anything else, and what nobody can read: for a person to look at. */
    record Foreign() implements Returned {}
}
