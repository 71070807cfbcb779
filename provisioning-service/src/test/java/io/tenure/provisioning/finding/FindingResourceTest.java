package io.tenure.provisioning.finding;

import static io.tenure.provisioning.Api.as;
import static io.tenure.provisioning.Api.tenantToken;
import static io.tenure.provisioning.Api.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;

import io.restassured.response.Response;
import io.smallrye.mutiny.Uni;
import io.tenure.events.AdministrativeActionPerformed;
import io.tenure.events.AssetAction;
import io.tenure.events.LifecycleFact.LossAttested;
import io.tenure.events.LifecycleFact.RestorationStarted;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.events.ProvisioningFact.AssetActionBlocked;
import io.tenure.events.ProvisioningFact.MediumSanitized;
import io.tenure.events.ProvisioningFact.TenantAssetsDeleted;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.events.ProvisioningFact.TenantRestored;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.TestRecords;
import io.tenure.platform.DriverException;
import io.tenure.platform.Intent;
import io.tenure.platform.Operation;
import io.tenure.platform.Platform;
import io.tenure.platform.sandbox.SandboxFiles;
import io.tenure.provisioning.Api;
import io.tenure.provisioning.Faults;
import io.tenure.provisioning.ProvisioningTest;
import io.tenure.provisioning.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Things in a tenant's area that are not in the records, and what operators do about them. */
@ProvisioningTest
class FindingResourceTest {

    private static final String REASON = "{\"reason\":\"An export of web-1, made by us in June\"}";

    private final UUID termination = Ids.next();
    private UUID tenant;
    private Path area;

    @BeforeEach
    void aTenantWithAVm() {
        tenant = Api.newTenant();
        Api.awaitVm(Api.orderVm(tenant, 1), "PROVISIONED");
        area = SandboxFiles.tenant(tenant);
    }

    @Test
    void whatIsTakenInBecomesPartOfTheManifest() throws IOException {
        Path stray = Files.writeString(area.resolve("ada lovelace.img"), "an export");
        disabling();
        assertThat(SandboxFiles.snapshot(stray).get("")).startsWith("---------");

        Response found = list();
        found.then()
                .body("items", hasSize(1))
                .body("items[0].name", equalTo("ada%20lovelace.img"))
                .body("items[0].location", equalTo("de-fra-1"))
                .body("items[0].mark", equalTo("NONE"))
                .body("items[0].bytes", equalTo(9));
        String id = found.path("items[0].id");
        Response taken = takeIn(id, null);
        taken.then().statusCode(202).header("Location", containsString("/v1/vms/" + taken.path("assetId")));

        TenantDisabled disabled = Topics.await(tenant, TenantDisabled.class, 1).getFirst();
        assertThat(disabled.assets()).isEqualTo(2);
        assertThat(disabled.media()).isEqualTo(2);
        assertThat(stray).doesNotExist();
        assertThat(Api.vmStatus(UUID.fromString(taken.path("assetId")))).isEqualTo("DISABLED");
        list().then().body("items", hasSize(0));
        assertThat(Topics.published(tenant, AdministrativeActionPerformed.class))
                .anySatisfy(action -> {
                    assertThat(action.action()).isEqualTo("finding.take-in");
                    assertThat(action.resource()).isEqualTo("/v1/findings/" + id);
                });
        assertThat(TestRecords.read("tenure.provisioning", tenant.toString()))
                .allSatisfy(record -> assertThat(new String(record.value())).doesNotContain("lovelace", "June"));

        Topics.publish("lifecycle", tenant, termination, Topics.deletion(tenant, termination));
        Topics.await(tenant, TenantAssetsDeleted.class, 1);
        assertThat(Topics.published(tenant, MediumSanitized.class)).hasSize(2);
        assertThat(area).doesNotExist();
    }

