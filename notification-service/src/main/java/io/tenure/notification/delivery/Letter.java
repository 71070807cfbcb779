package io.tenure.notification.delivery;

import java.util.List;

/**
 * A notice as it is mailed. Exists only while it is sent.
 *
 * @param messageId its Message-ID (RFC 5322), with angle brackets
 * @param to one address
 * @param subject one line
 */
record Letter(String messageId, String to, String subject, String text, String html, List<Attachment> attachments) {

    /** A file beside the text. */
    record Attachment(String name, String mediaType, byte[] content) {}

    /** Shows nothing of what it says or to whom. */
    @Override
    public String toString() {
        return "Letter " + messageId;
    }
}
