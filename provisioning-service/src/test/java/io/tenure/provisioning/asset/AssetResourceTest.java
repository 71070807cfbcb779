package io.tenure.provisioning.asset;

import static io.tenure.provisioning.Api.as;
import static io.tenure.provisioning.Api.asManager;
import static io.tenure.provisioning.Api.tenantToken;
import static io.tenure.provisioning.Api.token;
import static io.tenure.provisioning.Api.vdcBody;
import static io.tenure.provisioning.Api.vmBody;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.tenure.events.AssetKind;
import io.tenure.events.ProvisioningFact.ProvisioningFailed;
import io.tenure.events.ProvisioningFact.VdcOrdered;
import io.tenure.events.ProvisioningFact.VdcProvisioned;
import io.tenure.events.ProvisioningFact.VmOrdered;
import io.tenure.events.ProvisioningFact.VmProvisioned;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.TestTokens;
import io.tenure.platform.sandbox.SandboxFiles;
import io.tenure.provisioning.Api;
import io.tenure.provisioning.ProvisioningTest;
import io.tenure.provisioning.Topics;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ProvisioningTest
class AssetResourceTest {

    private UUID tenant;

    @BeforeEach
    void aTenant() {
        tenant = Api.newTenant();
    }

    @Test
    void makesTheVmThatWasOrdered() {
        Response ordered = order("vms", vmBody("web-1", 3));
        ordered.then()
                .statusCode(202)
                .header("Location", containsString("/v1/vms/" + ordered.path("id")))
                .body("tenantId", equalTo(tenant.toString()))
                .body("kind", equalTo("VM"))
                .body("name", equalTo("web-1"))
                .body("status", notNullValue())
                .body("image", equalTo("debian-13"))
                .body("vcpus", equalTo(2))
                .body("memoryMiB", equalTo(1024))
                .body("diskMiB", equalTo(3))
                .body("storageMiB", nullValue())
                .body("location", equalTo("de-fra-1"))
                .body("createdAt", notNullValue());
        UUID id = Api.id(ordered.then());

        Api.awaitVm(id, "PROVISIONED");
        asManager().get("/v1/vms/{id}", id).then().body("createdAt", equalTo(ordered.path("createdAt")));
        assertThat(SandboxFiles.tenant(tenant).resolve(id + "/disk.img")).hasSize(3 << 20);
        assertThat(Topics.await(tenant, VmProvisioned.class, 1))
                .containsExactly(new VmProvisioned(id, "debian-13", 2, 1024, 3, "de-fra-1"));
        assertThat(Topics.published(tenant, VmOrdered.class))
                .containsExactly(new VmOrdered(id, "debian-13", 2, 1024, 3, "de-fra-1"));
    }

    @Test
    void makesTheVdcThatWasOrdered() {
        Response ordered = order("vdcs", vdcBody("production"));
        ordered.then()
                .statusCode(202)
                .header("Location", containsString("/v1/vdcs/" + ordered.path("id")))
                .body("kind", equalTo("VDC"))
                .body("storageMiB", equalTo(102400))
                .body("diskMiB", nullValue())
                .body("image", nullValue());
        UUID id = Api.id(ordered.then());

        Api.awaitVdc(id, "PROVISIONED");
        assertThat(SandboxFiles.tenant(tenant).resolve(id + "/vms")).isEmptyDirectory();
        assertThat(Topics.await(tenant, VdcProvisioned.class, 1))
                .containsExactly(new VdcProvisioned(id, 16, 65536, 102400, "de-fra-1"));
        assertThat(Topics.published(tenant, VdcOrdered.class)).hasSize(1);
    }

