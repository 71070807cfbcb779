package io.tenure.notification.channel.mail;

import io.tenure.notification.notice.Bounce;
import java.time.Instant;

/** The meaning of a message in the bounce mailbox, without personal data. */
sealed interface Returned {

    /** The message was not delivered, and will not be. */
    record Failed(String token, Bounce bounce) implements Returned {}

    /** It is still on its way. @param lastTry until when the server retries; null if the report does not say */
    record Delayed(String token, Instant lastTry) implements Returned {}

    /** It was delivered, or passed to a server that sends no reports. */
    record Passed(String token) implements Returned {}

    /** An automatic reply, such as a vacation notice. */
    record AutoReply(String token) implements Returned {}

    /** Anything else, including unreadable messages; a person must look at it. */
    record Foreign() implements Returned {}
}
