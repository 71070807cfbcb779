package io.tenure.events;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;

/**
 * The rows of the responsibility matrix, each with its clause of ISO/IEC 27017, or PII for personal data, and what it
 * asks for. Rows that begin with P are the provider's duties, those that begin with C the customer's. Ids are stable;
 * on the wire a row is its id.
 */
public enum MatrixRow {
    /** CLD.6.3.1: Platforms secured, hypervisors patched, high availability. */
    P1_1("P1.1"),
    /**
     * CLD.6.3.1: Provision a VM with the OS, vCPU, RAM and storage asked for; provision a VDC with the agreed
     * resources.
     */
    P1_2A("P1.2a"),
    /** CLD.6.3.1: Share initial credentials securely. */
    P1_2B("P1.2b"),
    /** CLD.6.3.1: Access policy for platform administrators; management interfaces not public. */
    P1_2C("P1.2c"),
    /** CLD.6.3.1: Watch for security events; keep logs of administrative actions. */
    P1_3("P1.3"),
    /** CLD.6.3.1: Respond to faults and incidents reported by ticket or helpline. */
    P1_4A("P1.4a"),
    /** CLD.6.3.1: Tell customers before planned maintenance or downtime. */
    P1_4B("P1.4b"),
    /** CLD.6.3.1: Backup as an option that the customer enables; no provider liability where it is off. */
    P1_5("P1.5"),
    /** CLD.6.3.1: At termination disable VMs/VDCs and keep them one month before deletion. */
    P1_6A("P1.6a"),
    /** CLD.6.3.1: Let customers retrieve their data in that month. */
    P1_6B("P1.6b"),
    /** CLD.8.1.5: After the month delete for good, with secure methods. */
    P2_1("P2.1"),
    /** CLD.8.1.5: No access to deactivated VMs during the month. */
    P2_2A("P2.2a"),
    /** CLD.8.1.5: Remove every provider-managed credential of what was terminated. */
    P2_2B("P2.2b"),
    /** CLD.8.1.5: Logs of decommissioning with timestamps and confirmations; audit trails kept. */
    P2_3("P2.3"),
    /** CLD.9.5.1: Tenants isolated logically and on the network (VLAN, SDN, firewall). */
    P3_1("P3.1"),
    /** CLD.9.5.1: Look for misconfiguration that could leak data; regular assessments. */
    P3_2("P3.2"),
    /** CLD.9.5.1: Administrators reach a customer's environment only after approval. */
    P3_3("P3.3"),
    /** CLD.9.5.2: Hardened, patched OS images, updated regularly. */
    P4_1("P4.1"),
    /** CLD.9.5.2: No cross-tenant access. */
    P4_2("P4.2"),
    /** CLD.9.5.2: Tell customers of malicious activity. */
    P4_3("P4.3"),
    /** CLD.9.5.2: Disabled VMs kept one month, then deleted; storage sanitized before reuse. */
    P4_4("P4.4"),
    /** CLD.12.1.5: Privileged access management; support purposes only; MFA for administrators. */
    P5_1("P5.1"),
    /** CLD.12.1.5: Administrators' actions logged, tamper-proof, retained. */
    P5_2("P5.2"),
    /** CLD.12.1.5: Temporary credentials and vaults instead of e-mail. */
    P5_4("P5.4"),
    /** CLD.12.4.5: Watch health and performance of the platform. */
    P6_1("P6.1"),
    /** CLD.12.4.5: Respond to security incidents that touch several customers. */
    P6_3("P6.3"),
    /** CLD.12.4.5: Uptime as agreed; notice of planned and unplanned outages. */
    P6_4("P6.4"),
    /** CLD.13.1.4: Segments per VDC; consoles not public. */
    P7_2("P7.2"),
    /** CLD.13.1.4: Give customers guidelines for VM networking, VPN and encryption. */
    P7_4("P7.4"),
    /**
     * PII: Say how contact details are used; only account and support; no advertising; only name, e-mail, phone; never
     * identity documents.
     */
    P8_1("P8.1"),
    /** PII: Contact details encrypted. */
    P8_2("P8.2"),
    /** PII: Temporary VM credentials that expire after first use. */
    P8_3("P8.3"),
    /** PII: Contacts kept current when notified (account manager, through the CRM). */
    P8_4("P8.4"),
    /** PII: Customers told within 72 hours of a breach of contact data. */
    P8_5("P8.5"),
    /** PII: Subcontractors disclosed and bound; storage locations disclosed. */
    P8_6("P8.6"),
    /** PII: Staff never log in to customer VMs. */
    P8_7("P8.7"),
    /** PII: Only non-intrusive recommendations, and only after a complaint. */
    P8_8("P8.8"),
    /** CLD.6.3.1: Change the initial credentials at first login; from then on responsible for the VM. */
    C1_1("C1.1"),
    /** CLD.6.3.1: Create and manage VMs inside the VDC. */
    C1_2("C1.2"),
    /**
     * CLD.8.1.5: Back up before asking for termination; restore before deletion where the backup service was bought.
     */
    C2_1("C2.1"),
    /** CLD.8.1.5: Erase or encrypt sensitive data first. */
    C2_2("C2.2"),
    /** CLD.8.1.5: Decommission users, disable third-party integrations. */
    C2_3("C2.3"),
    /** CLD.8.1.5: Comply with its own policies. */
    C2_4("C2.4"),
    /** PII: Accurate administrator contact; tell of changes promptly. */
    C8_1("C8.1"),
    /** PII: Report VM security incidents to the provider within 72 hours. */
    C8_2("C8.2"),
    /** PII: Approve or reject subcontractors; name allowed and disallowed data locations. */
    C8_3("C8.3");

    private final String id;

    MatrixRow(String id) {
        this.id = id;
    }

    /** The row with this id. @throws IllegalArgumentException if the matrix has none */
    public static MatrixRow of(String id) {
        return Arrays.stream(values())
                .filter(row -> row.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the matrix has no row " + id));
    }

    /** For example {@code P1.6a}. */
    @JsonValue
    public String id() {
        return id;
    }
}
