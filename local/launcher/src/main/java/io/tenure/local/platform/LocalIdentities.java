package io.tenure.local.platform;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tenure.local.server.KeycloakServer;
import java.net.URI;
import java.util.List;

/** The users of the local realm overlay, and tokens of theirs from Keycloak. */
public final class LocalIdentities {

    /**
     * A user of the overlay.
     *
     * @param name the user name
     * @param role its realm role
     */
    public record User(String name, String role) {

        /** For local use only, as the overlay says it. */
        public String password() {
            return name + "-local-only";
        }
    }

    /** One user per role. */
    public static final List<User> USERS = List.of(
            new User("operator", "csp-operator"),
            new User("admin", "csp-admin"),
            new User("account-manager", "account-manager"),
            new User("auditor", "auditor"),
            new User("tenant-admin", "tenant-admin"));

    private final URI keycloak;
    private final Secrets secrets;
    private final Tokens tokens;

    /**
     * Of a platform that runs.
     *
     * @param keycloak the base address
     */
    public LocalIdentities(URI keycloak, Secrets secrets) {
        this.keycloak = keycloak;
        this.secrets = secrets;
        this.tokens = new Tokens(keycloak);
    }

    /** An access token of a local user, through the command line's client. */
    public String token(String userName) {
        var user = USERS.stream()
                .filter(u -> u.name().equals(userName))
                .findFirst()
                .orElseThrow(() -> new PlatformException("There is no local user '" + userName + "'. There are "
                        + String.join(", ", USERS.stream().map(User::name).toList())));
        return tokens.person("tenure", "tenure-cli", user.name(), user.password());
    }

    /** An access token of a confidential client, for instance {@code crm}. */
    public String clientToken(String client) {
        return tokens.client(client, secrets.password("client-" + client));
    }

    /** Makes user {@code tenant-admin} the administrator of this tenant, from its next token on. */
    public void assignTenant(String tenantId) {
        var admin = "Bearer "
                + tokens.person("master", "admin-cli", KeycloakServer.ADMIN, secrets.password("keycloak-admin"));
        var users = keycloak.resolve("/admin/realms/tenure/users");
        var found = Http.get(URI.create(users + "?username=tenant-admin&exact=true"), "Authorization", admin)
                .json();
        var user = (ObjectNode) found.get(0);
        if (user == null) {
            throw new PlatformException("The realm has no user tenant-admin. ./tenure reset makes a fresh one");
        }
        user.withObject("attributes").putArray("tenant_id").add(tenantId);
        var answer = Http.json("PUT", URI.create(users + "/" + user.get("id").asText()), user, "Authorization", admin);
        if (answer.status() != 204) {
            throw new PlatformException("Keycloak refused the tenant " + tenantId + ": " + answer.body());
        }
    }
}
