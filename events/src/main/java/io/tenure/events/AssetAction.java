package io.tenure.events;

/** What the provisioning service tries to do to an asset, or to all assets of a tenant. */
public enum AssetAction {
    /** Make what was ordered. */
    PROVISION,
    /** Make the asset and its disks unreachable. */
    DISABLE,
    /** Make a disabled asset reachable again. */
    RESTORE,
    /** Sanitize the asset's disks and remove it. */
    SANITIZE,
    /** Compare all that the platforms hold of the tenant with the service's own records. */
    INVENTORY,
    /** Ask the lifecycle service whether the deletion is really ordered; nothing is deleted before it answers. */
    CONFIRM
}
