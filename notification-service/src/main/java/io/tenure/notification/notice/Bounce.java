package io.tenure.notification.notice;

/**
 * A notice bounced.
 *
 * @param status why, as an enhanced status code (RFC 3463), for example {@code 5.1.1}; null if the bounce does not say
 */
public record Bounce(String status) {

    /** Whether the same message to the same address will bounce again. Assumed if there is no status. */
    public boolean isPermanent() {
        return status == null || status.startsWith("5.");
    }

    /** For facts and the API, without addresses. */
    String reason() {
        return status == null ? "bounced" : "bounced " + status;
    }
}
