package io.tenure.credential.reveal;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.restassured.response.Response;
import io.tenure.credential.CredentialTest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

@CredentialTest
class RevealPageTest {

    @Test
    void isOneFileThatMayRunNothingButItself() throws Exception {
        Response answer = given().accept("text/html").get("/reveal");
        assertEquals(200, answer.statusCode());
        assertTrue(answer.contentType().startsWith("text/html"));
        assertEquals("no-store", answer.header("Cache-Control"));
        assertEquals("no-referrer", answer.header("Referrer-Policy"));
        assertEquals("nosniff", answer.header("X-Content-Type-Options"));
        assertTrue(answer.cookies().isEmpty());

        String html = answer.asString();
        assertEquals(
                "default-src 'none'; script-src '" + hash(html, "script") + "'; style-src '" + hash(html, "style")
                        + "'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
                        + " require-trusted-types-for 'script'",
                answer.header("Content-Security-Policy"));
        assertFalse(
                Pattern.compile("(?i)(https?:)?//[a-z]|\\son[a-z]+=|\\sstyle=|<img|<iframe|innerHTML|@import")
                        .matcher(html)
                        .find(),
                "nothing from elsewhere, and nothing that the policy would stop");
    }

    @Test
    void hasTheSameHeadersForHead() {
        Response get = given().get("/reveal");
        Response head = given().head("/reveal");
        assertEquals(200, head.statusCode());
        assertEquals(get.header("Content-Security-Policy"), head.header("Content-Security-Policy"));
        assertEquals("", head.asString());
    }

    @Test
    void knowsEveryProblemThatTheServiceAnswersWith() {
        String html = given().get("/reveal").asString();
        for (String slug : new String[] {
            "credential-already-revealed", "link-superseded", "link-expired", "credential-revoked", "not-found"
        }) {
            assertTrue(html.contains("'" + slug + "'"), slug);
        }
    }

    private static String hash(String html, String element) throws Exception {
        Matcher found = Pattern.compile("<" + element + ">(.*?)</" + element + ">", Pattern.DOTALL)
                .matcher(html);
        assertTrue(found.find());
        byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(found.group(1).getBytes(StandardCharsets.UTF_8));
        assertFalse(found.find(), "exactly one");
        return "sha256-" + Base64.getEncoder().encodeToString(digest);
    }
}
