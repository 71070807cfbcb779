package io.tenure.provisioning;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;

import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.tenure.kit.testing.TestTokens;
import java.util.UUID;

/** The service's REST API as its users call it. */
public final class Api {

    private Api() {}

    public static String token(String role) {
        return TestTokens.of("provisioning", role);
    }

    public static String tenantToken(UUID tenantId) {
        return TestTokens.ofTenant("provisioning", tenantId);
    }

    public static RequestSpecification as(String token) {
        return given().auth().oauth2(token).contentType(ContentType.JSON);
    }

    public static RequestSpecification asManager() {
        return as(token("account-manager"));
    }

    public static String tenantBody(String name) {
        return """
                {"name":"%s","contact":{"name":"Ada Lovelace","email":"ada@customer.example","phone":"+49 69 1234567"},
                 "allowedLocations":["de-fra-1","de-ber-1"],"backup":"CUSTOMER"}""".formatted(name);
    }

    public static String vmBody(String name, int diskMiB) {
        return """
                {"name":"%s","image":"debian-13","vcpus":2,"memoryMiB":1024,"diskMiB":%d,"location":"de-fra-1"}""".formatted(name, diskMiB);
    }

    public static String vdcBody(String name) {
        return """
                {"name":"%s","vcpus":16,"memoryMiB":65536,"storageMiB":102400,"location":"de-fra-1"}""".formatted(name);
    }

    public static UUID newTenant() {
        return id(asManager()
                .body(tenantBody("Customer plc"))
                .post("/v1/tenants")
                .then()
                .statusCode(201));
    }

    public static UUID orderVm(UUID tenantId, int diskMiB) {
        return id(asManager()
                .body(vmBody("web-1", diskMiB))
                .post("/v1/tenants/{id}/vms", tenantId)
                .then()
                .statusCode(202));
    }

    public static UUID orderVdc(UUID tenantId) {
        return id(asManager()
                .body(vdcBody("production"))
                .post("/v1/tenants/{id}/vdcs", tenantId)
                .then()
                .statusCode(202));
    }

    public static UUID id(ValidatableResponse response) {
        return UUID.fromString(response.extract().path("id"));
    }

    public static String tenantStatus(UUID tenantId) {
        return asManager().get("/v1/tenants/{id}", tenantId).then().extract().path("status");
    }

    public static String vmStatus(UUID id) {
        return asManager().get("/v1/vms/{id}", id).then().extract().path("status");
    }

    public static String vdcStatus(UUID id) {
        return asManager().get("/v1/vdcs/{id}", id).then().extract().path("status");
    }

    public static void awaitVm(UUID id, String status) {
        await().until(() -> status.equals(vmStatus(id)));
    }

    public static void awaitVdc(UUID id, String status) {
        await().until(() -> status.equals(vdcStatus(id)));
    }
}
