package io.tenure.kit.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.restassured.RestAssured;
import io.restassured.config.EncoderConfig;
import io.restassured.config.RestAssuredConfig;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.tenure.kit.Ids;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.StreamSupport;

/**
 * Sends to every operation of a contract what it must refuse: wrong types, malformed parameters, no token, the wrong
 * role, too much. Each answer must be a problem with a status that the operation documents, and the one that the case
 * asks for. The contract is the served one, which {@link OpenApiDrift} compares with the committed file.
 */
public final class ContractWalk {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PROBLEM = "application/problem+json";
    private static final String NUL = "%00";

    private final String service;
    private final JsonNode contract;
    private final Set<String> departing;
    private final List<String> findings = new ArrayList<>();
    private int requests;

    private ContractWalk(String service, Set<String> departing, JsonNode contract) {
        this.service = service;
        this.departing = new TreeSet<>(departing);
        this.contract = contract;
    }

    /**
     * Walks through the contract of the service under test; fails with everything that was found.
     *
     * @param departing what the administrator of a terminated tenant may do here, as {@code GET /v1/samples/{id}};
     *     everything else that is not open to all must be refused
     */
    public static void check(String service, String... departing) throws IOException {
        String served = RestAssured.given()
                .queryParam("format", "json")
                .get("/q/openapi")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        ContractWalk walk = new ContractWalk(service, Set.of(departing), JSON.readTree(served));
        walk.contract.get("paths").properties().forEach(path -> path.getValue().properties().stream()
                .filter(method -> method.getValue().has("responses"))
                .forEach(method ->
                        walk.new Operation(method.getKey().toUpperCase(), path.getKey(), method.getValue()).walk()));
        assertEquals(Set.of(), walk.departing, "operations that are not there");
        assertEquals(List.of(), walk.findings, "of " + walk.requests + " requests these were answered wrongly");
    }

    private JsonNode resolved(JsonNode schema) {
        return schema.has("$ref") ? contract.at(schema.get("$ref").asText().substring(1)) : schema;
    }

    /** One operation and what is sent to it. */
    private final class Operation {

        private final String method;
        private final String template;
        private final JsonNode documented;
        private final List<JsonNode> parameters;

        Operation(String method, String template, JsonNode documented) {
            this.method = method;
            this.template = template;
            this.documented = documented;
            this.parameters = StreamSupport.stream(documented.path("parameters").spliterator(), false)
                    .toList();
        }

        void walk() {
            String path = path(Map.of());
            expect("as it should be", path, true, null, 0);
            if (documented.path("security").valueStream().anyMatch(requirement -> !requirement.isEmpty())) {
                expect("no token", path, false, null, 401);
                Response answer = send(path, TestTokens.departing(service, Ids.next()), json(null));
                boolean allowed = departing.remove(method + " " + template);
                record("a departing administrator", path, answer, allowed ? 0 : 403);
                if (allowed && List.of(401, 403).contains(answer.statusCode())) {
                    findings.add(method + " " + path + ", a departing administrator: should be allowed");
                }
            }
            if (!roles().isEmpty()) {
                record("the wrong role", path, send(path, TestTokens.of(service, "nobody"), json(null)), 403);
            }
            boolean page = documented.at("/responses/200/content").has("text/html");
            expect("an unknown query parameter", path + "?nobodyKnowsThis=1", true, null, page ? 200 : 400);
            parameters.forEach(this::walk);
            if (documented.has("requestBody")) {
                walkBody(path);
            }
        }

        private void walk(JsonNode parameter) {
            String name = parameter.get("name").asText();
            JsonNode schema = resolved(parameter.path("schema"));
            boolean typed = schema.has("format")
                    || schema.has("enum")
                    || !schema.path("type").asText().equals("string");
            switch (parameter.get("in").asText()) {
                case "path" -> {
                    if (typed) {
                        expect(name + " malformed", path(Map.of(name, "nonsense")), true, null, 400);
                    }
                    if (!schema.has("pattern") || typed) {
                        expect(name + " with NUL", path(Map.of(name, "a" + NUL)), true, null, 400);
                    }
                }
                case "query" -> {
                    String query = path(Map.of()) + "?" + name + "=";
                    if (typed) {
                        expect(name + " malformed", query + "nonsense", true, null, 400);
                    }
                    expect(name + " with NUL", query + "a" + NUL, true, null, 400);
                    expect(name + " empty", query, true, null, 400);
                    expect(name + " twice", query + "1&" + name + "=1", true, null, 400);
                }
                default -> {}
            }
        }

        private void walkBody(String path) {
            JsonNode schema = resolved(documented.at("/requestBody/content/application~1json/schema"));
            record(
                    "another media type",
                    path,
                    send(path, token(), given -> given.contentType("text/plain").body("x")),
                    415);
            for (String body : List.of("{", "", "null", "[]", "1", "{} {}", "{\"nobodyKnowsThis\":1}")) {
                expect("the body " + body, path, true, body, 400);
            }
            expect("too large a body", path, true, "{\"nobodyKnowsThis\":\"" + "x".repeat(70_000) + "\"}", 413);
            walkFields(path, schema, "", "%s");
        }