    /** It is the tenant's by then, so it is restored with the rest. */
    @Test
    void aTerminationThatIsCancelledMeanwhileGivesItBack() throws IOException {
        Files.writeString(area.resolve("notes.txt"), "left here");
        disabling();
        refuseToTakeIn();
        UUID asset = UUID.fromString(takeIn(list().path("items[0].id"), null).path("assetId"));
        awaitBlocked("not now");

        Topics.publish("lifecycle", tenant, termination, new RestorationStarted(termination));
        Faults.end(tenant);

        assertThat(Topics.await(tenant, TenantRestored.class, 1))
                .containsExactly(new TenantRestored(termination, 2, 0));
        assertThat(area.resolve(asset + "/taken/notes.txt")).hasContent("left here");
        assertThat(Api.vmStatus(asset)).isEqualTo("PROVISIONED");
    }

    @Test
    void whatIsGoneBeforeItIsTakenInCanBeLost() throws IOException {
        Path stray = Files.writeString(area.resolve("notes.txt"), "left here");
        disabling();
        refuseToTakeIn();
        UUID asset = UUID.fromString(takeIn(list().path("items[0].id"), null).path("assetId"));
        awaitBlocked("not now");
        Files.delete(stray);
        Faults.end(tenant);
        awaitBlocked("not there any more");

        Topics.publish("lifecycle", tenant, termination, new LossAttested(termination, asset, null, "ada", "grace"));

        assertThat(Topics.await(tenant, TenantDisabled.class, 1))
                .singleElement()
                .extracting(TenantDisabled::media)
                .isEqualTo(1);
    }

    private void refuseToTakeIn() {
        Faults.of(tenant, new Faults.Fault() {
            @Override
            public Uni<String> start(Platform real, Operation operation) {
                return operation.command().intent() == Intent.TAKE_IN
                        ? Uni.createFrom().failure(DriverException.passing("not now"))
                        : real.start(operation);
            }
        });
    }

    private void awaitBlocked(String reason) {
        await().until(() -> Topics.published(tenant, AssetActionBlocked.class).stream()
                .anyMatch(fact -> fact.reason().contains(reason)));
    }

