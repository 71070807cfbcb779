package io.tenure.local.demo;

import jakarta.mail.BodyPart;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A received mail, taken apart. */
final class Letter {

    private static final Pattern LINK = Pattern.compile("https?://\\S+/reveal#\\S+");

    private final MimeMessage message;
    private final List<BodyPart> parts = new ArrayList<>();

    private Letter(MimeMessage message) throws MessagingException, IOException {
        this.message = message;
        collect(message.getContent());
    }

    /**
     * The letter of a notice, once its delivery was reported and the mail server has it: the report names the message.
     *
     * @param kind of the notice
     * @param number which of this kind in the order of delivery, from 1
     */
    static Letter of(Story story, String kind, int number) throws Exception {
        var report = Waiting.until(
                "notice " + kind + " " + number, Waiting.PATIENCE, () -> story.events.named("NoticeDelivered").stream()
                        .filter(e -> e.data().path("kind").asText().equals(kind))
                        .skip(number - 1L)
                        .findFirst());
        return new Letter(story.mail(report.data().path("messageId").asText()));
    }

    private void collect(Object content) throws MessagingException, IOException {
        if (content instanceof Multipart several) {
            for (int i = 0; i < several.getCount(); i++) {
                var part = several.getBodyPart(i);
                if (part.getContent() instanceof Multipart nested) {
                    collect(nested);
                } else {
                    parts.add(part);
                }
            }
        }
    }

    String subject() throws MessagingException {
        return message.getSubject();
    }

    String recipient() throws MessagingException {
        return message.getRecipients(Message.RecipientType.TO)[0].toString();
    }

    /** The one-time link in the plain text. */
    String link() throws MessagingException, IOException {
        var found = LINK.matcher(text());
        CheckFailed.unless(found.find(), "the mail '" + subject() + "' has no link");
        return found.group();
    }

    /** The plain text. */
    String text() throws MessagingException, IOException {
        for (var part : parts) {
            if (part.isMimeType("text/plain") && part.getFileName() == null) {
                return (String) part.getContent();
            }
        }
        throw new CheckFailed("the mail '" + subject() + "' has no plain text");
    }

    /** Whether there is HTML beside the plain text. */
    boolean hasHtml() throws MessagingException {
        for (var part : parts) {
            if (part.isMimeType("text/html")) {
                return true;
            }
        }
        return false;
    }

    /** The content of the first attachment whose name ends so. */
    byte[] attachment(String ending) throws MessagingException, IOException {
        for (var part : parts) {
            if (part.getFileName() != null && part.getFileName().endsWith(ending)) {
                return part.getInputStream().readAllBytes();
            }
        }
        throw new CheckFailed("the mail '" + subject() + "' has no attachment " + ending);
    }

    /** All of it, decoded. */
    String everything() throws MessagingException, IOException {
        var all = new StringBuilder(subject());
        for (var part : parts) {
            all.append('\n').append(new String(part.getInputStream().readAllBytes()));
        }
        return all.toString();
    }
}
