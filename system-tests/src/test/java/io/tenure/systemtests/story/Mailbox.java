package io.tenure.systemtests.story;

import static java.util.stream.Collectors.groupingBy;

import io.tenure.local.server.MailServer;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What one address has received over SMTP. */
public final class Mailbox {

    private static final Pattern LINK = Pattern.compile("/reveal#([A-Za-z0-9_-]{20,})");

    private final MailServer server;
    private final String address;

    /** What the server has received for this address. */
    public Mailbox(MailServer server, String address) {
        this.server = server;
        this.address = address;
    }

    /** All messages, oldest first. */
    public List<MimeMessage> messages() {
        return server.messages().stream().filter(this::isMine).toList();
    }

    private boolean isMine(MimeMessage message) {
        try {
            return Arrays.stream(message.getAllRecipients())
                    .anyMatch(r -> r.toString().contains(address));
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The messages by their Message-ID. */
    public Map<String, List<MimeMessage>> byMessageId() {
        return messages().stream()
                .collect(groupingBy(Mailbox::messageId, LinkedHashMap::new, java.util.stream.Collectors.toList()));
    }

    /** The tokens of the one-time links in messages that mention something, newest last. */
    List<String> linkTokens(String mention) {
        var tokens = new ArrayList<String>();
        for (var message : messages()) {
            var text = String.join("\n", texts(message));
            var link = LINK.matcher(text);
            if (text.contains(mention) && link.find()) {
                tokens.add(link.group(1));
            }
        }
        return tokens;
    }

    static String messageId(MimeMessage message) {
        try {
            return message.getMessageID();
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    static String subject(MimeMessage message) {
        try {
            return message.getSubject();
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Every text part, plain and HTML, attachments left out. */
    public static List<String> texts(MimeMessage message) {
        return parts(message).stream()
                .filter(part -> ofType(part, "text/*") && fileName(part).isEmpty())
                .map(part -> {
                    try {
                        return part.getContent().toString();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    } catch (MessagingException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .toList();
    }

    /** The first attachment of this media type. */
    public static Optional<byte[]> attachment(MimeMessage message, String mediaType) {
        return parts(message).stream()
                .filter(part -> ofType(part, mediaType))
                .findFirst()
                .map(part -> {
                    try (var in = part.getInputStream()) {
                        return in.readAllBytes();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    } catch (MessagingException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    private static List<Part> parts(Part part) {
        try {
            if (!part.isMimeType("multipart/*")) {
                return List.of(part);
            }
            var all = new ArrayList<Part>();
            var multipart = (Multipart) part.getContent();
            for (int i = 0; i < multipart.getCount(); i++) {
                BodyPart inner = multipart.getBodyPart(i);
                all.addAll(parts(inner));
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean ofType(Part part, String mediaType) {
        try {
            return part.isMimeType(mediaType);
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<String> fileName(Part part) {
        try {
            return Optional.ofNullable(part.getFileName());
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }
}
