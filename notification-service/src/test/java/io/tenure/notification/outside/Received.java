package io.tenure.notification.outside;

import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** A message taken apart. */
public record Received(MimeMessage message, String text, String html, Map<String, byte[]> attachments) {

    public static Received of(MimeMessage message) {
        try {
            Map<String, String> bodies = new LinkedHashMap<>();
            Map<String, byte[]> attachments = new LinkedHashMap<>();
            takeApart(message, bodies, attachments);
            return new Received(message, bodies.get("text/plain"), bodies.get("text/html"), attachments);
        } catch (IOException | MessagingException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    public String header(String name) {
        try {
            return message.getHeader(name, "|");
        } catch (MessagingException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    public String subject() {
        try {
            return message.getSubject();
        } catch (MessagingException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    private static void takeApart(Part part, Map<String, String> bodies, Map<String, byte[]> attachments)
            throws IOException, MessagingException {
        if (part.getContent() instanceof Multipart parts) {
            for (int i = 0; i < parts.getCount(); i++) {
                BodyPart inner = parts.getBodyPart(i);
                takeApart(inner, bodies, attachments);
            }
        } else if (Part.ATTACHMENT.equals(part.getDisposition())) {
            attachments.put(part.getFileName(), part.getInputStream().readAllBytes());
        } else {
            bodies.put(
                    part.isMimeType("text/html") ? "text/html" : "text/plain",
                    part.getContent().toString());
        }
    }
}
