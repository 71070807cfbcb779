package io.tenure.events;

/** What a tenant owns on the hypervisor. */
public enum AssetKind {
    /** A virtual machine that the provider provisioned. */
    VM,
    /** A virtual data center: an agreed amount of resources that the tenant fills itself. */
    VDC,
    /** A virtual machine that the tenant made inside its VDC; known only from the hypervisor's inventory (row C1.2). */
    VDC_VM
}
