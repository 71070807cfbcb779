package io.tenure.notification.notice;

import io.tenure.events.NotificationFact.NoticeDelivered;
import java.time.Duration;

/** What silence proves about a notice that the mail server took. */
public sealed interface Proof {

    /** Nothing is waited for: the notice came back meanwhile, or is proven already. */
    record Pointless() implements Proof {}

    /** The bounce window goes on. @param left until its end */
    record TooEarly(Duration left) implements Proof {}

    /** The window is over, but returned messages were not read since then. @param since how long it is over */
    record Unread(Duration since) implements Proof {}

    /** The window is over, and the notice was not among what came back. */
    record Delivered(NoticeDelivered fact) implements Proof {}
}
