package io.tenure.local.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Folder;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MailServerTest {

    @TempDir
    Path dir;

    private MailServer server;
    private int imap;

    @BeforeEach
    void start() throws Exception {
        imap = Ports.free();
        server = new MailServer(dir, Ports.free(), imap, "secret");
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    @Test
    void whatComesBackIsReadByImapWhateverItsDetail() throws Exception {
        send("tenure@csp.example", "ada@example.com", "a letter");
        send(MailServer.NOBODY, "bounces+0123@csp.example", "first");
        send("mx@example.com", "bounces+4567@csp.example", "second");

        try (Store mailbox = mailbox("secret");
                Folder inbox = mailbox.getFolder("INBOX")) {
            inbox.open(Folder.READ_ONLY);
            assertEquals(2, inbox.getMessageCount());
            assertEquals("first", inbox.getMessage(1).getSubject());
            assertEquals("<>", inbox.getMessage(1).getHeader("Return-Path")[0]);
            assertEquals("<mx@example.com>", inbox.getMessage(2).getHeader("Return-Path")[0]);
        }
        assertEquals(3, server.messages().size());
    }

    @Test
    void nobodyElseReadsIt() {
        assertThrows(AuthenticationFailedException.class, () -> mailbox("guess"));
    }

    private Store mailbox(String password) throws MessagingException {
        Store store = Session.getInstance(new Properties()).getStore("imap");
        store.connect("127.0.0.1", imap, MailServer.RETURNED, password);
        return store;
    }

    private void send(String from, String to, String subject) throws MessagingException {
        var settings = new Properties();
        settings.setProperty("mail.smtp.host", "127.0.0.1");
        settings.setProperty("mail.smtp.port", Integer.toString(server.port()));
        settings.setProperty("mail.smtp.from", from);
        var message = new MimeMessage(Session.getInstance(settings));
        message.setRecipients(MimeMessage.RecipientType.TO, to);
        message.setSubject(subject);
        message.setText("text");
        Transport.send(message, new InternetAddress[] {new InternetAddress(to)});
    }
}
