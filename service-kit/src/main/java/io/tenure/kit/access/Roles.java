package io.tenure.kit.access;

import java.util.Set;

/** The realm's roles. */
public final class Roles {

    /** Runs the platform. */
    public static final String CSP_OPERATOR = "csp-operator";
    /** Administers the platform; with MFA. */
    public static final String CSP_ADMIN = "csp-admin";
    /** Keeps the customer's record, through the CRM. */
    public static final String ACCOUNT_MANAGER = "account-manager";
    /** The customer's own administrator; sees only its own tenant. */
    public static final String TENANT_ADMIN = "tenant-admin";
    /**
     * What is left of a tenant's administrator while its tenant is terminated: may see the termination through, and
     * nothing else.
     */
    public static final String DEPARTING_ADMIN = "departing-admin";
    /** Reads evidence. */
    public static final String AUDITOR = "auditor";
    /** Another service of Tenure. */
    public static final String SERVICE = "service";

    /** Another service of Tenure that deletes something, and asks first whether it may. */
    public static final String DELETION_ORDER_READER = "deletion-order-reader";

    static final String[] STAFF = {CSP_OPERATOR, CSP_ADMIN, ACCOUNT_MANAGER, AUDITOR, SERVICE};
    /** All of them. */
    public static final Set<String> ALL = Set.of(
            CSP_OPERATOR,
            CSP_ADMIN,
            ACCOUNT_MANAGER,
            TENANT_ADMIN,
            DEPARTING_ADMIN,
            AUDITOR,
            SERVICE,
            DELETION_ORDER_READER);

    private Roles() {}
}
