package io.tenure.notification.channel.mail;

import io.tenure.notification.channel.mail.Returned.AutoReply;
import io.tenure.notification.channel.mail.Returned.Delayed;
import io.tenure.notification.channel.mail.Returned.Failed;
import io.tenure.notification.channel.mail.Returned.Foreign;
import io.tenure.notification.channel.mail.Returned.Passed;
import io.tenure.notification.notice.Bounce;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.InternetHeaders;
import jakarta.mail.internet.MailDateFormat;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Parses returned messages: delivery status notifications (RFC 3464, and the internationalised form, RFC 6533) and
 * plain-text bounces of servers without them. Anybody can send mail here, so a message counts only with the token of
 * one that we sent, and only the status code is kept.
 */
final class BounceReader {

    /** Headers that may hold the address that a message was returned to; RFC 3464, 2 requires the first for reports. */
    private static final String[] RECIPIENTS = {"To", "Delivered-To", "X-Original-To", "Envelope-To"};

    private static final Pattern STATUS = Pattern.compile("\\s*([245]\\.\\d{1,3}\\.\\d{1,3})(?!\\d).*", Pattern.DOTALL);
    private static final Pattern MAIL_SYSTEM =
            Pattern.compile("(?i)(.*<)?\\s*(mailer-daemon|postmaster)(@[^>\\s]*)?([>\\s].*)?", Pattern.DOTALL);

    /** A report has a few lines per recipient, and each of our messages has one recipient. */
    private static final int LONGEST_REPORT = 64 * 1024;

    private final Session session = Session.getInstance(new Properties());
    private final ReturnAddress address;

    BounceReader(ReturnAddress address) {
        this.address = address;
    }

    /** @param raw the whole message as received */
    Returned read(byte[] raw) {
        try {
            MimeMessage message = new MimeMessage(session, new ByteArrayInputStream(raw));
            var token = address.tokenIn(Arrays.stream(RECIPIENTS)
                    .map(name -> headers(message, name))
                    .flatMap(List::stream));
            return token.isEmpty() ? new Foreign() : read(message, token.get());
        } catch (MessagingException | IOException | RuntimeException unreadable) {
            return new Foreign();
        }
    }

    private static Returned read(MimeMessage message, String token) throws MessagingException, IOException {
        ContentType type = new ContentType(message.getContentType());
        if (type.match("multipart/report")) {
            return "delivery-status".equalsIgnoreCase(type.getParameter("report-type"))
                    ? report(message, token)
                    : new Foreign();
        }
        // Exim marks its bounces as automatic replies, but adds this header.
        if (!headers(message, "X-Failed-Recipients").isEmpty()) {
            return new Failed(token, new Bounce(null));
        }
        if (isAutoReply(message)) {
            return new AutoReply(token);
        }
        return isFromMailSystem(message) ? new Failed(token, new Bounce(null)) : new Foreign();
    }

    private static Returned report(MimeMessage message, String token) throws MessagingException, IOException {
        MimeMultipart parts = new MimeMultipart(message.getDataHandler().getDataSource());
        for (int i = 0; i < parts.getCount(); i++) {
            BodyPart part = parts.getBodyPart(i);
            if (part.isMimeType("message/delivery-status") || part.isMimeType("message/global-delivery-status")) {
                return worst(recipients(part), token);
            }
        }
        return new Foreign();
    }

    /** The field groups per recipient; the first group is about the message (RFC 3464, 2.1). */
    private static List<InternetHeaders> recipients(BodyPart part) throws MessagingException, IOException {
        byte[] text = part.getInputStream().readNBytes(LONGEST_REPORT);
        var rest = new ByteArrayInputStream(text);
        List<InternetHeaders> groups = new ArrayList<>();
        while (rest.available() > 0) {
            groups.add(new InternetHeaders(rest));
        }
        return groups.stream()
                .filter(group -> group.getHeader("Action") != null)
                .toList();
    }

    /** Each message has one recipient, but a list or an alias behind it may report several. */
    private static Returned worst(List<InternetHeaders> recipients, String token) {
        Returned worst = new Foreign();
        for (InternetHeaders recipient : recipients) {
            Returned said = said(recipient, token);
            if (rank(said) > rank(worst)) {
                worst = said;
            }
        }
        return worst;
    }

    private static Returned said(InternetHeaders recipient, String token) {
        String action = recipient.getHeader("Action")[0].strip().toLowerCase(Locale.ROOT);
        return switch (action) {
            case "failed" -> new Failed(token, new Bounce(status(recipient)));
            case "delayed" -> new Delayed(token, lastTry(recipient));
            case "delivered", "relayed", "expanded" -> new Passed(token);
            default -> new Foreign();
        };
    }

    private static int rank(Returned said) {
        return switch (said) {
            case Failed failed -> 3;
            case Delayed delayed -> 2;
            case Passed passed -> 1;
            case AutoReply reply -> 0;
            case Foreign foreign -> 0;
        };
    }

    /** Null if there is none, or if it contradicts the failure. */
    private static String status(InternetHeaders recipient) {
        Matcher status = STATUS.matcher(String.join("", values(recipient.getHeader("Status"))));
        return status.matches() && !status.group(1).startsWith("2.") ? status.group(1) : null;
    }

    private static Instant lastTry(InternetHeaders recipient) {
        try {
            return new MailDateFormat()
                    .parse(String.join("", values(recipient.getHeader("Will-Retry-Until"))))
                    .toInstant();
        } catch (ParseException unsaid) {
            return null;
        }
    }

    /** RFC 3834, section 5, and older conventions. */
    private static boolean isAutoReply(MimeMessage message) throws MessagingException {
        return headers(message, "Auto-Submitted").stream()
                        .anyMatch(
                                value -> value.strip().toLowerCase(Locale.ROOT).startsWith("auto-replied"))
                || !headers(message, "X-Autoreply").isEmpty()
                || !headers(message, "X-Autorespond").isEmpty()
                || headers(message, "Precedence").stream()
                        .anyMatch(value -> value.strip().equalsIgnoreCase("auto_reply"));
    }

    private static boolean isFromMailSystem(MimeMessage message) {
        return Stream.of("From", "Sender")
                        .flatMap(name -> headers(message, name).stream())
                        .anyMatch(value -> MAIL_SYSTEM.matcher(value).matches())
                && headers(message, "Return-Path").stream()
                        .allMatch(value -> value.strip().equals("<>"));
    }

    private static List<String> headers(MimeMessage message, String name) {
        try {
            return values(message.getHeader(name));
        } catch (MessagingException unreadable) {
            return List.of();
        }
    }

    private static List<String> values(String[] headers) {
        return headers == null ? List.of() : List.of(headers);
    }
}
