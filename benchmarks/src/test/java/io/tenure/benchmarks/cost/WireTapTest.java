package io.tenure.benchmarks.cost;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WireTapTest {

    private ServerSocket listener;
    private WireTap tap;
    private Socket client;
    private Socket server;

    @BeforeEach
    void connect() throws IOException {
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        tap = WireTap.before(listener.getLocalPort());
        client = new Socket(InetAddress.getLoopbackAddress(), tap.port());
        server = listener.accept();
    }

    @AfterEach
    void close() throws IOException {
        tap.close();
        client.close();
        server.close();
        listener.close();
    }

    private static void say(Socket from, Socket to, String words) throws IOException {
        var bytes = words.getBytes(StandardCharsets.US_ASCII);
        from.getOutputStream().write(bytes);
        assertThat(to.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
    }

    @Test
    void countsBytesEachWay() throws IOException {
        say(client, server, "four");
        say(server, client, "six666");
        say(client, server, "two");
        assertThat(tap.sent()).isEqualTo(7);
        assertThat(tap.received()).isEqualTo(6);
    }

    @Test
    void aRoundTripBeginsWhenTheClientSpeaksAfterTheServer() throws IOException {
        say(client, server, "first");
        say(client, server, "and more of it");
        say(server, client, "answer");
        say(server, client, "and more of it");
        assertThat(tap.roundTrips()).isEqualTo(1);
        say(client, server, "second");
        assertThat(tap.roundTrips()).isEqualTo(2);
    }

    @Test
    void theEndOfOneSideIsTheEndOfTheOther() throws IOException {
        client.close();
        assertThat(server.getInputStream().read()).isEqualTo(-1);
    }
}
