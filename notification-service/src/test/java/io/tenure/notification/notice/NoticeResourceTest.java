package io.tenure.notification.notice;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.vertx.VertxContextSupport;
import io.restassured.specification.RequestSpecification;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.kit.Ids;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.testing.MovableClock;
import io.tenure.kit.testing.TestTokens;
import io.tenure.notification.NotificationTest;
import io.tenure.notification.outside.Services;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@NotificationTest
class NoticeResourceTest {

    private static final String SERVICE = "notification";

    private final UUID tenant = Ids.next();
    private final UUID other = Ids.next();
    private final UUID termination = Ids.next();

    @Inject
    Notices notices;

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    Services services;

    @Inject
    MovableClock clock;

    @BeforeEach
    void sixNoticesAndOneOfAnotherTenant() throws Throwable {
        for (UUID each : List.of(tenant, other)) {
            services.tenant(each, "Acme", "Erika Mustermann", "admin@customer.example");
        }
        Instant now = clock.instant();
        List<Instant> warnings = IntStream.rangeClosed(1, 5)
                .mapToObj(day -> now.plus(Duration.ofDays(200 + day)))
                .toList();
        RetentionStarted own =
                new RetentionStarted(termination, now, now.plus(Duration.ofDays(210)), warnings, "Europe/Berlin");
        RetentionStarted others =
                new RetentionStarted(Ids.next(), now, now.plus(Duration.ofDays(210)), List.of(), "Europe/Berlin");
        VertxContextSupport.subscribeAndAwait(() -> unitOfWork.run(
                () -> notices.plan(RetentionNotices.of(tenant, own, now).notices())
                        .chain(() -> notices.plan(
                                RetentionNotices.of(other, others, now).notices()))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"account-manager", "csp-operator", "auditor"})
    void theProvidersPeopleSeeEveryTenant(String role) {
        as(TestTokens.of(SERVICE, role))
                .queryParam("tenantId", tenant)
                .get("/v1/notices")
                .then()
                .statusCode(200)
                .body("items", hasSize(6))
                .body("items.tenantId", everyItem(equalTo(tenant.toString())));
        as(TestTokens.of(SERVICE, role))
                .queryParam("tenantId", other)
                .get("/v1/notices")
                .then()
                .statusCode(200)
                .body("items", hasSize(1));
    }

    @Test
    void aTenantsAdministratorSeesItsOwnOnly() {
        String token = TestTokens.ofTenant(SERVICE, tenant);
        as(token).get("/v1/notices").then().statusCode(200).body("items", hasSize(6));
        as(token).queryParam("tenantId", tenant).get("/v1/notices").then().body("items", hasSize(6));
        as(token)
                .queryParam("tenantId", other)
                .get("/v1/notices")
                .then()
                .statusCode(404)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:tenure:problem:not-found"));
        as(TestTokens.ofTenant(SERVICE, other))
                .queryParam("terminationId", termination)
                .get("/v1/notices")
                .then()
                .statusCode(200)
                .body("items", hasSize(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"csp-admin", "service", "unknown-role"})
    void otherRolesSeeNothing(String role) {
        as(TestTokens.of(SERVICE, role))
                .get("/v1/notices")
                .then()
                .statusCode(403)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:tenure:problem:forbidden"));
    }

    @Test
    void withoutAValidTokenNothingIsSeen() {
        for (RequestSpecification request : List.of(
                given(),
                as("not-a-token"),
                as(TestTokens.expired(SERVICE, "auditor")),
                as(TestTokens.forAudience("lifecycle", "auditor")))) {
            request.get("/v1/notices")
                    .then()
                    .statusCode(401)
                    .header("WWW-Authenticate", "Bearer")
                    .contentType("application/problem+json")
                    .body("type", equalTo("urn:tenure:problem:unauthorized"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "tenantId, 12345, malformed-id",
        "terminationId, x, malformed-id",
        "limit, 0, invalid-request",
        "limit, 201, invalid-request",
        "cursor, ../../etc, invalid-request"
    })
    void aMalformedParameterIsRefused(String parameter, String value, String problem) {
        as(TestTokens.of(SERVICE, "auditor"))
                .queryParam(parameter, value)
                .get("/v1/notices")
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:tenure:problem:" + problem))
                .body("detail", notNullValue());
    }

    @Test
    void pagesFollowEachOther() {
        List<String> read = new ArrayList<>();
        String cursor = "";
        do {
            var page = as(TestTokens.of(SERVICE, "auditor"))
                    .queryParam("tenantId", tenant)
                    .queryParam("limit", 4)
                    .queryParams(cursor.isEmpty() ? Map.of() : Map.of("cursor", cursor))
                    .get("/v1/notices")
                    .then()
                    .statusCode(200)
                    .extract()
                    .jsonPath();
            read.addAll(page.getList("items.id", String.class));
            cursor = page.getString("next");
        } while (cursor != null);
        assertEquals(6, read.stream().distinct().count());
        assertEquals(read.stream().sorted().toList(), read);
    }

    @Test
    void whatIsScheduledHasNoEvidenceYet() {
        as(TestTokens.of(SERVICE, "auditor"))
                .queryParam("terminationId", termination)
                .get("/v1/notices")
                .then()
                .body("items[5].state", equalTo("SCHEDULED"))
                .body("items[5].kind", equalTo("RETENTION_WARNING"))
                .body("items[5].sequence", equalTo(5))
                .body("items[5].attempts", equalTo(0))
                .body("items[5].deliveredAt", nullValue())
                .body("items[5].messageId", nullValue());
    }

    @Test
    void theServiceIsHealthyAndMeasured() {
        // Another test may just have restarted the database or the broker.
        await().untilAsserted(() -> given().get("/q/health/ready").then().statusCode(200));
        await().untilAsserted(() ->
                given().get("/q/metrics").then().statusCode(200).body(containsString("tenure_tasks_total")));
    }

    private static RequestSpecification as(String token) {
        return given().auth().oauth2(token);
    }
}
