package io.tenure.credential.identity;

import io.smallrye.mutiny.Uni;
import io.tenure.credential.temporary.Secret;
import java.util.List;
import java.util.UUID;

/**
 * The identity provider, as far as tenants' people are concerned. Every call may be repeated: a second one finds the first
 * one's effect and succeeds.
 */
public interface TenantIdentities {

    /** One person or client of a tenant. @param id the provider's subject; opaque */
    record Identity(String id, String username, boolean enabled) {}

    /** What a tenant's administrator may do. */
    enum Standing {
        /** All that a customer may do. */
        ADMINISTRATOR,
        /** See a termination through, and nothing else. */
        DEPARTING
    }

    /**
     * Makes the tenant's administrator, or finds it; afterwards {@code password} opens it, and has to be changed at the next
     * login. Sessions from before are ended. Whether a found one may log in at all stays as it was.
     *
     * @param username unique in the realm
     * @return the identity's id
     */
    Uni<String> establish(UUID tenantId, String username, Secret password, Standing standing);

    /** Everybody who belongs to the tenant, whoever made them. */
    Uni<List<Identity>> of(UUID tenantId);

    /**
     * Gives the tenant's administrator a standing and takes the other one away. One that departs has no right of ours left but
     * those of a departing administrator, and no session from before.
     *
     * @return whether it still exists; fails if the identity is left with more rights than that
     */
    Uni<Boolean> become(String identityId, Standing standing);

    /** Ends the identity's sessions and lets it in no more. One that is gone counts as disabled. */
    Uni<Void> disable(String identityId);

    /** Lets the identity in again. @return whether it still exists */
    Uni<Boolean> enable(String identityId);

    /** Removes the identity for ever. One that is gone counts as removed. */
    Uni<Void> delete(String identityId);
}
