package io.tenure.credential;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.TestTokens;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what, and which requests are refused without any effect. */
@CredentialTest
class AccessTest {

    private static final String UNKNOWN_TOKEN = "A".repeat(43);

    /** Used by the tests that change nothing. */
    private static Tenant tenant;

    private static UUID credential;

    @BeforeEach
    void aTenant() {
        if (tenant == null) {
            tenant = Tenant.created();
            credential = tenant.credentialOf(tenant.id);
        }
    }

    private ValidatableResponse list(String token) {
        return given().auth()
                .oauth2(token)
                .get("/v1/tenants/{id}/credentials", tenant.id)
                .then();
    }

    private static ValidatableResponse reveal(String body) {
        return given().contentType(ContentType.JSON)
                .body(body)
                .post("/v1/reveals")
                .then();
    }

    @ParameterizedTest
    @CsvSource({
        "account-manager, 200, 403",
        "csp-operator, 200, 403",
        "csp-admin, 403, 403",
        "auditor, 200, 403",
        "service, 200, 201"
    })
    void rolesOfTheProvider(String role, int list, int link) {
        list(TestTokens.of("credential", role)).statusCode(list);
        Tenant.requestLink(TestTokens.of("credential", role), credential).statusCode(link);
    }

    @Test
    void aTenantsAdministratorSeesItsOwnAndNothingElse() {
        list(tenant.administrator)
                .statusCode(200)
                .body("items[0].id", equalTo(credential.toString()))
                .body("items[0].tenantId", equalTo(tenant.id.toString()))
                .body("items[0].assetId", equalTo(tenant.id.toString()))
                .body("items[0].assetKind", equalTo("TENANT"))
                .body(
                        "items[0].username",
                        equalTo("tenant-" + tenant.id.toString().substring(24)))
                .body("items[0].status", equalTo("ISSUED"))
                .body("items[0].secret", nullValue())
                .body("items[0].ciphertext", nullValue());

        String stranger = TestTokens.ofTenant("credential", Ids.next());
        list(stranger).statusCode(404).body("type", equalTo("urn:tenure:problem:not-found"));
        UUID vm = tenant.newVm();
        Tenant.requestLink(stranger, vm).statusCode(404);
        assertEquals("0", Database.value("SELECT count(*) FROM reveal_link WHERE credential_id = ?", vm));
    }

    @Test
    void staffCannotMakeLinksEvenWithTheTenantsRoleOnTop() {
        Tenant.requestLink(TestTokens.ofTenant("credential", tenant.id, "csp-operator"), credential)
                .statusCode(403);
        Tenant.requestLink(TestTokens.ofTenant("credential", Ids.next(), "account-manager"), credential)
                .statusCode(403);
        Tenant.requestLink(TestTokens.of("credential", "tenant-admin"), credential)
                .statusCode(403)
                .body("type", equalTo("urn:tenure:problem:no-tenant"));
    }

    @Test
    void unknownIdsAreNotFoundAndMalformedOnesAreCalledSo() {
        String service = TestTokens.of("credential", "service");
        given().auth()
                .oauth2(service)
                .get("/v1/tenants/{id}/credentials", Ids.next())
                .then()
                .statusCode(404);
        given().auth()
                .oauth2(service)
                .get("/v1/tenants/{id}/credentials", "1-2-3-4-5")
                .then()
                .statusCode(400)
                .body("type", equalTo("urn:tenure:problem:malformed-id"));
        Tenant.requestLink(service, Ids.next()).statusCode(404);
        Tenant.requestLink(service, "nonsense").statusCode(400);
    }

    @Test
    void refusesMissingExpiredAndForeignTokens() {
        given().get("/v1/tenants/{id}/credentials", tenant.id)
                .then()
                .statusCode(401)
                .header("WWW-Authenticate", equalTo("Bearer"))
                .contentType("application/problem+json");
        given().post("/v1/credentials/{id}/links", credential).then().statusCode(401);
        for (String token : List.of(
                TestTokens.expired("credential", "service"),
                TestTokens.forAudience("lifecycle", "service"),
                "nonsense")) {
            list(token).statusCode(401);
            Tenant.requestLink(token, credential).statusCode(401);
        }
    }

