package io.tenure.provisioning.image;

import static io.tenure.provisioning.Api.as;
import static io.tenure.provisioning.Api.token;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.restassured.RestAssured;
import io.tenure.kit.testing.TestTokens;
import io.tenure.provisioning.ProvisioningTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every customer may look up before ordering. */
@ProvisioningTest
class CatalogueTest {

    @ParameterizedTest
    @ValueSource(strings = {"account-manager", "csp-operator", "csp-admin", "auditor", "service", "tenant-admin"})
    void isOpenToEverybodyWhoIsKnown(String role) {
        as(token(role))
                .get("/v1/images")
                .then()
                .statusCode(200)
                .body("items.id", hasItem("debian-13"))
                .body("items.os", everyItem(notNullValue()))
                .body("items.version", everyItem(notNullValue()))
                .body("items.baseline", everyItem(containsString("CIS")))
                .body("items.patchedAt", everyItem(notNullValue()))
                .body("next", nullValue());
        as(token(role))
                .get("/v1/disclosures/locations")
                .then()
                .statusCode(200)
                .body("items.id", hasItems("de-fra-1", "de-ber-1", "fr-par-1"))
                .body("items.country", everyItem(notNullValue()));
        as(token(role))
                .get("/v1/disclosures/subcontractors")
                .then()
                .statusCode(200)
                .body("items.service", hasItem(containsString("e-mail")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/images", "/v1/disclosures/locations", "/v1/disclosures/subcontractors"})
    void isClosedToEverybodyElse(String path) {
        RestAssured.given().get(path).then().statusCode(401);
        as(TestTokens.expired("provisioning", "auditor")).get(path).then().statusCode(401);
        as(TestTokens.forAudience("audit", "auditor")).get(path).then().statusCode(401);
    }
}
