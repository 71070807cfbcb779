package io.tenure.kit.encryption;

/** The tenant's data key is destroyed: what it encrypted is gone for good, and nothing new is encrypted for the tenant. */
public final class TenantKeyDestroyedException extends RuntimeException {

    TenantKeyDestroyedException() {
        super("The tenant's key is destroyed", null, false, false);
    }
}
