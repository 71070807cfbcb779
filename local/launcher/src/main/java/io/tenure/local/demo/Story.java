package io.tenure.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.tenure.local.platform.Http;
import jakarta.mail.internet.MimeMessage;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What the stages share: the deployment, who calls it, and what has come of it so far. */
final class Story {

    /** Tokens live five minutes; a story may take longer. */
    private static final Duration TOKEN_REUSE = Duration.ofMinutes(2);

    private record Kept(String token, long since) {}

    /**
     * A virtual machine or data center.
     *
     * @param kind {@code vms} or {@code vdcs}
     */
    record Asset(String kind, String id, String name) {}

    final Deployment deployment;
    final Path evidence;
    final EventWatch events;
    final List<Asset> assets = new ArrayList<>();
    final List<DiskWitness> disks = new ArrayList<>();

    /** Begins with the request for termination and must end with the certificate. */
    final String traceId = randomHex(16);

    String tenantId;
    String location;
    String adminUser;
    String adminPassword;
    String temporaryPassword;
    String unusedLink;
    PortalSession session;
    String terminationId;
    String holdId;
    Path certificate;
    List<String> traceServices = List.of();

    private final Map<String, Kept> tokens = new ConcurrentHashMap<>();

    Story(Deployment deployment, Path evidence, EventWatch events) {
        this.deployment = deployment;
        this.evidence = evidence;
        this.events = events;
    }

    /** Where disks are. */
    Storage storage() {
        return deployment.storage();
    }

    /** Where in there the tenant's machines lie. */
    String area() {
        return location + "/" + tenantId;
    }

    /** The address of Keycloak's realm. */
    URI realm() {
        return deployment.keycloak().resolve("/realms/tenure");
    }

    /** The token of one of the provider's people. */
    String user(String name) {
        return token("user " + name, () -> deployment.userToken(name));
    }

    /** The token of a confidential client. */
    String client(String name) {
        return token("client " + name, () -> deployment.clientToken(name));
    }

    private String token(String key, java.util.function.Supplier<String> fresh) {
        var now = System.nanoTime();
        var kept = tokens.get(key);
        if (kept == null || now - kept.since() > TOKEN_REUSE.toNanos()) {
            kept = new Kept(fresh.get(), now);
            tokens.put(key, kept);
        }
        return kept.token();
    }

    /** The address of a path at a service. */
    URI at(String service, String path) {
        return deployment.service(service).resolve(path);
    }

    /** What a GET gives, which must answer 200. */
    JsonNode get(String service, String path, String token) {
        return expect(200, Http.get(at(service, path), "Authorization", "Bearer " + token), "GET " + path)
                .json();
    }

    /** A POST; more headers as name, value. */
    Http.Answer post(String service, String path, Object body, String token, String... headers) {
        var all = new ArrayList<>(Arrays.asList(headers));
        if (token != null) {
            all.addAll(List.of("Authorization", "Bearer " + token));
        }
        return Http.json("POST", at(service, path), body, all.toArray(String[]::new));
    }

    /** Fails unless the answer has this status. */
    static Http.Answer expect(int status, Http.Answer answer, String what) {
        CheckFailed.unless(
                answer.status() == status,
                what + " answered " + answer.status() + " and not " + status + ": " + answer.body());
        return answer;
    }

    /** Fails unless the answer is a problem document of this status and type. */
    static void expectProblem(int status, String slug, Http.Answer answer, String what) {
        expect(status, answer, what);
        CheckFailed.unless(
                answer.header("Content-Type").startsWith("application/problem+json"),
                what + " is refused without a problem document");
        CheckFailed.unlessEqual(
                "urn:tenure:problem:" + slug, answer.json().path("type").asText(), what + ": type");
    }

    /** Another span of the story's trace, as a header's value. */
    String traceparent() {
        return "00-" + traceId + "-" + randomHex(8) + "-01";
    }

    /** Releases a hold as this local user; the answer is the caller's to judge. */
    Http.Answer release(String hold, String user) {
        return Http.json(
                "DELETE",
                at("lifecycle", "/v1/holds/" + hold),
                Map.of("reason", "The case is closed"),
                "Authorization",
                "Bearer " + user(user),
                "traceparent",
                traceparent());
    }

    String terminationPath() {
        return "/v1/terminations/" + terminationId;
    }

    /** The termination as the auditor sees it. */
    JsonNode termination() {
        return get("lifecycle", terminationPath(), user("auditor"));
    }

    /** Waits for a state of the termination; what blocks it is part of a failure's message. */
    JsonNode awaitTermination(String state, Duration limit) throws InterruptedException {
        try {
            return Waiting.until("termination " + state, limit, () -> Optional.of(termination())
                    .filter(t -> t.path("state").asText().equals(state)));
        } catch (CheckFailed e) {
            var now = termination();
            throw new CheckFailed(
                    e.getMessage() + "; it is " + now.path("state").asText() + ", blockers " + now.path("blockers"));
        }
    }

    /** A received mail with this Message-ID, as soon as it is there. */
    MimeMessage mail(String messageId) throws InterruptedException {
        return Waiting.until("mail " + messageId, Waiting.PATIENCE, () -> deployment.mail(messageId));
    }

    /** Random bytes in hexadecimal. */
    static String randomHex(int bytes) {
        var random = new byte[bytes];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }
}
