package io.tenure.events;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Facts of the credential service. None carries a secret or a link token. */
public sealed interface CredentialFact extends Fact {

    /** What a credential opens. */
    enum Target {
        /** The tenant's own administrator on the platform. */
        TENANT,
        VM,
        VDC
    }

    /** Why a link was refused. */
    enum RefusalReason {
        ALREADY_REVEALED,
        EXPIRED,
        SUPERSEDED,
        REVOKED
    }

    /**
     * The platform's identity provider has an account for the tenant's administrator.
     *
     * @param identityId its subject there
     */
    record TenantIdentityCreated(String identityId) implements CredentialFact {}

    /**
     * A temporary credential was made; it is kept encrypted until it is handed over (rows P1.2b and P8.3).
     *
     * @param targetId tenant, VM or VDC
     */
    record CredentialIssued(UUID credentialId, Target target, UUID targetId, Instant expiresAt)
            implements CredentialFact {}

    /** A one-time link to the credential was made; older ones are void. */
    record RevealLinkCreated(UUID credentialId, UUID linkId, Instant expiresAt) implements CredentialFact {}

    /** The credential was shown, once; from now on the customer is responsible for it (row C1.1). */
    record CredentialHandedOver(UUID credentialId, UUID linkId) implements CredentialFact {}

    /** Somebody used a link that no longer works. */
    record CredentialReplayAttempted(UUID credentialId, UUID linkId, RefusalReason reason) implements CredentialFact {}

    /** The credential is void (row P2.2b). @param terminationId null if no termination caused it */
    record CredentialRevoked(UUID credentialId, @Nullable UUID terminationId) implements CredentialFact {}

    /**
     * The tenant's credentials no longer work, and its people have access to nothing but the termination (row P2.2b).
     *
     * @param notBefore by the database's clock; tokens of this tenant's people that were issued before it are refused
     * @param credentials how many were revoked
     * @param identities how many people lost access, or kept only that to the termination
     */
    record TenantAccessRestricted(UUID terminationId, Instant notBefore, int credentials, int identities)
            implements CredentialFact {}

    /**
     * The tenant's identities work again. Revoked credentials stay revoked; those that nobody had seen are replaced.
     */
    record TenantAccessRestored(UUID terminationId, int identities) implements CredentialFact {}

    /**
     * Every key that could decrypt the tenant's credentials is destroyed, and so are the ciphertexts (row P2.2b).
     *
     * @param keys how many data keys
     * @param ciphertexts how many ciphertexts were erased
     */
    record TenantKeysDestroyed(UUID terminationId, int keys, int ciphertexts) implements CredentialFact {}

    /**
     * The tenant's last identity is removed. Until then its administrator could fetch the certificate of deletion (row
     * P2.2b).
     */
    record TenantIdentitiesRemoved(UUID terminationId) implements CredentialFact {}
}
