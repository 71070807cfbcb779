package io.tenure.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpLoadTest {

    private HttpServer server;
    private URI base;

    @BeforeEach
    void anEcho() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            var body = exchange.getRequestBody().readAllBytes();
            var answer = (exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                            + exchange.getRequestHeaders().getFirst("X-Test") + " " + new String(body, UTF_8))
                    .getBytes(UTF_8);
            // A length of 0 makes this server answer in chunks.
            boolean chunked = exchange.getRequestURI().getPath().equals("/chunked");
            exchange.sendResponseHeaders(201, chunked ? 0 : answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        base = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void manyExchangesOnOneConnectionWithAndWithoutChunks() throws Exception {
        try (var http = HttpLoad.open(base, 2)) {
            for (int i = 0; i < 3; i++) {
                var answer = http.post(0, "/fixed", "{}".getBytes(UTF_8), "X-Test", "yes");
                assertThat(answer.status()).isEqualTo(201);
                assertThat(answer.body()).isEqualTo("POST /fixed yes {}");
                assertThat(http.post(1, "/chunked", "ä".getBytes(UTF_8), "X-Test", "no")
                                .body())
                        .isEqualTo("POST /chunked no ä");
                assertThat(http.get(1, "/get").body()).isEqualTo("GET /get null ");
            }
        }
    }
}
