package io.tenure.credential.identity;

import io.smallrye.mutiny.Uni;
import io.tenure.credential.temporary.Secret;
import java.util.List;
import java.util.UUID;

/**
 * The identity provider's users of tenants. Every call can be repeated: the second one finds the effect of the first
 * and succeeds.
 */
public interface TenantIdentities {

    /** One person or client of a tenant. @param id the provider's subject; opaque */
    record Identity(String id, String username, boolean enabled) {}

    /** What a tenant's administrator may do. */
    enum Standing {
        /** Everything that a customer may do. */
        ADMINISTRATOR,
        /** Only follow or cancel the termination and fetch the certificate. */
        DEPARTING
    }

    /**
     * Creates the tenant's administrator, or finds it, and sets {@code password}, which must be changed at the next
     * login. Existing sessions end. A user that was disabled stays disabled.
     *
     * @param username unique in the realm
     * @return the identity's id
     */
    Uni<String> establish(UUID tenantId, String username, Secret password, Standing standing);

    /** All users of the tenant, whoever created them. */
    Uni<List<Identity>> of(UUID tenantId);

    /**
     * Gives the tenant's administrator a standing and removes the other one. A departing administrator keeps no other
     * role of ours, and its sessions end.
     *
     * @return whether it still exists; fails if the identity is left with more rights than that
     */
    Uni<Boolean> become(String identityId, Standing standing);

    /** Disables the identity and ends its sessions. One that is gone counts as disabled. */
    Uni<Void> disable(String identityId);

    /** Enables the identity again. @return whether it still exists */
    Uni<Boolean> enable(String identityId);

    /** Deletes the identity. One that is gone counts as removed. */
    Uni<Void> delete(String identityId);
}
