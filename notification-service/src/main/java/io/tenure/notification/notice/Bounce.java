package io.tenure.notification.notice;

/**
 * A notice came back.
 *
 * @param status why, as an enhanced status code (RFC 3463), for example {@code 5.1.1}; null if the message that came back says
 *     none
 */
public record Bounce(String status) {

    /** Whether the same message to the same address will come back again. Not known without a status, so feared. */
    public boolean isPermanent() {
        return status == null || status.startsWith("5.");
    }

    /** For facts and the API, without addresses. */
    String reason() {
        return status == null ? "bounced" : "bounced " + status;
    }
}
