package io.tenure.notification.letter;

import java.util.List;

/**
 * A notice as it is mailed. Exists only while it is sent.
 *
 * @param id the left-hand side of its Message-ID (RFC 5322)
 * @param to one address
 * @param subject one line
 */
public record Letter(String id, String to, String subject, String text, String html, List<Attachment> attachments) {

    /** A file beside the text. */
    public record Attachment(String name, String mediaType, byte[] content) {}

    /** Shows nothing of what it says or to whom. */
    @Override
    public String toString() {
        return "Letter " + id;
    }
}
