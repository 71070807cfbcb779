package io.tenure.kit.access;

import io.quarkus.security.identity.SecurityIdentity;
import io.tenure.kit.problem.Problem;
import jakarta.enterprise.context.RequestScoped;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.jwt.JsonWebToken;

/** Who calls, as the token says, and which tenants that caller may see. */
@RequestScoped
public class Caller {

    private final SecurityIdentity identity;
    private final JsonWebToken token;

    Caller(SecurityIdentity identity, JsonWebToken token) {
        this.identity = identity;
        this.token = token;
    }

    /** The identity provider's subject: an opaque id. */
    public String id() {
        return token.getSubject();
    }

    /** The roles of {@link Roles} that the caller holds, in alphabetical order. */
    public List<String> roles() {
        return identity.getRoles().stream().filter(Roles.ALL::contains).sorted().toList();
    }

    /** The OAuth2 client through which the call came; null if the token names none. */
    public String client() {
        return token.getClaim("azp");
    }

    public boolean is(String role) {
        return identity.hasRole(role);
    }

    /** Whether the caller holds one of these roles. */
    public boolean isOneOf(String... roles) {
        return List.of(roles).stream().anyMatch(identity::hasRole);
    }

    /**
     * The only tenant that the caller may see: that of the {@code tenant_id} claim for a tenant's own people. Empty for
     * the provider's staff and services, who may see all.
     */
    public Optional<UUID> onlyTenant() {
        if (!isOneOf(Roles.TENANT_ADMIN, Roles.DEPARTING_ADMIN) || isOneOf(Roles.STAFF)) {
            return Optional.empty();
        }
        Optional<UUID> tenant = tenantOf(token);
        if (tenant.isEmpty()) {
            throw new Problem(403, "no-tenant", "Not allowed", "Your token names no tenant. Ask your provider.");
        }
        return tenant;
    }

    /** The tenant that a token's claim {@code tenant_id} names; empty if it names none. */
    static Optional<UUID> tenantOf(JsonWebToken token) {
        try {
            return Optional.of(UUID.fromString(token.getClaim("tenant_id")));
        } catch (IllegalArgumentException | NullPointerException missing) {
            return Optional.empty();
        }
    }

    /**
     * Refuses a caller who may not see {@code tenantId}, as if it did not exist.
     *
     * @param what the resource's kind, for the problem's text
     * @throws Problem 404
     */
    public void mustSee(UUID tenantId, String what) {
        onlyTenant().filter(own -> !own.equals(tenantId)).ifPresent(other -> {
            throw Problem.notFound(what);
        });
    }
}
