package io.tenure.notification.channel.mail;

import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.text.EmailAddress;
import io.tenure.notification.letter.Letter;
import io.tenure.notification.letter.UndeliverableException;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.mail.MailAttachment;
import io.vertx.ext.mail.MailMessage;
import io.vertx.ext.mail.SMTPException;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.ext.mail.MailClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.IDN;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Sends letters to the mail server, each with a new client: a shared pool of the Vert.x client permanently loses a slot
 * for each connection that the server closes before its greeting, and blocks when no slot is left.
 */
@ApplicationScoped
class Mail {

    private final Vertx vertx;
    private final MailConfig config;
    private final Optional<ReturnAddress> returnAddress;

    Mail(Vertx vertx, MailConfig config) {
        this.vertx = vertx;
        this.config = config;
        this.returnAddress = config.bounces().map(bounces -> new ReturnAddress(bounces.address()));
    }

    /**
     * @param token of the message's return path; null for the sender's own address
     * @return the Message-ID, once the server has accepted the message; fails with {@link UndeliverableException}
     */
    Uni<String> send(Letter letter, String token) {
        String messageId = "<" + letter.id() + "@" + domain() + ">";
        MailMessage message = new MailMessage()
                .setFrom(sender())
                .setTo(recipient(letter.to()))
                .setSubject(letter.subject())
                .setText(letter.text())
                .setHtml(letter.html())
                .setAttachment(
                        letter.attachments().stream().map(Mail::attachment).toList())
                .setHeaders(MultiMap.caseInsensitiveMultiMap()
                        .add("Message-ID", messageId)
                        // RFC 3834: no vacation notices in return.
                        .add("Auto-Submitted", "auto-generated"));
        returnAddress.filter(any -> token != null).ifPresent(address -> message.setBounceAddress(address.of(token)));
        MailClient client = MailClient.create(vertx, server());
        return client.sendMail(message)
                .ifNoItem()
                .after(config.timeout())
                .fail()
                .onTermination()
                .invoke(client::closeAndForget)
                .onFailure()
                .transform(failure -> new UndeliverableException(reason(failure)))
                .replaceWith(messageId);
    }

    /** The sender's domain, which is the right-hand side of Message-IDs. */
    private String domain() {
        String from = sender();
        return from.substring(from.lastIndexOf('@') + 1).replaceAll("[>\\s].*", "");
    }

    /** The sender's address with its domain in A-labels. */
    private String sender() {
        String from = config.from();
        int at = from.lastIndexOf('@');
        int end = from.indexOf('>', at) < 0 ? from.length() : from.indexOf('>', at);
        return from.substring(0, at + 1) + IDN.toASCII(from.substring(at + 1, end)) + from.substring(end);
    }

    /**
     * The address for envelope and header: ASCII only. The Vert.x client cannot announce SMTPUTF8, and without that
     * servers lose or garble such an address (RFC 6531, 3.3).
     */
    private static String recipient(String address) {
        EmailAddress parsed;
        try {
            parsed = EmailAddress.parse(address);
        } catch (IllegalArgumentException undeliverable) {
            throw new UndeliverableException("address not deliverable");
        }
        if (parsed.needsSmtpUtf8()) {
            throw new UndeliverableException("address needs SMTPUTF8");
        }
        return parsed.toAscii();
    }

    private io.vertx.ext.mail.MailConfig server() {
        io.vertx.ext.mail.MailConfig server = new io.vertx.ext.mail.MailConfig(config.host(), config.port())
                .setKeepAlive(false)
                .setMaxPoolSize(1)
                .setStarttls(config.startTls())
                .setSsl(config.ssl());
        // Close the connection if the server stops answering.
        server.setConnectTimeout((int) config.timeout().toMillis());
        server.setIdleTimeout((int) config.timeout().toMillis()).setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
        config.username().ifPresent(server::setUsername);
        config.password().ifPresent(server::setPassword);
        return server;
    }

    private static MailAttachment attachment(Letter.Attachment attachment) {
        return MailAttachment.create()
                .setName(attachment.name())
                .setContentType(attachment.mediaType())
                .setDisposition("attachment")
                .setData(Buffer.buffer(attachment.content()));
    }

    private static String reason(Throwable failure) {
        return switch (failure) {
            case SMTPException answer -> "SMTP " + answer.getReplyCode();
            case TimeoutException late -> "SMTP timeout";
            default -> "SMTP unreachable";
        };
    }
}
