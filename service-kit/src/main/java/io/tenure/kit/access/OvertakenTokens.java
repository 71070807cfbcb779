package io.tenure.kit.access;

import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.SecurityIdentityAugmentor;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.jwt.JsonWebToken;

/**
 * Refuses valid tokens of a tenant's people that were issued before a termination restricted the tenant. Checked at
 * each request, before any role; the provider's staff and services are not concerned.
 */
@ApplicationScoped
class OvertakenTokens implements SecurityIdentityAugmentor {

    private final TenantRestrictions restrictions;

    OvertakenTokens(TenantRestrictions restrictions) {
        this.restrictions = restrictions;
    }

    @Override
    public Uni<SecurityIdentity> augment(SecurityIdentity identity, AuthenticationRequestContext context) {
        if (!(identity.getPrincipal() instanceof JsonWebToken token)
                || Arrays.stream(Roles.STAFF).anyMatch(identity::hasRole)) {
            return Uni.createFrom().item(identity);
        }
        Optional<UUID> tenant = Caller.tenantOf(token);
        if (tenant.isEmpty()) {
            return Uni.createFrom().item(identity);
        }
        return restrictions.of(tenant.get()).map(restriction -> {
            if (!restriction.allows(issuedAt(token), identity.getRoles())) {
                throw new Problem(
                        401,
                        "log-in-again",
                        "Your token is out of date",
                        "What you may do was changed after your token was issued. Log in again.");
            }
            return identity;
        });
    }

    private static Instant issuedAt(JsonWebToken token) {
        return token.getClaim("iat") instanceof Number seconds ? Instant.ofEpochSecond(seconds.longValue()) : null;
    }
}
