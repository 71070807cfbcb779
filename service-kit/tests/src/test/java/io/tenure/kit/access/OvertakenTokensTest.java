package io.tenure.kit.access;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.vertx.VertxContextSupport;
import io.restassured.response.ValidatableResponse;
import io.tenure.events.CredentialFact.TenantAccessRestored;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.Fact;
import io.tenure.events.ProvisioningFact.TenantRestored;
import io.tenure.kit.Database;
import io.tenure.kit.Ids;
import io.tenure.kit.KitTest;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.access.TenantRestrictions.Told;
import io.tenure.kit.testing.TestTokens;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Tokens of a tenant's people, after the tenant was restricted. */
@KitTest
class OvertakenTokensTest {

    private static final String SERVICE = "lifecycle";

    private final UUID tenant = Ids.next();
    private final UUID termination = Ids.next();
    private final Instant restrictedAt = Instant.now().truncatedTo(ChronoUnit.MICROS);
    private final TenantAccessRestricted restricted = new TenantAccessRestricted(termination, restrictedAt, 1, 1);
    private final TenantAccessRestored restored = new TenantAccessRestored(termination, 1);
    private final String before = TestTokens.issuedAt(restrictedAt.minusSeconds(60), SERVICE, tenant, "tenant-admin");

    @Inject
    TenantRestrictions restrictions;

    @Inject
    UnitOfWork unitOfWork;

    @Test
    void anOldTokenIsRefusedAtOnceAndSaysWhatToDo() throws Throwable {
        own(before).statusCode(200).body("tenantId", equalTo(tenant.toString()));
        tell(restricted);
        own(before)
                .statusCode(401)
                .contentType("application/problem+json")
                .header("WWW-Authenticate", containsString("invalid_token"))
                .body("type", equalTo("urn:tenure:problem:log-in-again"))
                .body("detail", containsString("Log in again"));
        own(TestTokens.issuedAt(restrictedAt.minusSeconds(1), SERVICE, tenant, "departing-admin"))
                .statusCode(401);
    }

    @Test
    void aNewTokenIsGoodForWhatADepartingAdministratorMay() throws Throwable {
        tell(restricted);
        String departing = TestTokens.departing(SERVICE, tenant);
        own(departing).statusCode(200).body("tenantId", equalTo(tenant.toString()));
        given().auth()
                .oauth2(departing)
                .contentType("application/json")
                .body("{\"tenantId\":\"" + tenant + "\",\"name\":\"a\"}")
                .post("/samples")
                .then()
                .statusCode(403)
                .body("type", equalTo("urn:tenure:problem:forbidden"));
    }

    @Test
    void staffAndOtherTenantsAreNotConcerned() throws Throwable {
        tell(restricted);
        own(TestTokens.of(SERVICE, "csp-operator")).statusCode(200).body("tenantId", nullValue());
        own(TestTokens.ofTenant(SERVICE, tenant, "csp-operator")).statusCode(200);
        UUID other = Ids.next();
        own(TestTokens.ofTenant(SERVICE, other)).statusCode(200).body("tenantId", equalTo(other.toString()));
    }

    @Test
    void afterTheRestorationOldTokensStayVoidAndNewOnesCount() throws Throwable {
        tell(restricted);
        tell(restored);
        own(before).statusCode(401);
        own(TestTokens.issuedAt(restrictedAt.plusSeconds(1), SERVICE, tenant, "tenant-admin"))
                .statusCode(200);
    }

    /** Dead letters come back late, and twice. */
    @Test
    void factsComeToTheSameInAnyOrderAndHoweverOften() throws Throwable {
        TenantAccessRestricted again = new TenantAccessRestricted(Ids.next(), restrictedAt.plusSeconds(100), 1, 1);
        List<Fact> facts = List.of(restricted, restored, again);
        String between = TestTokens.issuedAt(restrictedAt.plusSeconds(50), SERVICE, tenant, "departing-admin");
        String after = TestTokens.issuedAt(restrictedAt.plusSeconds(101), SERVICE, tenant, "departing-admin");
        String administrator = TestTokens.issuedAt(restrictedAt.plusSeconds(101), SERVICE, tenant, "tenant-admin");
        for (List<Fact> order : orders(facts)) {
            forgetAll();
            for (Fact fact : order) {
                tell(fact);
                tell(fact);
            }
            String told = order.toString();
            assertEquals(401, own(between).extract().statusCode(), told);
            assertEquals(200, own(after).extract().statusCode(), told);
            assertEquals(401, own(administrator).extract().statusCode(), told);
            tell(new TenantAccessRestored(again.terminationId(), 1));
            assertEquals(200, own(administrator).extract().statusCode(), told);
        }
    }

    @Test
    void aBatchIsTakenOverWithoutWhatIsNoneOfItsBusiness() {
        restrictions
                .noteAlone(List.of(
                        new Told(tenant, restricted),
                        new Told(tenant, new TenantRestored(termination, 1, 0)),
                        new Told(tenant, restricted)))
                .await()
                .atMost(Duration.ofSeconds(30));
        own(before).statusCode(401);
        restrictions.noteAlone(List.of(new Told(tenant, restored))).await().atMost(Duration.ofSeconds(30));
        own(TestTokens.issuedAt(restrictedAt.plusSeconds(1), SERVICE, tenant, "tenant-admin"))
                .statusCode(200);
        restrictions.noteAlone(List.of()).await().atMost(Duration.ofSeconds(30));
    }

    @Test
    void aTokenThatCannotBeCheckedIsNoLessRefusedThanOthers() throws Exception {
        Database.whileFull(() -> own(before).statusCode(503).body("type", equalTo("urn:tenure:problem:unavailable")));
    }

    private void tell(Fact fact) throws Throwable {
        VertxContextSupport.subscribeAndAwait(() -> unitOfWork.run(() -> switch (fact) {
            case TenantAccessRestricted one -> restrictions.note(tenant, one);
            case TenantAccessRestored one -> restrictions.note(tenant, one);
            default -> throw new IllegalArgumentException("not about access");
        }));
    }

    private void forgetAll() throws Exception {
        try (Connection owner = Database.connectAsOwner()) {
            Database.execute(owner, "DELETE FROM tenant_restriction WHERE tenant_id = '" + tenant + "'");
        }
    }

    private static List<List<Fact>> orders(List<Fact> facts) {
        if (facts.isEmpty()) {
            return List.of(List.of());
        }
        List<List<Fact>> orders = new ArrayList<>();
        for (Fact first : facts) {
            List<Fact> rest = new ArrayList<>(facts);
            rest.remove(first);
            for (List<Fact> order : orders(rest)) {
                List<Fact> whole = new ArrayList<>(List.of(first));
                whole.addAll(order);
                orders.add(whole);
            }
        }
        return orders;
    }

    private static ValidatableResponse own(String token) {
        return given().auth().oauth2(token).get("/samples/own").then();
    }
}
