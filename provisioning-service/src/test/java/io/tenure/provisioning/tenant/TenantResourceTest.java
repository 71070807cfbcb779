package io.tenure.provisioning.tenant;

import static io.tenure.provisioning.Api.as;
import static io.tenure.provisioning.Api.asManager;
import static io.tenure.provisioning.Api.tenantBody;
import static io.tenure.provisioning.Api.tenantToken;
import static io.tenure.provisioning.Api.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.tenure.events.AdministrativeActionPerformed;
import io.tenure.events.ProvisioningFact.BackupResponsibility;
import io.tenure.events.ProvisioningFact.TenantCreated;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.TestTokens;
import io.tenure.provisioning.Api;
import io.tenure.provisioning.ProvisioningTest;
import io.tenure.provisioning.Topics;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ProvisioningTest
class TenantResourceTest {

    private static final String CONTACT =
            "{\"name\":\"Grace Hopper\",\"email\":\"grace@customer.example\",\"phone\":\"+49 30 7654321\"}";

    @Inject
    Pool pool;

    @Test
    void takesACustomerOn() {
        Response created = asManager().body(tenantBody("Customer plc")).post("/v1/tenants");
        created.then()
                .statusCode(201)
                .header("ETag", "\"1\"")
                .header("Location", containsString("/v1/tenants/" + created.path("id")))
                .body("name", equalTo("Customer plc"))
                .body("status", equalTo("ACTIVE"))
                .body("allowedLocations", contains("de-fra-1", "de-ber-1"))
                .body("backup", equalTo("CUSTOMER"))
                .body("contact.name", equalTo("Ada Lovelace"))
                .body("contact.email", equalTo("ada@customer.example"))
                .body("contact.phone", equalTo("+49 69 1234567"))
                .body("contact.purpose", containsString("Never for advertising"))
                .body("contact.confirmedAt", notNullValue())
                .body("createdAt", notNullValue())
                .body("version", equalTo(1));

        UUID id = Api.id(created.then());
        assertThat(Topics.await(id, TenantCreated.class, 1))
                .containsExactly(new TenantCreated(id, List.of("de-fra-1", "de-ber-1"), BackupResponsibility.CUSTOMER));
        assertThat(Topics.await(id, AdministrativeActionPerformed.class, 1))
                .first()
                .satisfies(action -> {
                    assertThat(action.action()).isEqualTo("tenant.create");
                    assertThat(action.resource()).isEqualTo("/v1/tenants/" + id);
                    assertThat(action.actorRoles()).containsExactly("account-manager");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "account-manager, 201",
        "csp-admin, 201",
        "csp-operator, 403",
        "auditor, 403",
        "service, 403",
        "tenant-admin, 403"
    })
    void letsOnlySomeTakeCustomersOn(String role, int status) {
        as(token(role))
                .body(tenantBody("Customer plc"))
                .post("/v1/tenants")
                .then()
                .statusCode(status);
    }

    @Test
    void showsATenantToItsOwnAdministratorAndToNoOther() {
        UUID id = Api.newTenant();
        as(tenantToken(id))
                .get("/v1/tenants/{id}", id)
                .then()
                .statusCode(200)
                .body("contact.email", equalTo("ada@customer.example"));
        as(tenantToken(Ids.next()))
                .get("/v1/tenants/{id}", id)
                .then()
                .statusCode(404)
                .body("type", equalTo("urn:tenure:problem:not-found"));
        as(token("auditor")).get("/v1/tenants/{id}", id).then().statusCode(403);
        as(token("tenant-admin"))
                .get("/v1/tenants/{id}", id)
                .then()
                .statusCode(403)
                .body("type", equalTo("urn:tenure:problem:no-tenant"));
        asManager().get("/v1/tenants/{id}", Ids.next()).then().statusCode(404);
        asManager()
                .get("/v1/tenants/nonsense")
                .then()
                .statusCode(400)
                .body("type", equalTo("urn:tenure:problem:malformed-id"));
    }

    @Test
    void listsTenantsPageByPageWithoutContacts() {
        List<String> made =
                IntStream.range(0, 3).mapToObj(i -> Api.newTenant().toString()).toList();
        List<String> seen = new ArrayList<>();
        String cursor = "";
        do {
            Response page = as(token("csp-operator"))
                    .queryParam("limit", 2)
                    .queryParams(cursor.isEmpty() ? Map.of() : Map.of("cursor", cursor))
                    .get("/v1/tenants");
            page.then().statusCode(200).body("items.contact", not(hasItem(notNullValue())));
            List<String> ids = page.path("items.id");
            assertThat(ids).hasSizeBetween(1, 2);
            seen.addAll(ids);
            cursor = page.path("next");
        } while (cursor != null);
        assertThat(seen).containsAll(made).doesNotHaveDuplicates().isSorted();
    }

    @ParameterizedTest
    @CsvSource({
        "account-manager, 200",
        "csp-admin, 200",
        "csp-operator, 200",
        "auditor, 403",
        "service, 403",
        "tenant-admin, 403"
    })
    void letsOnlySomeListTenants(String role, int status) {
        as(token(role)).get("/v1/tenants").then().statusCode(status);
    }

    @ParameterizedTest
    @CsvSource({"0, ''", "201, ''", "-1, ''", "2, nonsense"})
    void refusesImpossiblePages(int limit, String cursor) {
        as(token("csp-operator"))
                .queryParam("limit", limit)
                .queryParam("cursor", cursor)
                .get("/v1/tenants")
                .then()
                .statusCode(400)
                .body("type", equalTo("urn:tenure:problem:invalid-request"));
    }

    @Test
    void refusesAPassportNumberByItsName() {
        String inContact =
                tenantBody("Customer plc").replace("\"phone\"", "\"passportNumber\":\"C01X00T47\",\"phone\"");
        asManager()
                .body(inContact)
                .post("/v1/tenants")
                .then()
                .statusCode(400)
                .body("type", equalTo("urn:tenure:problem:unknown-field"))
                .body("field", equalTo("passportNumber"))
                .body("detail", not(containsString("C01X00T47")));
        asManager()
                .body(tenantBody("Customer plc").replaceFirst("\\{", "{\"passportNumber\":\"C01X00T47\","))
                .post("/v1/tenants")
                .then()
                .statusCode(400)
                .body("field", equalTo("passportNumber"));
        UUID id = Api.newTenant();
        asManager()
                .header("If-Match", "\"1\"")
                .body(CONTACT.replaceFirst("\\{", "{\"passportNumber\":\"C01X00T47\","))
                .put("/v1/tenants/{id}/contact", id)
                .then()
                .statusCode(400)
                .body("field", equalTo("passportNumber"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"name\":\"Customer plc\" | \"name\":\" \" | name",
                "\"name\":\"Customer plc\" | \"name\":\"a\\nb\" | name",
                "\"name\":\"Ada Lovelace\" | \"name\":\"\" | contact.name",
                "ada@customer.example | ada | contact.email",
                "ada@customer.example | a@b@c | contact.email",
                "ada@customer.example | Ada <ada@customer.example> | contact.email",
                "ada@customer.example | ada@customer | contact.email",
                "ada@customer.example | ada@customer.example. | contact.email",
                "ada@customer.example | .ada@customer.example | contact.email",
                "ada@customer.example | jürgen@customer.example | contact.email",
                "+49 69 1234567 | call me | contact.phone",
                "+49 69 1234567 | 069 1234567 | contact.phone",
                "\"name\":\"Customer plc\" | \"name\":\"\\u00a0\\u2003\" | name",
                "\"name\":\"Customer plc\" | \"name\":\"a\\u202eb\" | name",
                "\"name\":\"Ada Lovelace\" | \"name\":\"a\\u200bb\" | contact.name",
                "\"name\":\"Customer plc\" | \"name\":12 | name",
                "\"backup\":\"CUSTOMER\" | \"backup\":0 | backup",
                "[\"de-fra-1\",\"de-ber-1\"] | [\" \"] | allowedLocations[0]",
                "[\"de-fra-1\",\"de-ber-1\"] | [] | allowedLocations"
            })
    void namesWhatIsNotValid(String valid, String invalid, String field) {
        asManager()
                .body(tenantBody("Customer plc").replace(valid, invalid))
                .post("/v1/tenants")
                .then()
                .statusCode(400)
                .body("type", equalTo("urn:tenure:problem:invalid-request"))
                .body("violations.field", hasItem(field));
    }

    @Test
    void keepsWhatPeopleWriteInOneForm() {
        String emoji = "\uD83D\uDE00".repeat(150);
        asManager()
                .body(tenantBody(emoji)
                        .replace("Ada Lovelace", " Ada\u0308 Lovelace\u00a0")
                        .replace("ada@customer.example", "ada@bücher.example")
                        .replace("+49 69 1234567", "+49(69)123-4567;ext=12"))
                .post("/v1/tenants")
                .then()
                .statusCode(201)
                .body("name", equalTo(emoji))
                .body("contact.name", equalTo("Ad\u00e4 Lovelace"))
                .body("contact.email", equalTo("ada@bücher.example"))
                .body("contact.phone", equalTo("+49 69 1234567 ext. 12"));
    }

    @Test
    void namesAParameterThatItCannotRead() {
        asManager().get("/v1/tenants?limit=abc").then().statusCode(400).body("parameter", equalTo("limit"));
        asManager().get("/v1/tenants?lmit=5").then().statusCode(400).body("parameter", equalTo("lmit"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "contact", "allowedLocations", "backup"})
    void namesWhatIsMissing(String field) {
        asManager()
                .body(tenantBody("Customer plc")
                        .replaceFirst("\"" + field + "\":(\"[^\"]*\"|\\{[^}]*}|\\[[^]]*])", "\"" + field + "\":null"))
                .post("/v1/tenants")
                .then()
                .statusCode(400)
                .body("violations.field", hasItem(field));
    }

    @Test
    void refusesWhatItCannotRead() {
        asManager()
                .body("{\"name\":")
                .post("/v1/tenants")
                .then()
                .statusCode(400)
                .body("type", equalTo("urn:tenure:problem:malformed-json"));
        asManager()
                .body(tenantBody("Customer plc").replace("CUSTOMER", "NOBODY"))
                .post("/v1/tenants")
                .then()
                .statusCode(400)
                .body("field", equalTo("backup"));
        asManager()
                .body(tenantBody("x".repeat(70_000)))
                .post("/v1/tenants")
                .then()
                .statusCode(413);
    }

    @Test
    void refusesLocationsThatAreNotDisclosed() {
        asManager()
                .body(tenantBody("Customer plc").replace("de-ber-1", "us-nyc-1"))
                .post("/v1/tenants")
                .then()
                .statusCode(400)
                .body("type", equalTo("urn:tenure:problem:unknown-location"))
                .body("locations", hasItem("de-fra-1"));
    }

    @Test
    void refusesTokensThatAreNotForIt() {
        for (String token : List.of(
                TestTokens.expired("provisioning", "account-manager"),
                TestTokens.forAudience("lifecycle", "account-manager"),
                "nonsense")) {
            as(token)
                    .body(tenantBody("Customer plc"))
                    .post("/v1/tenants")
                    .then()
                    .statusCode(401)
                    .body("type", equalTo("urn:tenure:problem:unauthorized"));
            as(token).get("/v1/tenants").then().statusCode(401);
        }
        RestAssured.given().get("/v1/tenants").then().statusCode(401);
        RestAssured.given().get("/v1/tenants/{id}", Ids.next()).then().statusCode(401);
    }

    @Test
    void aRepeatedRequestMakesNoSecondTenant() {
        String key = Ids.next().toString();
        Response first = create(key, tenantBody("Once Ltd"));
        Response second = create(key, tenantBody("Once Ltd"));

        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(second.<String>path("id")).isEqualTo(first.path("id"));
        assertThat(Topics.await(Api.id(first.then()), TenantCreated.class, 1)).hasSize(1);
        create(key, tenantBody("Another Ltd"))
                .then()
                .statusCode(422)
                .body("type", equalTo("urn:tenure:problem:idempotency-key-reused"));
        create("x".repeat(129), tenantBody("Once Ltd")).then().statusCode(400);
    }

    @Test
    void concurrentRequestsWithOneKeyMakeOneTenant() {
        String key = Ids.next().toString();
        String name = "Concurrent " + key;
        List<CompletableFuture<Response>> all = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> create(key, tenantBody(name))))
                .toList();

        assertThat(all.stream().map(CompletableFuture::join).map(response -> response.<String>path("id")))
                .doesNotContainNull()
                .containsOnly(all.getFirst().join().<String>path("id"));
        assertThat(pool.preparedQuery("SELECT count(*) FROM tenant WHERE name = $1")
                        .execute(Tuple.of(name))
                        .await()
                        .indefinitely()
                        .iterator()
                        .next()
                        .getLong(0))
                .isEqualTo(1);
    }

    @Test
    void hasNoOtherOperations() {
        UUID id = Api.newTenant();
        asManager().delete("/v1/tenants/{id}", id).then().statusCode(405);
        asManager().get("/v1/tenants/{id}/contact", id).then().statusCode(405);
        asManager().queryParam("limit", 1).get("/v1/tenants").then().body("items", hasSize(1));
    }

    private static Response create(String key, String body) {
        return asManager().header("Idempotency-Key", key).body(body).post("/v1/tenants");
    }
}
