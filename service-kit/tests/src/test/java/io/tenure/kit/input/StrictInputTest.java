package io.tenure.kit.input;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.http.TestHTTPResource;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.tenure.kit.KitTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@KitTest
class StrictInputTest {

    private static final String PROBLEM = "application/problem+json";

    @TestHTTPResource("/")
    URI server;

    @Inject
    ObjectMapper mapper;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "flag|1",
                "flag|0.0",
                "flag|\"true\"",
                "flag|\"\"",
                "count|1.5",
                "count|1.0",
                "count|1e1",
                "count|\"2\"",
                "count|\"\"",
                "count|true",
                "count|99999999999",
                "big|1.5",
                "big|\"5\"",
                "ratio|\"1.5\"",
                "ratio|true",
                "colour|0",
                "colour|\"0\"",
                "colour|\"\"",
                "colour|\"red\"",
                "colour|\"GREEN\"",
                "id|\"1-2-3-4-5\"",
                "id|\"AAAAAAAAAAAAAAAAAAAAAA==\"",
                "id|7",
                "id|\"\"",
                "at|1793800000",
                "at|\"1793800000\"",
                "at|\"\"",
                "on|20000",
                "on|[2026,11,1]",
                "name|12",
                "name|1.5",
                "name|true",
                "name|[\"a\"]",
                "name|{}",
                "names|\"a\"",
                "email|5"
            })
    void guessesNoValue(String field, String value) {
        post("{\"" + field + "\":" + value + "}")
                .statusCode(400)
                .contentType(PROBLEM)
                .body("field", equalTo(field));
    }

    @Test
    void takesWhatTheContractSays() {
        post("""
                {"flag":true,"count":2,"big":4294967296,"ratio":2,"colour":"BLUE",
                 "id":"019aa0f1-0000-7000-8000-000000000000","at":"2026-11-01T00:00:00Z","on":"2026-11-01","name":"x","names":["y"],
                 "email":"ada@customer.example","phone":"+49 69 1234567"}""")
                .statusCode(200)
                .body("big", equalTo(4294967296L))
                .body("ratio", equalTo(2.0f))
                .body("colour", equalTo("BLUE"))
                .body("at", equalTo("2026-11-01T00:00:00Z"))
                .body("on", equalTo("2026-11-01"));
    }

    @Test
    void namesAFieldThatComesTwice() {
        post("{\"name\":\"a\",\"name\":\"a\"}")
                .statusCode(400)
                .body("type", equalTo("urn:tenure:problem:repeated-field"))
                .body("field", equalTo("name"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{} {}",
                "{}x",
                "{}]",
                "{},",
                "",
                "[",
                "// no\n{}",
                "{'name':'a'}",
                "{\"name\":\"a\\u0000\"",
                "NaN"
            })
    void takesOneJsonValueAndNothingBehindIt(String body) {
        post(body).statusCode(400).contentType(PROBLEM);
    }

    @Test
    void refusesBytesThatAreNotWhatTheyAnnounce() {
        // By its first bytes this is UTF-32, in which these are no characters.
        byte[] broken = {0, 0, 0, '{', (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff};
        given().contentType(ContentType.JSON)
                .body(broken)
                .post("/strict")
                .then()
                .statusCode(400)
                .body("type", equalTo("urn:tenure:problem:malformed-json"));
        given().contentType(ContentType.JSON)
                .body(new byte[] {'{', '"', (byte) 0xc3, (byte) 0x28, '"', ':', '1', '}'})
                .post("/strict")
                .then()
                .statusCode(400);
    }

    @ParameterizedTest
    @CsvSource({
        "0000, U+0000",
        "0009, U+0009",
        "000a, U+000A",
        "0085, U+0085",
        "202e, U+202E",
        "2066, U+2066",
        "200b, U+200B",
        "200d, U+200D",
        "2060, U+2060",
        "feff, U+FEFF",
        "2028, U+2028",
        "2029, U+2029",
        "e000, U+E000",
        "ffff, U+FFFF",
        "d800, U+D800"
    })
    void refusesCharactersThatNoTextMayHave(String escape, String name) {
        post("{\"name\":\"a\\u" + escape + "b\"}")
                .statusCode(400)
                .contentType(PROBLEM)
                .body("field", equalTo("name"))
                .body("detail", containsString(name));
        post("{\"names\":[\"a\\u" + escape + "b\"]}").statusCode(400).body("field", equalTo("names[0]"));
    }

    @Test
    void normalisesTextAndCountsCodePoints() {
        post("{\"name\":\"\\u00a0 Cafe\\u0301 \\u2003\"}").statusCode(200).body("name", equalTo("Caf\u00e9"));
        post("{\"name\":\"" + "\uD83D\uDE00".repeat(200) + "\"}").statusCode(200);
        post("{\"name\":\"" + "\uD83D\uDE00".repeat(201) + "\"}")
                .statusCode(400)
                .body("violations[0].field", equalTo("name"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\\u00a0\\u2007", "\\u3000"})
    void refusesANameOfBlanks(String blanks) {
        post("{\"name\":\"" + blanks + "\"}").statusCode(400).body("violations[0].field", equalTo("name"));
        post("{\"names\":[\"" + blanks + "\"]}").statusCode(400);
    }

    @ParameterizedTest
    @CsvSource({
        "limit, abc",
        "limit, 1.5",
        "limit, +1",
        "limit, 99999999999",
        "limit, ''",
        "cursor, a%00b",
        "cursor, ''",
        "big, x",
        "colour, GREEN",
        "colour, 0",
        "at, yesterday",
        "id, 1-2-3-4-5",
        "id, ''",
        "flag, 1",
        "type, a%00b",
        "type, %E2%80%AE"
    })
    void namesAMalformedParameter(String name, String value) {
        given().urlEncodingEnabled(false)
                .get("/strict/1?" + name + "=" + value)
                .then()
                .statusCode(400)
                .contentType(PROBLEM)
                .body("parameter", equalTo(name));
    }

    @Test
    void aPageHasFrom1To200ItemsAnd50WhereTheCallerSaysNothing() {
        given().get("/strict/1").then().statusCode(200).body("[0]", equalTo("50"));
        given().get("/strict/1?limit=200").then().statusCode(200).body("[0]", equalTo("200"));
        for (String limit : List.of("0", "201")) {
            given().get("/strict/1?limit=" + limit)
                    .then()
                    .statusCode(400)
                    .contentType(PROBLEM)
                    .body("violations.field", equalTo(List.of("limit")));
        }
    }

    @Test
    void namesAMalformedPartOfThePath() {
        given().get("/strict/one").then().statusCode(400).body("parameter", equalTo("number"));
        given().get("/samples/nonsense")
                .then()
                .statusCode(400)
                .body("type", equalTo("urn:tenure:problem:malformed-id"))
                .body("parameter", equalTo("id"));
    }

    @Test
    void namesAMalformedHeader() throws IOException {
        String answer = raw("GET /strict/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nSample: a\u0085b\r\n\r\n");
        assertEquals("HTTP/1.1 400 Bad Request", answer.lines().findFirst().orElse(""), answer);
    }

    @Test
    void refusesAnEmptyAndARepeatedHeader() throws IOException {
        for (String headers : List.of("Sample:\r\n", "Sample: a\r\nSample: b\r\n")) {
            String answer = raw("GET /strict/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + "\r\n");
            assertEquals("HTTP/1.1 400 Bad Request", answer.lines().findFirst().orElse(""), answer);
        }
    }

    @Test
    void refusesUnknownAndRepeatedQueryParameters() {
        given().get("/strict/1?limit=2&colour=RED&type=x").then().statusCode(200);
        given().get("/strict/1?limt=2")
                .then()
                .statusCode(400)
                .contentType(PROBLEM)
                .body("type", equalTo("urn:tenure:problem:unknown-parameter"))
                .body("parameter", equalTo("limt"))
                .body("detail", containsString("at, big, colour, cursor, flag, id, limit, type"));
        given().get("/strict/1?limit=2&limit=3").then().statusCode(400).body("parameter", equalTo("limit"));
        given().get("/samples/019aa0f1-0000-7000-8000-000000000000?x").then().statusCode(400);
    }

    /** Quarkus answers a path that cannot be decoded before anybody else sees it, so without a document. */
    @ParameterizedTest
    @ValueSource(
            strings = {"/strict/%zz", "/strict/1?type=%zz", "/strict/1?type=%", "/strict/%ff", "/strict/1?type=%ff"})
    void doesNotFailOnBrokenEncoding(String path) throws IOException {
        String answer = raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertEquals("HTTP/1.1 400 Bad Request", answer.lines().findFirst().orElse(""), answer);
        assertEquals(path.endsWith("%ff"), answer.contains(PROBLEM), answer);
    }

    @Test
    void answersABodyOverTheLimitWithAProblem() throws IOException {
        post("{\"name\":\"" + "x".repeat(70_000) + "\"}")
                .statusCode(413)
                .contentType(PROBLEM)
                .body("type", equalTo("urn:tenure:problem:too-large"))
                .body("instance", equalTo("/strict"));
        StringBuilder chunked = new StringBuilder("POST /strict HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (String part : new String[] {"{\"name\":\"", "x".repeat(60_000), "x".repeat(60_000), "\"}"}) {
            chunked.append(Integer.toHexString(part.length()))
                    .append("\r\n")
                    .append(part)
                    .append("\r\n");
        }
        String answer = raw(chunked.append("0\r\n\r\n").toString());
        assertEquals(true, answer.startsWith("HTTP/1.1 413 "), answer);
        assertEquals(true, answer.contains("urn:tenure:problem:too-large"), answer);
    }

    @Test
    void readsALargeBodyWithinTheLimit() {
        post("{\"name\":\"x\"" + " ".repeat(60_000) + "}").statusCode(200);
    }

    /** Another server's answers and stored values are read as before. */
    @Test
    void leavesTheApplicationsMapperAlone() throws IOException {
        assertEquals(List.of(" a\u200b"), mapper.readValue("[\" a\\u200b\"]", List.class));
        assertEquals(Map.of("name", "b"), mapper.readValue("{\"name\":\"a\",\"name\":\"b\"}", Map.class));
    }

    @Test
    void quotesNoValue() {
        post("{\"id\":\"Lovelace\",\"colour\":\"Hopper\"}")
                .statusCode(400)
                .body("detail", not(containsString("Lovelace")));
    }

    private String raw(String request) throws IOException {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            InputStream answer = socket.getInputStream();
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static ValidatableResponse post(String body) {
        return given().contentType("application/json; charset=utf-8")
                .body(body)
                .post("/strict")
                .then();
    }
}
