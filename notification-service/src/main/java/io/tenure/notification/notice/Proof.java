package io.tenure.notification.notice;

import io.tenure.events.NotificationFact.NoticeDelivered;
import java.time.Duration;

/** What the absence of a bounce proves about a notice that the mail server accepted. */
public sealed interface Proof {

    /** No proof is pending: the notice bounced meanwhile, or is already proven. */
    record Pointless() implements Proof {}

    /** The bounce window is not over. @param left the time until its end */
    record TooEarly(Duration left) implements Proof {}

    /** The window is over, but the mailbox was not read since. @param since how long the window has been over */
    record Unread(Duration since) implements Proof {}

    /** The window is over and the notice did not bounce. */
    record Delivered(NoticeDelivered fact) implements Proof {}
}
