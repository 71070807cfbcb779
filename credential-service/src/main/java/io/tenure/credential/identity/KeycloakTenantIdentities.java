package io.tenure.credential.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smallrye.mutiny.Uni;
import io.tenure.credential.temporary.Secret;
import io.tenure.kit.access.Roles;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.WebApplicationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/** Tenants' identities in Keycloak: users whose attribute {@code tenant_id} names the tenant. */
@ApplicationScoped
public class KeycloakTenantIdentities implements TenantIdentities {

    private static final String TENANT_ID = "tenant_id";
    private static final int PAGE = 100;

    private final KeycloakAdmin keycloak;
    private final ObjectMapper mapper;

    KeycloakTenantIdentities(@RestClient KeycloakAdmin keycloak, ObjectMapper mapper) {
        this.keycloak = keycloak;
        this.mapper = mapper;
    }

    @Override
    public Uni<String> establish(UUID tenantId, String username, Secret password, Standing standing) {
        return keycloak.usersByName(username, true)
                .flatMap(found -> found.isEmpty()
                        ? create(tenantId, username, password)
                        : adopt(tenantId, found.getFirst(), password))
                .call(id -> assign(id, standing));
    }

    private Uni<String> create(UUID tenantId, String username, Secret password) {
        ObjectNode user = mapper.createObjectNode().put("username", username).put("enabled", true);
        user.putObject("attributes").putArray(TENANT_ID).add(tenantId.toString());
        user.putArray("requiredActions").add("UPDATE_PASSWORD");
        user.putArray("credentials").add(mapper.valueToTree(temporary(password)));
        return keycloak.create(user).map(created -> {
            String path = created.getLocation().getPath();
            return path.substring(path.lastIndexOf('/') + 1);
        });
    }

    private Uni<String> adopt(UUID tenantId, ObjectNode user, Secret password) {
        if (!belongsTo(user, tenantId)) {
            throw new IllegalStateException("The user name of the tenant's administrator belongs to another user");
        }
        String id = user.path("id").asText();
        return keycloak.resetPassword(id, temporary(password))
                .onFailure(KeycloakTenantIdentities::isUsedBefore)
                .recoverWithNull()
                .chain(() -> keycloak.logout(id))
                .replaceWith(id);
    }

    @Override
    public Uni<Boolean> become(String identityId, Standing standing) {
        return assign(identityId, standing)
                .chain(() -> switch (standing) {
                    // Otherwise older refresh tokens would work as long as their sessions.
                    case DEPARTING -> keycloak.logout(identityId);
                    case ADMINISTRATOR -> Uni.createFrom().voidItem();
                })
                .replaceWith(true)
                .onFailure(KeycloakTenantIdentities::isGone)
                .recoverWithItem(false);
    }

    private Uni<Void> assign(String identityId, Standing standing) {
        String wanted = role(standing);
        return keycloak.roles(identityId).flatMap(held -> {
            List<ObjectNode> excess =
                    held.stream().filter(role -> isExcess(standing, name(role))).toList();
            Uni<Void> taken = excess.isEmpty() ? Uni.createFrom().voidItem() : keycloak.removeRoles(identityId, excess);
            Uni<Void> given = held.stream().anyMatch(role -> name(role).equals(wanted))
                    ? Uni.createFrom().voidItem()
                    : keycloak.role(wanted).flatMap(role -> keycloak.addRoles(identityId, List.of(role)));
            return taken.chain(() -> given).chain(() -> mustHaveNoMore(identityId, standing));
        });
    }

    /**
     * Rights through a group or another role cannot be removed from one person, so fail instead of claiming that they
     * were.
     */
    private Uni<Void> mustHaveNoMore(String identityId, Standing standing) {
        return keycloak.effectiveRoles(identityId)
                .invoke(roles -> {
                    if (roles.stream().anyMatch(role -> isExcess(standing, name(role)))) {
                        throw new IllegalStateException(
                                "A tenant's administrator has more roles than it may, through a group or another role");
                    }
                })
                .replaceWithVoid();
    }

    /** Whether a role is ours and does not fit the standing. Other roles that an administrator was given stay. */
    private static boolean isExcess(Standing standing, String role) {
        return switch (standing) {
            case ADMINISTRATOR -> role.equals(Roles.DEPARTING_ADMIN);
            case DEPARTING -> Roles.ALL.contains(role) && !role.equals(Roles.DEPARTING_ADMIN);
        };
    }

    private static String role(Standing standing) {
        return switch (standing) {
            case ADMINISTRATOR -> Roles.TENANT_ADMIN;
            case DEPARTING -> Roles.DEPARTING_ADMIN;
        };
    }

    private static String name(ObjectNode role) {
        return role.path("name").asText();
    }

    @Override
    public Uni<List<Identity>> of(UUID tenantId) {
        return pages(tenantId, 0, new ArrayList<>());
    }

    private Uni<List<Identity>> pages(UUID tenantId, int first, List<Identity> found) {
        return keycloak.usersByAttribute(TENANT_ID + ":" + tenantId, first, PAGE, false)
                .flatMap(page -> {
                    // The search may return more than it should; users of other tenants must not be touched.
                    page.stream()
                            .filter(user -> belongsTo(user, tenantId))
                            .map(user -> new Identity(
                                    user.path("id").asText(),
                                    user.path("username").asText(),
                                    user.path("enabled").asBoolean()))
                            .forEach(found::add);
                    return page.size() < PAGE
                            ? Uni.createFrom().item(List.copyOf(found))
                            : pages(tenantId, first + PAGE, found);
                });
    }

    @Override
    public Uni<Void> disable(String identityId) {
        return setEnabled(identityId, false)
                // Also sets the user's not-before, which voids refresh tokens of old sessions.
                .flatMap(exists ->
                        exists ? keycloak.logout(identityId) : Uni.createFrom().voidItem())
                .onFailure(KeycloakTenantIdentities::isGone)
                .recoverWithNull();
    }

    @Override
    public Uni<Boolean> enable(String identityId) {
        return setEnabled(identityId, true);
    }

    private Uni<Boolean> setEnabled(String identityId, boolean enabled) {
        return keycloak.user(identityId)
                .flatMap(user -> keycloak.replace(identityId, user.put("enabled", enabled)))
                .replaceWith(true)
                .onFailure(KeycloakTenantIdentities::isGone)
                .recoverWithItem(false);
    }

    @Override
    public Uni<Void> delete(String identityId) {
        return keycloak.delete(identityId)
                .onFailure(KeycloakTenantIdentities::isGone)
                .recoverWithNull();
    }

    private static Map<String, Object> temporary(Secret password) {
        return Map.of("type", "password", "value", password.expose(), "temporary", true);
    }

    private static boolean belongsTo(JsonNode user, UUID tenantId) {
        JsonNode values = user.path("attributes").path(TENANT_ID);
        return values.size() == 1 && values.get(0).asText().equals(tenantId.toString());
    }

    private static boolean isGone(Throwable failure) {
        return failure instanceof WebApplicationException answer
                && answer.getResponse().getStatus() == 404;
    }

    /** An earlier attempt set the same password, which the realm's password history refuses now. */
    private static boolean isUsedBefore(Throwable failure) {
        return failure instanceof WebApplicationException answer
                && answer.getResponse().getStatus() == 400
                && answer.getResponse().readEntity(String.class).contains("invalidPasswordHistoryMessage");
    }
}
