package io.tenure.local.server;

import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.tenure.local.process.ChildProcess;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An SMTP server inside this JVM that accepts mail for everybody and keeps each message as a file. Returned messages
 * can be read by IMAP.
 */
public final class MailServer implements LocalServer {

    /** The library gives its own thread two seconds, which is too little while everything else starts. */
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    /** Where returned messages go, whatever detail follows the local part (RFC 5233). */
    public static final String RETURNED = "bounces@csp.example";

    /** The sender of a returned message: it stands for the empty return path, which this server does not accept. */
    public static final String NOBODY = "nobody@nowhere.invalid";

    private final Path dir;
    private final int port;
    private final int imapPort;
    private final String password;
    private final List<MimeMessage> received = new CopyOnWriteArrayList<>();
    private final AtomicInteger files = new AtomicInteger();
    private GreenMail greenMail;

    /**
     * A server that is not started yet.
     *
     * @param dir where messages go, one {@code .eml} file each
     * @param port where it listens
     * @param imapPort where the mailbox of returned messages is read
     * @param password of that mailbox; its user is {@link #RETURNED}
     */
    public MailServer(Path dir, int port, int imapPort, String password) {
        this.dir = dir;
        this.port = port;
        this.imapPort = imapPort;
        this.password = password;
    }

    @Override
    public String name() {
        return "smtp";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public synchronized void start() throws IOException {
        Files.createDirectories(dir);
        try (var old = Files.list(dir)) {
            files.set((int) old.count());
        }
        greenMail = new GreenMail(
                new ServerSetup[] {setup(port, ServerSetup.PROTOCOL_SMTP), setup(imapPort, ServerSetup.PROTOCOL_IMAP)});
        greenMail.start();
        var users = greenMail.getManagers().getUserManager();
        var returned = greenMail.setUser(RETURNED, RETURNED, password);
        users.setMessageDeliveryHandler((message, recipient) -> {
            try {
                if (message.getReturnPath().getEmail().equals(NOBODY)) {
                    message.getMessage().setHeader("Return-Path", "<>");
                }
                keep(message.getMessage());
                var address = recipient.getEmail();
                if (address.replaceFirst("\\+.*@", "@").equals(RETURNED)) {
                    return returned;
                }
                GreenMailUser known = users.getUserByEmail(address);
                return known != null ? known : users.createUser(address, address, address);
            } catch (IOException e) {
                throw new MessagingException("the message could not be written", e);
            }
        });
    }

    private static ServerSetup setup(int port, String protocol) {
        var setup = new ServerSetup(port, "127.0.0.1", protocol);
        setup.setServerStartupTimeout(START_LIMIT.toMillis());
        return setup;
    }

    private void keep(MimeMessage message) throws IOException, MessagingException {
        received.add(message);
        var file = dir.resolve(String.format(Locale.ROOT, "%04d.eml", files.incrementAndGet()));
        try (var out = Files.newOutputStream(file)) {
            message.writeTo(out);
        }
    }

    /** Every message accepted since this server was made, oldest first; one entry per recipient. */
    public List<MimeMessage> messages() {
        return List.copyOf(received);
    }

    @Override
    public synchronized void stop() {
        if (greenMail != null) {
            greenMail.stop();
            greenMail = null;
        }
    }

    @Override
    public Optional<ChildProcess> process() {
        return Optional.empty();
    }
}