        /** @param frame a JSON text with {@code %s} where the object of these fields stands */
        private void walkFields(String path, JsonNode schema, String prefix, String frame) {
            for (Map.Entry<String, JsonNode> field : schema.path("properties").properties()) {
                String name = field.getKey();
                JsonNode type = resolved(field.getValue());
                expect(
                        prefix + name + " twice",
                        path,
                        true,
                        frame.formatted("{\"" + name + "\":null,\"" + name + "\":null}"),
                        400);
                for (String wrong : wrong(type)) {
                    Response answer = expect(
                            prefix + name + " as " + wrong,
                            path,
                            true,
                            frame.formatted("{\"" + name + "\":" + wrong + "}"),
                            400);
                    if (!answer.asString().contains(name)) {
                        findings.add(method + " " + template + ", " + prefix + name + " as " + wrong
                                + ": the problem does not name the field");
                    }
                }
                if (type.has("properties")) {
                    walkFields(path, type, prefix + name + ".", frame.formatted("{\"" + name + "\":%s}"));
                }
            }
        }

        private List<String> wrong(JsonNode type) {
            return switch (type.path("type").asText()) {
                case "boolean" -> List.of("1", "\"true\"", "{}");
                case "integer" -> List.of("1.5", "\"1\"", "true");
                case "array" -> List.of("\"x\"", "1");
                case "object" -> List.of("\"x\"", "1", "[]");
                case "string" -> List.of("1", "true", "[]", "\"a\\u0000b\"", "\"a\\u202eb\"");
                default -> List.of();
            };
        }

        private Response expect(String what, String path, boolean withToken, String body, int status) {
            Response answer = send(path, withToken ? token() : null, json(body));
            record(what, path, answer, status);
            return answer;
        }

        /** @param body null for the smallest one that the operation could have */
        private UnaryOperator<RequestSpecification> json(String body) {
            if (!documented.has("requestBody")) {
                return given -> given;
            }
            String sent = body == null ? "{}" : body;
            return given -> sent.isEmpty()
                    ? given.contentType("application/json")
                    : given.contentType("application/json").body(sent);
        }

        /** @param status what it must be; 0 for any that is documented */
        private void record(String what, String path, Response answer, int status) {
            requests++;
            int found = answer.statusCode();
            List<String> wrong = new ArrayList<>();
            if (!documented.get("responses").has(String.valueOf(found))) {
                wrong.add("is not documented");
            }
            if (found >= 500 || status != 0 && found != status) {
                wrong.add("should be " + (status == 0 ? "no failure" : status));
            }
            if (found >= 400 && !PROBLEM.equals(answer.contentType())) {
                wrong.add("is no problem document");
            }
            if (!wrong.isEmpty()) {
                findings.add(method + " " + path + ", " + what + ": " + found + " " + String.join(", ", wrong));
            }
        }

        private Response send(String path, String token, UnaryOperator<RequestSpecification> more) {
            RequestSpecification given = RestAssured.given()
                    .config(RestAssuredConfig.config()
                            .encoderConfig(EncoderConfig.encoderConfig()
                                    .appendDefaultContentCharsetToContentTypeIfUndefined(false)))
                    .urlEncodingEnabled(false);
            if (token != null) {
                given = given.auth().oauth2(token);
            }
            return more.apply(given).request(method, path);
        }

        private String path(Map<String, String> values) {
            String path = template;
            for (JsonNode parameter : parameters) {
                if (parameter.get("in").asText().equals("path")) {
                    String name = parameter.get("name").asText();
                    path = path.replace("{" + name + "}", values.getOrDefault(name, sample(parameter)));
                }
            }
            return path;
        }

        private String sample(JsonNode parameter) {
            JsonNode schema = resolved(parameter.path("schema"));
            return schema.path("format").asText().equals("uuid") ? Ids.next().toString() : "0";
        }

        private List<String> roles() {
            Map<String, List<String>> roles = new LinkedHashMap<>();
            documented.path("security").forEach(requirement -> requirement
                    .properties()
                    .forEach(scheme -> roles.put(
                            scheme.getKey(),
                            StreamSupport.stream(scheme.getValue().spliterator(), false)
                                    .map(JsonNode::asText)
                                    .toList())));
            return roles.values().stream().flatMap(List::stream).toList();
        }

        private String token() {
            return roles().stream()
                    .filter(role -> !role.equals("tenant-admin"))
                    .findFirst()
                    .map(role -> TestTokens.of(service, role))
                    .orElseGet(() -> TestTokens.ofTenant(service, UUID.randomUUID()));
        }
    }
}
