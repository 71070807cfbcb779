package io.tenure.notification.letter;

import java.util.List;

/**
 * A notice as it is mailed. Never stored.
 *
 * @param id the left-hand side of its Message-ID (RFC 5322)
 * @param to one address
 * @param subject one line
 */
public record Letter(String id, String to, String subject, String text, String html, List<Attachment> attachments) {

    /** An attached file. */
    public record Attachment(String name, String mediaType, byte[] content) {}

    /** Without content and recipient. */
    @Override
    public String toString() {
        return "Letter " + id;
    }
}
