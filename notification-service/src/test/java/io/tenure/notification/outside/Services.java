package io.tenure.notification.outside;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.tenure.kit.Ids;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Answers as provisioning, credential and lifecycle service and as the identity provider's token endpoint. */
@Singleton
public class Services {

    private static final String TOKEN = "token-of-the-notification-service";
    private static final String CLIENT = basic("tenure-notification", "the-services-own-secret");

    private final ObjectMapper mapper;
    private final URI address;
    private final Map<UUID, String> tenants = new ConcurrentHashMap<>();
    private final Map<UUID, byte[]> certificates = new ConcurrentHashMap<>();
    private final Map<String, Integer> refusals = new ConcurrentHashMap<>();
    private final Map<UUID, List<String>> links = new ConcurrentHashMap<>();
    private HttpServer server;

    Services(ObjectMapper mapper, @ConfigProperty(name = "tenure.provisioning.url") URI address) {
        this.mapper = mapper;
        this.address = address;
    }

    void start(@Observes StartupEvent event) throws IOException {
        // Consumers may take long to join on a busy machine; nothing here asserts a duration.
        Awaitility.setDefaultTimeout(Duration.ofMinutes(2));
        server = HttpServer.create(new InetSocketAddress(address.getHost(), address.getPort()), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    void stop(@Observes ShutdownEvent event) {
        server.stop(0);
    }

    /** Makes a tenant known. */
    public void tenant(UUID id, String name, String contactName, String email) {
        try {
            tenants.put(
                    id,
                    mapper.writeValueAsString(Map.of(
                            "id",
                            id,
                            "name",
                            name,
                            "status",
                            "ACTIVE",
                            "version",
                            1,
                            "contact",
                            Map.of("name", contactName, "email", email, "phone", "+49 69 1234567"))));
        } catch (JsonProcessingException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Makes a certificate fetchable. */
    public void certificate(UUID terminationId, byte[] document) {
        certificates.put(terminationId, document);
    }

    /** From now on every request about {@code id} gets this status; 0 ends that. */
    public void refuse(UUID id, int status) {
        refusals.put(id.toString(), status);
    }

    /** The links that were asked for, in order. */
    public List<String> links(UUID credentialId) {
        return links.getOrDefault(credentialId, List.of());
    }

    private void answer(HttpExchange exchange) throws IOException {
        String call =
                exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        String[] steps = call.split("/");
        if (call.equals("POST /realms/tenure/protocol/openid-connect/token")) {
            if (CLIENT.equals(authorization)) {
                json(
                        exchange,
                        200,
                        "{\"access_token\":\"" + TOKEN + "\",\"token_type\":\"Bearer\",\"expires_in\":300}");
            } else {
                json(exchange, 401, "{\"error\":\"invalid_client\"}");
            }
            return;
        }
        UUID id = UUID.fromString(steps[3]);
        int refusal = refusals.getOrDefault(steps[3], 0);
        if (!("Bearer " + TOKEN).equals(authorization)) {
            json(exchange, 401, "{}");
        } else if (refusal > 0) {
            json(exchange, refusal, "{\"detail\":\"refused\"}");
        } else if (call.startsWith("GET /v1/tenants/") && tenants.containsKey(id)) {
            json(exchange, 200, tenants.get(id));
        } else if (call.startsWith("POST /v1/credentials/") && call.endsWith("/links")) {
            UUID link = Ids.next();
            String url = "https://reveal.example/reveal#" + Ids.next();
            links.computeIfAbsent(id, any -> new CopyOnWriteArrayList<>()).add(url);
            json(
                    exchange,
                    201,
                    "{\"linkId\":\"%s\",\"url\":\"%s\",\"expiresAt\":\"%s\"}"
                            .formatted(link, url, Instant.parse("2031-03-04T05:06:07Z")));
        } else if (call.startsWith("GET /v1/terminations/")
                && call.endsWith("/certificate")
                && certificates.containsKey(id)) {
            reply(exchange, 200, "application/jose+json", certificates.get(id));
        } else {
            json(exchange, 404, "{}");
        }
    }

    private static void json(HttpExchange exchange, int status, String body) throws IOException {
        reply(exchange, status, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    private static void reply(HttpExchange exchange, int status, String mediaType, byte[] body) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("Content-Type", mediaType);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }
}
