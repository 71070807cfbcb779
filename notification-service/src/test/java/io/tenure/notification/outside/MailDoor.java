package io.tenure.notification.outside;

import com.icegreen.greenmail.store.FolderException;
import com.icegreen.greenmail.store.StoredMessage;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * A real mail server behind a proxy that can fail in several ways; its mode applies to new connections. Returned
 * messages are in a mailbox that is read by IMAP, through a proxy of its own.
 */
@Singleton
public class MailDoor {

    /** The mode of the proxy. */
    public enum Mode {
        OPEN,
        /** Answers 451 to every sender. */
        BUSY,
        /** Hangs up at once. */
        SHUT,
        /** The server accepts the message, but its answer is lost. */
        LOSING_THE_YES
    }

    /** Stands in for the empty return path, which this server does not accept. */
    private static final String NOBODY = "nobody@nowhere.invalid";

    private final GreenMail server = new GreenMail(new ServerSetup[] {
        patient(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP)),
        patient(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_IMAP))
    });
    private final int port;
    private final int mailboxPort;
    private final String mailbox;
    private final String password;
    private volatile Mode mode = Mode.OPEN;
    private volatile boolean mailboxOpen = true;
    private volatile Runnable beforeTheYes = () -> {};
    private ServerSocket door;
    private ServerSocket mailboxDoor;

    MailDoor(
            @ConfigProperty(name = "quarkus.mailer.port") int port,
            @ConfigProperty(name = "tenure.mail.bounces.port") int mailboxPort,
            @ConfigProperty(name = "tenure.mail.bounces.address") String mailbox,
            @ConfigProperty(name = "tenure.mail.bounces.password") String password) {
        this.port = port;
        this.mailboxPort = mailboxPort;
        this.mailbox = mailbox;
        this.password = password;
    }

    /** The library gives its own thread two seconds to start, which may be too short on a busy machine. */
    private static ServerSetup patient(ServerSetup setup) {
        setup.setServerStartupTimeout(60_000);
        return setup;
    }

    void start(@Observes StartupEvent event) throws IOException {
        server.start();
        GreenMailUser returned = server.setUser(mailbox, mailbox, password);
        server.getUserManager().setMessageDeliveryHandler((message, recipient) -> {
            if (message.getReturnPath().getEmail().equals(NOBODY)) {
                message.getMessage().setHeader("Return-Path", "<>");
            }
            String address = recipient.getEmail();
            if (address.replaceFirst("\\+.*@", "@").equals(mailbox)) {
                return returned;
            }
            GreenMailUser known = server.getUserManager().getUserByEmail(address);
            return known != null ? known : server.getUserManager().createUser(address, address, address);
        });
        door = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::receive);
        mailboxDoor = new ServerSocket(mailboxPort, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::receiveReaders);
    }

    void stop(@Observes ShutdownEvent event) throws IOException {
        door.close();
        mailboxDoor.close();
        server.stop();
    }

    public void set(Mode mode) {
        this.mode = mode;
    }

    /** Sets whether the bounce mailbox can be reached. */
    public void mailbox(boolean open) {
        mailboxOpen = open;
    }

    /** The messages in the bounce mailbox, with their flags. */
    public List<StoredMessage> returned() {
        try {
            return server.getManagers()
                    .getImapHostManager()
                    .getInbox(server.getUserManager().getUserByEmail(mailbox))
                    .getMessages();
        } catch (FolderException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    /** Delivers a message to a recipient like another mail server, with an empty return path. */
    public void bring(String recipient, byte[] message) {
        Properties settings = new Properties();
        settings.setProperty("mail.smtp.host", "127.0.0.1");
        settings.setProperty("mail.smtp.port", Integer.toString(server.getSmtp().getPort()));
        settings.setProperty("mail.smtp.from", NOBODY);
        Session session = Session.getInstance(settings);
        try (Transport transport = session.getTransport("smtp")) {
            MimeMessage parsed = new MimeMessage(session, new ByteArrayInputStream(message));
            transport.connect();
            transport.sendMessage(parsed, new InternetAddress[] {new InternetAddress(recipient)});
        } catch (MessagingException refused) {
            throw new AssertionError(refused);
        }
    }

    /** Runs an action after the server has accepted a message and before the service gets that answer. */
    public void beforeTheYes(Runnable action) {
        beforeTheYes = action;
    }

    /** What arrived for an address, in order. */
    public List<MimeMessage> received(String address) {
        return Arrays.stream(server.getReceivedMessages())
                .filter(message -> {
                    try {
                        String to = message.getHeader("To", ",");
                        return to != null && to.contains(address);
                    } catch (MessagingException unreadable) {
                        throw new AssertionError(unreadable);
                    }
                })
                .toList();
    }

    /** The addresses that the server accepted mail for, as in the envelopes. */
    public List<String> recipients() {
        return server.getUserManager().listUser().stream()
                .map(GreenMailUser::getEmail)
                .toList();
    }

    private void receiveReaders() {
        while (!mailboxDoor.isClosed()) {
            try {
                Socket client = mailboxDoor.accept();
                Thread.ofVirtual().start(() -> serveReader(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serveReader(Socket client) {
        try (client) {
            if (!mailboxOpen) {
                return;
            }
            try (Socket upstream = new Socket(
                    InetAddress.getLoopbackAddress(), server.getImap().getPort())) {
                Thread.ofVirtual().start(() -> {
                    try {
                        client.getInputStream().transferTo(upstream.getOutputStream());
                        upstream.shutdownOutput();
                    } catch (IOException gone) {
                        // Ends the forwarding.
                    }
                });
                upstream.getInputStream().transferTo(client.getOutputStream());
            }
        } catch (IOException gone) {
            // The other side hung up, as it may.
        }
    }

    private void receive() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                Mode now = mode;
                Thread.ofVirtual().start(() -> serve(client, now));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client, Mode now) {
        try (client) {
            switch (now) {
                case SHUT -> {}
                case BUSY -> refuse(client);
                case OPEN, LOSING_THE_YES -> forward(client, now);
            }
        } catch (IOException gone) {
            // The other side hung up, as it may.
        }
    }

    private static void refuse(Socket client) throws IOException {
        OutputStream out = client.getOutputStream();
        out.write("220 busy.example ESMTP\r\n".getBytes(StandardCharsets.US_ASCII));
        BufferedReader in =
                new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String answer = line.startsWith("EHLO")
                    ? "250 busy.example"
                    : line.startsWith("MAIL")
                            // As real servers do, it quotes the address.
                            ? "451 4.3.0 " + line.substring(line.indexOf('<')) + " try again later"
                            : line.startsWith("QUIT") ? "221 bye" : "250 ok";
            out.write((answer + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }
    }

    private void forward(Socket client, Mode now) throws IOException {
        try (Socket upstream =
                new Socket(InetAddress.getLoopbackAddress(), server.getSmtp().getPort())) {
            Thread.ofVirtual().start(() -> {
                try {
                    client.getInputStream().transferTo(upstream.getOutputStream());
                    upstream.shutdownOutput();
                } catch (IOException gone) {
                    // Ends the forwarding.
                }
            });
            BufferedReader answers =
                    new BufferedReader(new InputStreamReader(upstream.getInputStream(), StandardCharsets.US_ASCII));
            boolean content = false;
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                if (content && now == Mode.LOSING_THE_YES) {
                    return;
                }
                if (content) {
                    beforeTheYes.run();
                }
                content = line.startsWith("354");
                client.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
            }
        }
    }
}
