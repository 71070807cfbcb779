package io.tenure.local.compose;

import io.tenure.local.platform.Http;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Properties;

/**
 * The received mail, which the mail server of the compose file shows by REST.
 *
 * @param url its base address
 */
record Mailpit(URI url) {

    /** A message by its Message-ID, if it is there. */
    Optional<MimeMessage> message(String messageId) {
        var bare = messageId.replaceAll("^<|>$", "");
        var found = Http.get(url.resolve("/api/v1/search?query=" + Http.encode("message-id:\"" + bare + "\"")));
        for (var one : found.json().path("messages")) {
            if (one.path("MessageID").asText().equals(bare)) {
                var raw =
                        Http.get(url.resolve("/api/v1/message/" + one.path("ID").asText() + "/raw"));
                return Optional.of(parse(raw.body()));
            }
        }
        return Optional.empty();
    }

    private static MimeMessage parse(String raw) {
        try {
            return new MimeMessage(
                    Session.getInstance(new Properties()),
                    new ByteArrayInputStream(raw.getBytes(StandardCharsets.UTF_8)));
        } catch (MessagingException e) {
            throw new IllegalStateException("a received message cannot be read", e);
        }
    }
}
