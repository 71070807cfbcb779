package io.tenure.kit.problem;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.tenure.kit.Database;
import io.tenure.kit.Ids;
import io.tenure.kit.KitTest;
import io.tenure.kit.testing.TestTokens;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@KitTest
class ProblemTest {

    private final UUID tenant = Ids.next();
    private final String manager = TestTokens.of("lifecycle", "account-manager");

    @Test
    void namesTheUnknownField() {
        post(manager, "{\"tenantId\":\"" + tenant + "\",\"name\":\"a\",\"passportNumber\":\"C01X00T47\"}")
                .statusCode(400)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:tenure:problem:unknown-field"))
                .body("field", equalTo("passportNumber"))
                .body("instance", equalTo("/samples"))
                .body("traceId", notNullValue())
                .body("detail", not(containsString("C01X00T47")));
    }

    @Test
    void namesTheInvalidField() {
        post(manager, "{\"tenantId\":\"" + tenant + "\",\"name\":\"\"}")
                .statusCode(400)
                .body("type", equalTo("urn:tenure:problem:invalid-request"))
                .body("violations[0].field", equalTo("name"));
    }

    @Test
    void namesTheFieldOfAWrongType() {
        post(manager, "{\"tenantId\":\"nonsense\",\"name\":\"a\"}")
                .statusCode(400)
                .body("field", equalTo("tenantId"))
                .body("detail", not(containsString("nonsense")));
    }

    @Test
    void refusesWhatIsNoJson() {
        post(manager, "{\"tenantId\":").statusCode(400).body("type", equalTo("urn:tenure:problem:malformed-json"));
    }

    @Test
    void refusesAMissingBody() {
        post(manager, "").statusCode(400).contentType("application/problem+json");
    }

    @Test
    void refusesAnOversizedBody() {
        post(manager, "{\"name\":\"" + "x".repeat(70_000) + "\"}").statusCode(413);
    }

    @Test
    void refusesAnotherMediaType() {
        given().auth()
                .oauth2(manager)
                .contentType(ContentType.TEXT)
                .body("x")
                .post("/samples")
                .then()
                .statusCode(415)
                .body("type", equalTo("urn:tenure:problem:unsupported-media-type"));
    }

    @Test
    void refusesAMalformedId() {
        given().get("/samples/nonsense")
                .then()
                .statusCode(400)
                .body("type", equalTo("urn:tenure:problem:malformed-id"));
        given().get("/samples/1-2-3-4-5").then().statusCode(400);
    }

    @Test
    void answersAnUnknownPath() {
        given().get("/nowhere").then().statusCode(404).body("type", equalTo("urn:tenure:problem:not-found"));
    }

    @Test
    void challengesWhoeverHasNoValidToken() {
        for (String token : new String[] {
            TestTokens.expired("lifecycle", "account-manager"),
            TestTokens.forAudience("audit", "account-manager"),
            "nonsense",
            manager.substring(0, manager.length() - 6) + "AAAAAA"
        }) {
            post(token, "{\"tenantId\":\"" + tenant + "\",\"name\":\"a\"}")
                    .statusCode(401)
                    .header("WWW-Authenticate", containsString("Bearer"))
                    .body("type", equalTo("urn:tenure:problem:unauthorized"));
        }
        given().contentType(ContentType.JSON)
                .body("{}")
                .post("/samples")
                .then()
                .statusCode(401)
                .body("type", equalTo("urn:tenure:problem:unauthorized"));
    }

    @Test
    void refusesTheWrongRole() {
        post(TestTokens.of("lifecycle", "auditor"), "{\"tenantId\":\"" + tenant + "\",\"name\":\"a\"}")
                .statusCode(403)
                .body("type", equalTo("urn:tenure:problem:forbidden"));
    }

    @Test
    void deniesWhatSaysNothingOfItsRoles() {
        given().auth().oauth2(manager).get("/samples/unannotated").then().statusCode(403);
    }

    @Test
    void hidesAnotherTenant() {
        String foreign = TestTokens.ofTenant("lifecycle", Ids.next());
        post(foreign, "{\"tenantId\":\"" + tenant + "\",\"name\":\"a\"}")
                .statusCode(404)
                .body("type", equalTo("urn:tenure:problem:not-found"));
        post(TestTokens.ofTenant("lifecycle", tenant), "{\"tenantId\":\"" + tenant + "\",\"name\":\"a\"}")
                .statusCode(200);
    }

    @Test
    void tellsWhichRuleRefused() {
        post(manager, "{\"tenantId\":\"" + tenant + "\",\"name\":\"fails\"}")
                .statusCode(409)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:tenure:problem:sample-fails"))
                .body("title", equalTo("The present state does not allow this"))
                .body("status", equalTo(409))
                .body("detail", equalTo("Choose another name."))
                .body("names", equalTo(List.of("a")))
                .body("traceId", notNullValue());
    }

    @Test
    void tellsAnOutageFromADefectAndQuotesNeither() {
        given().get("/samples/outage")
                .then()
                .statusCode(503)
                .header("Retry-After", notNullValue())
                .body("detail", not(containsString("secret")));
        given().get("/samples/defect").then().statusCode(500).body("detail", not(containsString("secret")));
    }

    @Test
    void tellsARefusalOfTheDomain() {
        given().get("/samples/refusal")
                .then()
                .statusCode(409)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:tenure:problem:sample-is-shut"))
                .body("detail", equalTo("A sample that is shut cannot be opened."));
    }

    @Test
    void aServerThatOnlyReadsIsAnOutage() {
        Database.becomeReadOnly();
        try {
            post(manager, "{\"tenantId\":\"" + tenant + "\",\"name\":\"a\"}")
                    .statusCode(503)
                    .header("Retry-After", notNullValue())
                    .body("type", equalTo("urn:tenure:problem:unavailable"))
                    .body("detail", containsString("Nothing was changed"));
        } finally {
            Database.becomeWritable();
        }
    }

    /** Cut at the commit the first time; the second request must find out by its key, and do it. */
    @Test
    void aCutCommitIsToldAndCanBeRepeated() {
        Database.cutTheNextCommit();
        String body = "{\"tenantId\":\"" + tenant + "\",\"name\":\"cut\"}";
        String key = Ids.next().toString();
        given().auth()
                .oauth2(manager)
                .contentType(ContentType.JSON)
                .header("Idempotency-Key", key)
                .body(body)
                .post("/samples")
                .then()
                .statusCode(503)
                .header("Retry-After", notNullValue())
                .body("detail", containsString("not known whether"));
        given().auth()
                .oauth2(manager)
                .contentType(ContentType.JSON)
                .header("Idempotency-Key", key)
                .body(body)
                .post("/samples")
                .then()
                .statusCode(200);
    }

    private static ValidatableResponse post(String token, String body) {
        return given().auth()
                .oauth2(token)
                .contentType(ContentType.JSON)
                .body(body)
                .post("/samples")
                .then();
    }
}