    @Test
    void pagesThroughAllInOrder() {
        Tenant own = Tenant.created();
        List<String> all = new ArrayList<>(List.of(own.credentialOf(own.id).toString()));
        for (int i = 0; i < 4; i++) {
            all.add(own.newVm().toString());
        }
        List<String> seen = new ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            JsonPath page = given().auth()
                    .oauth2(own.administrator)
                    .queryParam("limit", 2)
                    .queryParams(cursor.isEmpty() ? Map.of() : Map.of("cursor", cursor))
                    .get("/v1/tenants/{id}/credentials", own.id)
                    .then()
                    .statusCode(200)
                    .extract()
                    .jsonPath();
            seen.addAll(page.getList("items.id"));
            cursor = page.getString("next");
        }
        assertEquals(all, seen);
    }

    @ParameterizedTest
    @CsvSource({"limit, 0", "limit, 201", "cursor, nonsense"})
    void refusesPagesThatCannotBe(String name, String value) {
        given().auth()
                .oauth2(tenant.administrator)
                .queryParam(name, value)
                .get("/v1/tenants/{id}/credentials", tenant.id)
                .then()
                .statusCode(400)
                .body("type", equalTo("urn:tenure:problem:invalid-request"));
    }

    @Test
    void anUnknownTokenIsNotFound() {
        reveal("{\"token\":\"" + UNKNOWN_TOKEN + "\"}")
                .statusCode(404)
                .body("type", equalTo("urn:tenure:problem:not-found"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"token\":\"too-short-but-secret\"}",
                "{\"token\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\"}",
                "{\"token\":\"\"}",
                "{\"token\":null}",
                "{\"token\":{\"value\":\"too-short-but-secret\"}}",
                "{\"token\":[\"too-short-but-secret\"]}",
                "{\"token\":42}",
                "{}",
                "[]",
                "null",
                "\"too-short-but-secret\"",
                "{\"token\":",
                ""
            })
    void refusesMalformedTokens(String body) {
        reveal(body)
                .statusCode(400)
                .contentType("application/problem+json")
                .body("detail", not(containsString("too-short-but-secret")));
    }

    @Test
    void refusesUnknownFieldsByNameAndDoesNotRedeem() {
        String token = tenant.link(tenant.newVm());
        reveal("{\"token\":\"" + token + "\",\"passportNumber\":\"C01X00T47\"}")
                .statusCode(400)
                .body("type", equalTo("urn:tenure:problem:unknown-field"))
                .body("field", equalTo("passportNumber"))
                .body("detail", not(containsString(token)));
        Tenant.redeem(token).statusCode(200);
    }

    @Test
    void refusesOversizedBodiesAndOtherMediaTypes() {
        reveal("{\"token\":\"" + "A".repeat(70_000) + "\"}").statusCode(413);
        given().contentType(ContentType.URLENC)
                .formParam("token", UNKNOWN_TOKEN)
                .post("/v1/reveals")
                .then()
                .statusCode(415);
    }

    @Test
    void theRunningRoleCanNeitherDeleteNorRewrite() {
        for (String statement : List.of(
                "DELETE FROM credential",
                "DELETE FROM reveal_link",
                "DELETE FROM tenant_access",
                "UPDATE credential SET username = 'somebody'",
                "UPDATE credential SET expires_at = expires_at + interval '1 year'",
                "UPDATE reveal_link SET token_hash = token_hash",
                "UPDATE reveal_link SET expires_at = expires_at + interval '1 year'",
                "CREATE TABLE mine (id int)")) {
            String state = assertThrows(SQLException.class, () -> Database.executeAsRuntime(statement), statement)
                    .getSQLState();
            assertEquals("42501", state, statement);
        }
    }

    @Test
    void healthAndMetricsAreOpen() {
        await().untilAsserted(() ->
                given().get("/q/health/ready").then().statusCode(200).body("status", equalTo("UP")));
        given().get("/q/health/live").then().statusCode(200);
        given().get("/q/metrics").then().statusCode(200);
        given().queryParam("format", "json")
                .get("/q/openapi")
                .then()
                .statusCode(200)
                .body("paths.keySet()", hasItem("/v1/reveals"));
    }
}
