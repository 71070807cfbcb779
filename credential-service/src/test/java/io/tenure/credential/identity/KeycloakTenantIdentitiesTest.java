package io.tenure.credential.identity;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.oidc.client.OidcClient;
import io.quarkus.oidc.client.Tokens;
import io.quarkus.vertx.VertxContextSupport;
import io.restassured.response.Response;
import io.smallrye.mutiny.Uni;
import io.tenure.credential.CredentialTest;
import io.tenure.credential.KeycloakTestResource;
import io.tenure.credential.KeycloakTestResource.KeycloakStart;
import io.tenure.credential.identity.TenantIdentities.Identity;
import io.tenure.credential.identity.TenantIdentities.Standing;
import io.tenure.credential.temporary.Secret;
import io.tenure.kit.Ids;
import io.tenure.kit.access.Roles;
import jakarta.inject.Inject;
import jakarta.ws.rs.WebApplicationException;
import java.io.IOException;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.microprofile.rest.client.inject.RestClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of {@link TenantIdentities} on a real Keycloak with the realm of every installation. */
@CredentialTest
class KeycloakTenantIdentitiesTest {

    KeycloakStart keycloak;

    @Inject
    KeycloakTenantIdentities identities;

    @Inject
    @RestClient
    KeycloakAdmin admin;

    @Inject
    OidcClient client;

    private final ObjectMapper mapper = new ObjectMapper();
    private final UUID tenant = Ids.next();
    private final String username = "tenant-" + tenant.toString().substring(24);
    private final Secret password = Secret.random();
    private String realm;

    @BeforeEach
    void keycloakAnswers() throws Exception {
        realm = keycloak.server().get(3, TimeUnit.MINUTES).realmUrl().toString();
    }

    @Test
    void createsAnAdministratorWhoMustChangeThePassword() {
        String id = establish(password);

        JsonNode user = run(() -> admin.user(id));
        assertEquals(username, user.path("username").asText());
        assertEquals(
                tenant.toString(),
                user.path("attributes").path("tenant_id").path(0).asText());
        assertEquals("UPDATE_PASSWORD", user.path("requiredActions").path(0).asText());
        assertTrue(user.path("enabled").asBoolean());
        assertEquals(List.of(new Identity(id, username, true)), run(() -> identities.of(tenant)));
        assertEquals(List.of(), run(() -> identities.of(Ids.next())));
        // The password is right, but can only be used to change it.
        Response refused = login(password.expose());
        assertEquals(400, refused.statusCode());
        assertEquals("Account is not fully set up", refused.path("error_description"));
        assertEquals("Invalid user credentials", login("wrong").path("error_description"));
    }

    @Test
    void givesTheTenantsTokenOnceThePasswordIsChanged() throws Exception {
        String id = establish(password);
        String own = changePassword(id);

        Response answer = login(own);
        assertEquals(200, answer.statusCode());
        assertEquals(
                tenant.toString(),
                claims(answer.path("access_token")).path("tenant_id").asText());
        Set<String> roles = roles(answer);
        assertTrue(roles.contains("tenant-admin"));
        assertFalse(roles.contains("service"));
    }

    @Test
    void findsItselfAgainAndTakesASecondPassword() {
        String id = establish(password);
        assertEquals(id, establish(password), "an attempt repeated");
        assertEquals("Account is not fully set up", login(password.expose()).path("error_description"));

        Secret other = Secret.random();
        assertEquals(id, establish(other));
        assertEquals("Account is not fully set up", login(other.expose()).path("error_description"));
        assertEquals("Invalid user credentials", login(password.expose()).path("error_description"));
    }

    @Test
    void doesNotTakeOverSomebodyElsesName() {
        establish(password);
        UUID other = Ids.next();
        assertThrows(
                IllegalStateException.class,
                () -> run(() -> identities.establish(other, username, Secret.random(), Standing.ADMINISTRATOR)));
        assertEquals(List.of(), run(() -> identities.of(other)));
    }

    @Test
    void disablesEndsSessionsEnablesAndDeletes() {
        String id = establish(password);
        String own = changePassword(id);
        String refreshToken = login(own).path("refresh_token");

        run(() -> identities.disable(id));
        run(() -> identities.disable(id));
        assertEquals(List.of(new Identity(id, username, false)), run(() -> identities.of(tenant)));
        assertEquals("Account disabled", login(own).path("error_description"));
        assertEquals(400, refresh(refreshToken).statusCode());

        assertTrue(run(() -> identities.enable(id)));
        assertEquals(400, refresh(refreshToken).statusCode(), "old sessions do not come back");
        assertEquals(200, login(own).statusCode());
        JsonNode user = run(() -> admin.user(id));
        assertEquals(
                tenant.toString(),
                user.path("attributes").path("tenant_id").path(0).asText());

        run(() -> identities.delete(id));
        run(() -> identities.delete(id));
        run(() -> identities.disable(id));
        assertFalse(run(() -> identities.enable(id)));
        assertEquals(List.of(), run(() -> identities.of(tenant)));
        assertEquals("Invalid user credentials", login(own).path("error_description"));
    }

