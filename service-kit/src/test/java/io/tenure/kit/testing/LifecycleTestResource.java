package io.tenure.kit.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * Answers as the lifecycle service when it is asked for deletion orders, and as the identity provider's token endpoint.
 * {@link Lifecycle} says what it answers.
 */
public class LifecycleTestResource implements QuarkusTestResourceLifecycleManager {

    private static final String ORDER = "/v1/terminations/[0-9a-f-]{36}/deletion-order";

    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private boolean tokens = true;
    private HttpServer server;

    @Override
    public void init(Map<String, String> arguments) {
        tokens = !"false".equals(arguments.get("tokens"));
    }

    @Override
    public Map<String, String> start() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", this::answer);
            server.start();
            String url = "http://127.0.0.1:" + server.getAddress().getPort();
            Map<String, String> config = new HashMap<>(Map.of("tenure.lifecycle.url", url));
            if (tokens) {
                config.put("quarkus.oidc-client.auth-server-url", url);
                config.put("tenure.oidc.client-secret", "only-for-tests");
            }
            return config;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String query = exchange.getRequestURI().getQuery();
            if (exchange.getRequestMethod().equals("PUT")) {
                answers.put(
                        query == null ? path : path + "?" + query,
                        new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                exchange.sendResponseHeaders(204, -1);
            } else if (path.endsWith("/token")) {
                send(
                        exchange,
                        200,
                        "application/json",
                        "{\"access_token\":\"t\",\"token_type\":\"Bearer\",\"expires_in\":300}");
            } else if (!path.matches(ORDER)) {
                send(exchange, 500, "text/plain", "asked for something unexpected");
            } else if (exchange.getRequestHeaders().getFirst("Authorization") == null) {
                send(exchange, 401, "application/problem+json", "{}");
            } else {
                String[] answer = answer(path, query == null ? "" : query).split(" ", 3);
                send(exchange, Integer.parseInt(answer[0]), answer[1], answer[2]);
            }
        }
    }

    /** What was said about one of the assets counts before what was said about the termination. */
    private String answer(String path, String query) {
        return Stream.of(query.split("&"))
                .map(asset -> answers.get(path + "?assetId=" + asset.replaceFirst("^.*=", "")))
                .filter(answer -> answer != null && !answer.startsWith("0 "))
                .findFirst()
                .orElseGet(() -> answers.getOrDefault(
                        path, "404 application/problem+json {\"type\":\"urn:tenure:problem:no-such-termination\"}"));
    }

    private static void send(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void stop() {
        if (server != null) {
            server.stop(0);
        }
    }
}