    /** The published location is the one where the platform has it. */
    @Test
    void putsItWhereItWasOrdered() {
        UUID id = Api.id(order("vms", vmBody("web-1", 1).replace("de-fra-1", "de-ber-1"))
                .then()
                .statusCode(202));

        Api.awaitVm(id, "PROVISIONED");
        asManager()
                .get("/v1/vms/{id}", id)
                .then()
                .body("location", equalTo("de-ber-1"))
                .body("placement", equalTo("de-ber-1"));
        assertThat(SandboxFiles.tenant("de-ber-1", tenant).resolve(id + "/disk.img"))
                .hasSize(1 << 20);
        assertThat(SandboxFiles.tenant(tenant)).doesNotExist();
        assertThat(Topics.await(tenant, VmProvisioned.class, 1))
                .containsExactly(new VmProvisioned(id, "debian-13", 2, 1024, 1, "de-ber-1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vms", "vdcs"})
    void takesNoOrderForALocationWithoutAPlatform(String kind) {
        UUID amsterdam = Api.id(asManager()
                .body(Api.tenantBody("Customer plc").replace("de-ber-1", "nl-ams-1"))
                .post("/v1/tenants")
                .then()
                .statusCode(201));
        String body = kind.equals("vms") ? vmBody("a", 1) : vdcBody("a");
        asManager()
                .body(body.replace("de-fra-1", "nl-ams-1"))
                .post("/v1/tenants/{id}/{kind}", amsterdam, kind)
                .then()
                .statusCode(409)
                .body("type", equalTo("urn:tenure:problem:location-without-platform"));
        asManager().get("/v1/tenants/{id}/assets", amsterdam).then().body("items.size()", equalTo(0));
    }

    @Test
    void saysWhyAnOrderFailed() {
        UUID id = Api.orderVm(tenant, 4097);

        Api.awaitVm(id, "FAILED");
        asManager().get("/v1/vms/{id}", id).then().body("failure", containsString("4096 MiB"));
        assertThat(Topics.await(tenant, ProvisioningFailed.class, 1)).first().satisfies(fact -> {
            assertThat(fact.assetId()).isEqualTo(id);
            assertThat(fact.kind()).isEqualTo(AssetKind.VM);
            assertThat(fact.reason()).contains("4096 MiB");
        });
        assertThat(Topics.published(tenant, VmProvisioned.class)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "account-manager, 202",
        "csp-operator, 202",
        "csp-admin, 403",
        "auditor, 403",
        "service, 403",
        "tenant-admin, 403"
    })
    void letsOnlySomeOrder(String role, int status) {
        as(token(role))
                .body(vmBody("web-1", 1))
                .post("/v1/tenants/{id}/vms", tenant)
                .then()
                .statusCode(status);
        as(token(role))
                .body(vdcBody("a"))
                .post("/v1/tenants/{id}/vdcs", tenant)
                .then()
                .statusCode(status);
    }

    @ParameterizedTest
    @CsvSource({
        "account-manager, 200",
        "csp-operator, 200",
        "auditor, 200",
        "csp-admin, 403",
        "service, 403",
        "tenant-admin, 403"
    })
    void letsOnlySomeRead(String role, int status) {
        UUID vm = Api.orderVm(tenant, 1);
        UUID vdc = Api.orderVdc(tenant);
        as(token(role)).get("/v1/vms/{id}", vm).then().statusCode(status);
        as(token(role)).get("/v1/vdcs/{id}", vdc).then().statusCode(status);
        as(token(role)).get("/v1/tenants/{id}/assets", tenant).then().statusCode(status);
    }

    @Test
    void aTenantsAdministratorSeesAndOrdersItsOwnOnly() {
        String own = tenantToken(tenant);
        UUID vm = Api.id(as(own).body(vmBody("web-1", 1))
                .post("/v1/tenants/{id}/vms", tenant)
                .then()
                .statusCode(202));
        UUID vdc = Api.orderVdc(tenant);
        as(own).get("/v1/vms/{id}", vm).then().statusCode(200);
        as(own).get("/v1/vdcs/{id}", vdc).then().statusCode(200);
        as(own).get("/v1/tenants/{id}/assets", tenant).then().statusCode(200);

        String other = tenantToken(Ids.next());
        as(other).get("/v1/vms/{id}", vm).then().statusCode(404);
        as(other).get("/v1/vdcs/{id}", vdc).then().statusCode(404);
        as(other).get("/v1/tenants/{id}/assets", tenant).then().statusCode(404);
        as(other)
                .body(vmBody("a", 1))
                .post("/v1/tenants/{id}/vms", tenant)
                .then()
                .statusCode(404);
        as(other)
                .body(vdcBody("a"))
                .post("/v1/tenants/{id}/vdcs", tenant)
                .then()
                .statusCode(404);
    }

    @Test
    void answersWhatIsNotThere() {
        UUID nobody = Ids.next();
        asManager().get("/v1/vms/{id}", nobody).then().statusCode(404);
        asManager().get("/v1/vdcs/{id}", nobody).then().statusCode(404);
        asManager().get("/v1/tenants/{id}/assets", nobody).then().statusCode(404);
        asManager()
                .body(vmBody("a", 1))
                .post("/v1/tenants/{id}/vms", nobody)
                .then()
                .statusCode(404);
        asManager().get("/v1/vms/nonsense").then().statusCode(400);
        UUID vdc = Api.orderVdc(tenant);
        asManager().get("/v1/vms/{id}", vdc).then().statusCode(404);
    }

    @Test
    void listsATenantsAssetsPageByPage() {
        List<String> ordered = IntStream.range(0, 3)
                .mapToObj(i -> Api.orderVm(tenant, 1).toString())
                .toList();
        Api.orderVm(Api.newTenant(), 1);

        Response first = asManager().queryParam("limit", 2).get("/v1/tenants/{id}/assets", tenant);
        Response second =
                asManager().queryParam("cursor", first.<String>path("next")).get("/v1/tenants/{id}/assets", tenant);

        assertThat(first.<List<String>>path("items.id")).isEqualTo(ordered.subList(0, 2));
        assertThat(second.<List<String>>path("items.id")).isEqualTo(ordered.subList(2, 3));
        assertThat(second.<String>path("next")).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"name\":\"web-1\" | \"name\":\"\" | name",
                "\"name\":\"web-1\" | \"name\":\"../etc\" | name",
                "\"name\":\"web-1\" | \"name\":null | name",
                "\"vcpus\":2 | \"vcpus\":0 | vcpus",
                "\"vcpus\":2 | \"vcpus\":257 | vcpus",
                "\"vcpus\":2 | \"vcpus\":null | vcpus",
                "\"memoryMiB\":1024 | \"memoryMiB\":63 | memoryMiB",
                "\"diskMiB\":1 | \"diskMiB\":0 | diskMiB",
                "\"diskMiB\":1 | \"diskMiB\":16777217 | diskMiB",
                "\"image\":\"debian-13\" | \"image\":\"\" | image",
                "\"location\":\"de-fra-1\" | \"location\":null | location"
            })
    void namesWhatIsNotValid(String valid, String invalid, String field) {
        order("vms", vmBody("web-1", 1).replace(valid, invalid))
                .then()
                .statusCode(400)
                .body("violations.field", hasItem(field));
        asManager().get("/v1/tenants/{id}/assets", tenant).then().body("items.size()", equalTo(0));
    }

