package io.tenure.notification.outside;

import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** A real mail server behind a door that can be shut in several ways; each connection is treated as the door is then. */
@Singleton
public class MailDoor {

    /** How the door is. */
    public enum Mode {
        OPEN,
        /** Answers 451 to every sender. */
        BUSY,
        /** Hangs up at once. */
        SHUT,
        /** The server takes the message, but its yes is lost on the way back. */
        LOSING_THE_YES
    }

    private final GreenMail server = new GreenMail(patient(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP)));
    private final int port;
    private volatile Mode mode = Mode.OPEN;
    private volatile Runnable beforeTheYes = () -> {};
    private ServerSocket door;

    MailDoor(@ConfigProperty(name = "quarkus.mailer.port") int port) {
        this.port = port;
    }

    /** The library gives its own thread two seconds to begin, which a busy machine may not keep. */
    private static ServerSetup patient(ServerSetup setup) {
        setup.setServerStartupTimeout(60_000);
        return setup;
    }

    void start(@Observes StartupEvent event) throws IOException {
        server.start();
        door = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::receive);
    }

    void stop(@Observes ShutdownEvent event) throws IOException {
        door.close();
        server.stop();
    }

    public void set(Mode mode) {
        this.mode = mode;
    }

    /** Runs something between the server's yes to a message and its arrival at the service. */
    public void beforeTheYes(Runnable action) {
        beforeTheYes = action;
    }

    /** What arrived for an address, in order. */
    public List<MimeMessage> received(String address) {
        return Arrays.stream(server.getReceivedMessages())
                .filter(message -> {
                    try {
                        return message.getHeader("To", ",").contains(address);
                    } catch (MessagingException unreadable) {
                        throw new AssertionError(unreadable);
                    }
                })
                .toList();
    }

    /** The addresses that the server took mail for, as they stood in the envelopes. */
    public List<String> recipients() {
        return server.getUserManager().listUser().stream()
                .map(GreenMailUser::getEmail)
                .toList();
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