    @Test
    void reducesAnAdministratorToOneWhoDepartsAndBack() throws Exception {
        String id = establish(password);
        String own = changePassword(id);
        String refreshToken = login(own).path("refresh_token");
        run(() -> admin.role("auditor").flatMap(role -> admin.addRoles(id, List.of(role))));
        assertTrue(roles(login(own)).containsAll(Set.of("tenant-admin", "auditor")));

        assertTrue(run(() -> identities.become(id, Standing.DEPARTING)));
        assertTrue(run(() -> identities.become(id, Standing.DEPARTING)), "an attempt repeated");
        assertEquals(400, refresh(refreshToken).statusCode(), "sessions from before are over");
        Response departing = login(own);
        assertEquals(200, departing.statusCode(), "the password is its own, and goes on");
        Set<String> ours = roles(departing);
        ours.retainAll(Roles.ALL);
        assertEquals(Set.of("departing-admin"), ours);
        assertEquals(
                tenant.toString(),
                claims(departing.path("access_token")).path("tenant_id").asText());

        assertTrue(run(() -> identities.become(id, Standing.ADMINISTRATOR)));
        ours = roles(login(own));
        ours.retainAll(Roles.ALL);
        assertEquals(Set.of("tenant-admin"), ours);
        assertTrue(roles(refresh(departing.path("refresh_token"))).contains("tenant-admin"), "sessions take it over");
    }

    @Test
    void givesADepartingAdministratorANewPassword() throws Exception {
        String id = establish(password);
        changePassword(id);
        run(() -> identities.become(id, Standing.DEPARTING));
        Secret other = Secret.random();

        assertEquals(id, run(() -> identities.establish(tenant, username, other, Standing.DEPARTING)));

        assertEquals("Account is not fully set up", login(other.expose()).path("error_description"));
        Set<String> ours = roles(login(changePassword(id)));
        ours.retainAll(Roles.ALL);
        assertEquals(Set.of("departing-admin"), ours);
    }

    /** A role held through another role cannot be removed from one person, so the call must fail. */
    @Test
    void doesNotClaimToHaveReducedWhoHoldsMoreThroughAnotherRole() {
        String id = establish(password);
        run(() -> admin.role(KeycloakTestResource.WIDE_ROLE).flatMap(role -> admin.addRoles(id, List.of(role))));

        assertThrows(IllegalStateException.class, () -> run(() -> identities.become(id, Standing.DEPARTING)));

        run(() -> admin.role(KeycloakTestResource.WIDE_ROLE).flatMap(role -> admin.removeRoles(id, List.of(role))));
        assertTrue(run(() -> identities.become(id, Standing.DEPARTING)));
    }

    @Test
    void knowsThatAnAdministratorIsGone() {
        String id = establish(password);
        run(() -> identities.delete(id));
        assertFalse(run(() -> identities.become(id, Standing.DEPARTING)));
    }

    @Test
    void findsMorePeopleThanAPageHolds() {
        int people = 103;
        Set<String> made = IntStream.range(0, people)
                .mapToObj(i -> {
                    ObjectNode user = mapper.createObjectNode()
                            .put("username", "colleague-%s-%d".formatted(tenant, i))
                            .put("enabled", true);
                    user.putObject("attributes").putArray("tenant_id").add(tenant.toString());
                    String path = run(() -> admin.create(user)).getLocation().getPath();
                    return path.substring(path.lastIndexOf('/') + 1);
                })
                .collect(Collectors.toSet());
        assertEquals(
                made,
                run(() -> identities.of(tenant)).stream().map(Identity::id).collect(Collectors.toSet()));
    }

    @Test
    void renewsItsOwnTokenBeforeThatEnds() {
        Tokens tokens = run(() -> client.getTokens());

        assertFalse(tokens.isAccessTokenWithinRefreshInterval());
        assertEquals(30, tokens.getRefreshTokenTimeSkew());
    }

    @Test
    void renewsItsOwnTokenOnceKeycloakRefusesIt() throws Exception {
        String self = claims(run(() -> client.getTokens()).getAccessToken())
                .path("sub")
                .asText();
        // A logout voids all tokens issued before that second.
        await().until(() -> isUnauthorized(() -> admin.logout(self)));

        assertEquals(List.of(), run(() -> identities.of(tenant)));
    }

    private static boolean isUnauthorized(Supplier<Uni<Void>> call) {
        try {
            run(call);
            return false;
        } catch (WebApplicationException refused) {
            return refused.getResponse().getStatus() == 401;
        }
    }

    private String establish(Secret with) {
        return run(() -> identities.establish(tenant, username, with, Standing.ADMINISTRATOR));
    }

    private Set<String> roles(Response answer) throws IOException {
        Set<String> roles = new HashSet<>();
        claims(answer.path("access_token"))
                .path("realm_access")
                .path("roles")
                .forEach(role -> roles.add(role.asText()));
        return roles;
    }

    private JsonNode claims(String token) throws IOException {
        return mapper.readTree(Base64.getUrlDecoder().decode(token.split("\\.")[1]));
    }

    /** Changes the password as the user does at the first login. @return the new password */
    private String changePassword(String id) {
        String own = Secret.random().expose();
        run(() -> admin.resetPassword(id, Map.of("type", "password", "value", own, "temporary", false)));
        run(() -> admin.user(id)
                .flatMap(user -> admin.replace(id, user.set("requiredActions", mapper.createArrayNode()))));
        return own;
    }

    private Response login(String with) {
        return given().baseUri(realm)
                .formParam("grant_type", "password")
                .formParam("client_id", "tenure-cli")
                .formParam("username", username)
                .formParam("password", with)
                .post("/protocol/openid-connect/token");
    }

    private Response refresh(String refreshToken) {
        return given().baseUri(realm)
                .formParam("grant_type", "refresh_token")
                .formParam("client_id", "tenure-cli")
                .formParam("refresh_token", refreshToken)
                .post("/protocol/openid-connect/token");
    }

    private static <T> T run(Supplier<Uni<T>> call) {
        try {
            return VertxContextSupport.subscribeAndAwait(call);
        } catch (RuntimeException failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IllegalStateException("checked", failure);
        }
    }
}