    @Test
    void refusesWhatItCannotReadOrDoesNotKnow() {
        order("vms", vmBody("web-1", 1).replace("\"vcpus\":2", "\"vcpus\":2,\"rootPassword\":\"x\""))
                .then()
                .statusCode(400)
                .body("field", equalTo("rootPassword"));
        order("vms", vmBody("web-1", 1).replace("\"vcpus\":2", "\"vcpus\":\"two\""))
                .then()
                .statusCode(400)
                .body("field", equalTo("vcpus"));
        order("vdcs", "{").then().statusCode(400).body("type", equalTo("urn:tenure:problem:malformed-json"));
        order("vms", vmBody("x".repeat(70_000), 1)).then().statusCode(413);
        order("vdcs", vdcBody("x".repeat(70_000))).then().statusCode(413);
        order("vms", vmBody("web-1", 1).replace("debian-13", "debian-2"))
                .then()
                .statusCode(400)
                .body("type", equalTo("urn:tenure:problem:unknown-image"))
                .body("images", hasItem("debian-13"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vms", "vdcs"})
    void putsDataOnlyWhereTheTenantAllows(String kind) {
        String body = kind.equals("vms") ? vmBody("a", 1) : vdcBody("a");
        order(kind, body.replaceAll("de-(fra|ber)-1", "fr-par-1"))
                .then()
                .statusCode(409)
                .body("type", equalTo("urn:tenure:problem:location-not-allowed"))
                .body("locations", hasItem("de-fra-1"));
        order(kind, body.replaceAll("de-(fra|ber)-1", "us-nyc-1"))
                .then()
                .statusCode(400)
                .body("type", equalTo("urn:tenure:problem:unknown-location"));
        assertThat(Topics.published(tenant, VmOrdered.class)).isEmpty();
    }

    @Test
    void refusesTokensThatAreNotForIt() {
        for (String token : List.of(
                TestTokens.expired("provisioning", "account-manager"),
                TestTokens.forAudience("credential", "account-manager"))) {
            as(token)
                    .body(vmBody("a", 1))
                    .post("/v1/tenants/{id}/vms", tenant)
                    .then()
                    .statusCode(401);
            as(token)
                    .body(vdcBody("a"))
                    .post("/v1/tenants/{id}/vdcs", tenant)
                    .then()
                    .statusCode(401);
            as(token).get("/v1/vms/{id}", tenant).then().statusCode(401);
            as(token).get("/v1/vdcs/{id}", tenant).then().statusCode(401);
            as(token).get("/v1/tenants/{id}/assets", tenant).then().statusCode(401);
        }
        RestAssured.given().get("/v1/tenants/{id}/assets", tenant).then().statusCode(401);
    }

    @Test
    void aRepeatedOrderMakesNoSecondAsset() {
        String key = Ids.next().toString();
        List<CompletableFuture<Response>> all = IntStream.range(0, 6)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> asManager()
                        .header("Idempotency-Key", key)
                        .body(vmBody("web-1", 1))
                        .post("/v1/tenants/{id}/vms", tenant)))
                .toList();
        assertThat(all.stream().map(CompletableFuture::join)).allSatisfy(answer -> {
            assertThat(answer.statusCode()).isEqualTo(202);
            assertThat(answer.<String>path("id"))
                    .isEqualTo(all.getFirst().join().path("id"));
        });
        asManager().get("/v1/tenants/{id}/assets", tenant).then().body("items.size()", equalTo(1));
        asManager()
                .header("Idempotency-Key", key)
                .body(vmBody("web-2", 1))
                .post("/v1/tenants/{id}/vms", tenant)
                .then()
                .statusCode(422);
    }

    @Test
    void nothingReachesIntoAVdc() {
        UUID vdc = Api.orderVdc(tenant);
        for (String path : List.of("/v1/vdcs/{id}/vms", "/v1/vdcs/{id}")) {
            for (String token : List.of(token("account-manager"), token("csp-operator"), tenantToken(tenant))) {
                assertThat(as(token).body(vmBody("a", 1)).post(path, vdc).statusCode())
                        .isIn(404, 405);
                assertThat(as(token).body(vmBody("a", 1)).put(path, vdc).statusCode())
                        .isIn(404, 405);
            }
        }
        String document = RestAssured.get("/q/openapi").asString();
        assertThat(document.lines().filter(line -> line.matches("\\s+/v1/vdcs/.*")))
                .containsExactly("  /v1/vdcs/{id}:");
    }

    private Response order(String kind, String body) {
        return asManager().body(body).post("/v1/tenants/{id}/{kind}", tenant, kind);
    }
}
