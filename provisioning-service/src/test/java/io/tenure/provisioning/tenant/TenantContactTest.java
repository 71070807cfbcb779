package io.tenure.provisioning.tenant;

import static io.tenure.provisioning.Api.as;
import static io.tenure.provisioning.Api.asManager;
import static io.tenure.provisioning.Api.tenantToken;
import static io.tenure.provisioning.Api.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.tenure.events.ProvisioningFact.TenantContactUpdated;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.TestRecords;
import io.tenure.provisioning.Api;
import io.tenure.provisioning.ProvisioningTest;
import io.tenure.provisioning.Topics;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ProvisioningTest
class TenantContactTest {

    private static final String CONTACT =
            "{\"name\":\"Grace Hopper\",\"email\":\"grace@customer.example\",\"phone\":\"+49 30 7654321\"}";

    @Inject
    Pool pool;

    @Test
    void keepsTheContactUnreadableAtRestAndOutOfEveryEvent() {
        UUID id = Api.newTenant();
        asManager()
                .header("If-Match", "*")
                .body(CONTACT)
                .put("/v1/tenants/{id}/contact", id)
                .then()
                .statusCode(200);
        Topics.await(id, TenantContactUpdated.class, 1);

        Row row = pool.preparedQuery("SELECT contact, tenant::text AS whole FROM tenant WHERE id = $1")
                .execute(Tuple.of(id))
                .await()
                .indefinitely()
                .iterator()
                .next();
        String stored = new String(row.getBuffer("contact").getBytes(), StandardCharsets.ISO_8859_1);
        List<String> places = new ArrayList<>(List.of(stored, row.getString("whole")));
        TestRecords.read("tenure.provisioning", id.toString())
                .forEach(record -> places.add(new String(record.value())));
        assertThat(places).hasSizeGreaterThanOrEqualTo(6).allSatisfy(place -> assertThat(place)
                .doesNotContainIgnoringCase("lovelace")
                .doesNotContainIgnoringCase("hopper")
                .doesNotContain("customer.example")
                .doesNotContain("1234567")
                .doesNotContain("7654321"));
    }

    @ParameterizedTest
    @CsvSource({"account-manager, true", "csp-admin, true", "service, true", "csp-operator, false"})
    void showsTheContactToThoseWhoNeedIt(String role, boolean shown) {
        UUID id = Api.newTenant();
        as(token(role))
                .get("/v1/tenants/{id}", id)
                .then()
                .statusCode(200)
                .header("ETag", "\"1\"")
                .body("contact.email", shown ? equalTo("ada@customer.example") : nullValue());
    }

    @Test
    void replacesAContact() {
        UUID id = Api.newTenant();
        String confirmedAt = asManager().get("/v1/tenants/{id}", id).path("contact.confirmedAt");

        as(tenantToken(id))
                .header("If-Match", "\"1\"")
                .body(CONTACT)
                .put("/v1/tenants/{id}/contact", id)
                .then()
                .statusCode(200)
                .header("ETag", "\"2\"")
                .body("contact.name", equalTo("Grace Hopper"))
                .body("contact.confirmedAt", not(equalTo(confirmedAt)))
                .body("version", equalTo(2));

        assertThat(Topics.await(id, TenantContactUpdated.class, 1)).containsExactly(new TenantContactUpdated(id, 2));
        asManager().get("/v1/tenants/{id}", id).then().body("contact.email", equalTo("grace@customer.example"));
    }

    @Test
    void doesNotLoseAContactThatSomebodyElseReplaced() {
        UUID id = Api.newTenant();
        asManager()
                .body(CONTACT)
                .put("/v1/tenants/{id}/contact", id)
                .then()
                .statusCode(428)
                .body("type", equalTo("urn:tenure:problem:if-match-required"));
        for (String stale : List.of("\"2\"", "W/\"1\"", "1")) {
            asManager()
                    .header("If-Match", stale)
                    .body(CONTACT)
                    .put("/v1/tenants/{id}/contact", id)
                    .then()
                    .statusCode(412)
                    .body("type", equalTo("urn:tenure:problem:stale"));
        }
        asManager().get("/v1/tenants/{id}", id).then().body("contact.name", equalTo("Ada Lovelace"));

        List<CompletableFuture<Integer>> race = IntStream.range(0, 6)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> asManager()
                        .header("If-Match", "\"1\"")
                        .body(CONTACT)
                        .put("/v1/tenants/{id}/contact", id)
                        .statusCode()))
                .toList();
        assertThat(race.stream().map(CompletableFuture::join).toList())
                .containsExactlyInAnyOrder(200, 412, 412, 412, 412, 412);
    }

    @ParameterizedTest
    @CsvSource({"account-manager, 200", "csp-admin, 403", "csp-operator, 403", "auditor, 403", "service, 403"})
    void letsOnlySomeReplaceContacts(String role, int status) {
        UUID id = Api.newTenant();
        as(token(role))
                .header("If-Match", "*")
                .body(CONTACT)
                .put("/v1/tenants/{id}/contact", id)
                .then()
                .statusCode(status);
    }

    @Test
    void hidesOtherTenantsContacts() {
        UUID id = Api.newTenant();
        as(tenantToken(Ids.next()))
                .header("If-Match", "\"1\"")
                .body(CONTACT)
                .put("/v1/tenants/{id}/contact", id)
                .then()
                .statusCode(404);
        asManager()
                .header("If-Match", "\"1\"")
                .body(CONTACT)
                .put("/v1/tenants/{id}/contact", Ids.next())
                .then()
                .statusCode(404);
        asManager().get("/v1/tenants/{id}", id).then().body("contact.name", equalTo("Ada Lovelace"));
    }
}