    /** The same request sent twice, and two requests at once. */
    @Test
    void isTakenInOnce() throws IOException {
        Files.writeString(area.resolve("notes.txt"), "left here");
        Files.writeString(area.resolve("waits.txt"), "so that the manifest stays open");
        disabling();
        String id = list().path("items[0].id");
        String key = Ids.next().toString();

        List<CompletableFuture<Response>> all = IntStream.range(0, 4)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> takeIn(id, i < 3 ? key : null)))
                .toList();

        List<Integer> answers =
                all.stream().map(answer -> answer.join().statusCode()).sorted().toList();
        assertThat(answers).isIn(List.of(202, 202, 202, 409), List.of(202, 409, 409, 409));
        takeIn(id, null).then().statusCode(409).body("type", equalTo("urn:tenure:problem:finding-taken-in"));
        await().until(() -> !Files.exists(area.resolve("notes.txt")));
        list().then().body("items", hasSize(1));
        Api.asManager()
                .get("/v1/tenants/{id}/assets", tenant)
                .then()
                .body("items.findAll { it.name == 'taken in' }", hasSize(1));
    }

    /** What appears after everything was disabled has had no month of retention. */
    @Test
    void nothingIsTakenInOnceTheManifestIsFrozen() throws IOException {
        Topics.publish("lifecycle", tenant, termination, new TerminationRequested(termination));
        Topics.await(tenant, TenantDisabled.class, 1);
        Path late = Files.writeString(area.resolve("late.txt"), "left here");
        Topics.publish("lifecycle", tenant, termination, Topics.deletion(tenant, termination));
        await().until(() -> list().<List<?>>path("items").size() == 1);
        assertThat(SandboxFiles.snapshot(late).get("")).startsWith("---------");

        takeIn(list().path("items[0].id"), null)
                .then()
                .statusCode(409)
                .body("type", equalTo("urn:tenure:problem:manifest-frozen"))
                .body("detail", containsString("by hand"));

        assertThat(Files.size(late)).isEqualTo(9);
        Files.delete(late);
        Topics.await(tenant, TenantAssetsDeleted.class, 1);
    }

    /** For example a machine that was restored to the wrong place. */
    @Test
    void whatCarriesAnotherTenantsMarkIsNotTouched() throws IOException {
        UUID neighbour = Api.newTenant();
        UUID vm = Api.orderVm(neighbour, 1);
        Api.awaitVm(vm, "PROVISIONED");
        Path right = SandboxFiles.tenant(neighbour).resolve(vm.toString());
        Path wrong = Files.move(right, area.resolve(vm.toString()));
        Map<String, String> before = SandboxFiles.snapshot(wrong);
        disabling();
        list().then().body("items[0].mark", equalTo("FOREIGN"));
        assertThat(Topics.published(tenant, AssetActionBlocked.class).getLast().reason())
                .contains("1 of them carry another tenant's mark");

        takeIn(list().path("items[0].id"), null)
                .then()
                .statusCode(409)
                .body("type", equalTo("urn:tenure:problem:foreign-mark"));

        assertThat(SandboxFiles.snapshot(wrong)).isEqualTo(before);
        Files.move(wrong, right);
        Topics.await(tenant, TenantDisabled.class, 1);
        list().then().body("items", hasSize(0));
    }

    @ParameterizedTest
    @CsvSource({
        "csp-operator, 200, 404",
        "csp-admin, 200, 404",
        "account-manager, 403, 403",
        "auditor, 403, 403",
        "service, 403, 403",
        "tenant-admin, 403, 403"
    })
    void isForOperators(String role, int reading, int taking) {
        as(token(role)).get("/v1/tenants/{id}/findings", tenant).then().statusCode(reading);
        as(token(role))
                .body(REASON)
                .post("/v1/findings/{id}/taking-in", Ids.next())
                .then()
                .statusCode(taking);
    }

    @Test
    void isNotForTheTenantItself() {
        as(tenantToken(tenant)).get("/v1/tenants/{id}/findings", tenant).then().statusCode(403);
        as(tenantToken(tenant))
                .body(REASON)
                .post("/v1/findings/{id}/taking-in", Ids.next())
                .then()
                .statusCode(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"reason\":\"\"}", "{\"reason\":\"  \"}", "{\"reason\":null}"})
    void wantsAReason(String body) {
        as(token("csp-operator"))
                .body(body)
                .post("/v1/findings/{id}/taking-in", Ids.next())
                .then()
                .statusCode(400)
                .body("violations.field", hasItem("reason"));
    }

    @Test
    void answersWhatIsNotThere() {
        as(token("csp-operator"))
                .get("/v1/tenants/{id}/findings", Ids.next())
                .then()
                .statusCode(404);
        as(token("csp-operator"))
                .body("{\"reason\":\"" + "x".repeat(501) + "\"}")
                .post("/v1/findings/{id}/taking-in", Ids.next())
                .then()
                .statusCode(400);
    }

    @Test
    void listsPageByPage() throws IOException {
        for (int i = 0; i < 3; i++) {
            Files.writeString(area.resolve("stray-" + i), "left here");
        }
        disabling();
        await().until(() -> list().<List<?>>path("items").size() == 3);

        Response first = as(token("csp-operator")).queryParam("limit", 2).get("/v1/tenants/{id}/findings", tenant);
        Response second = as(token("csp-operator"))
                .queryParam("cursor", first.<String>path("next"))
                .get("/v1/tenants/{id}/findings", tenant);

        assertThat(first.<List<?>>path("items")).hasSize(2);
        assertThat(second.<List<?>>path("items")).hasSize(1);
        assertThat(second.<String>path("next")).isNull();
    }

    private void disabling() {
        Topics.publish("lifecycle", tenant, termination, new TerminationRequested(termination));
        await().until(() -> Topics.published(tenant, AssetActionBlocked.class).stream()
                .anyMatch(fact ->
                        fact.action() == AssetAction.INVENTORY && fact.reason().contains("none of its assets")));
    }

    private Response list() {
        return as(token("csp-operator")).get("/v1/tenants/{id}/findings", tenant);
    }

    private static Response takeIn(String id, String key) {
        var request = as(token("csp-operator")).body(REASON);
        return (key == null ? request : request.header("Idempotency-Key", key)).post("/v1/findings/{id}/taking-in", id);
    }
}
