package io.tenure.lifecycle.certificate;

import io.tenure.events.AssetKind;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.CredentialFact.TenantKeysDestroyed;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.ProvisioningFact.AssetDisabled;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.MediumSanitized;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.events.ProvisioningFact.TenantAssetsDeleted;
import io.tenure.lifecycle.termination.Confirmation;
import io.tenure.lifecycle.termination.EvidenceRow;
import io.tenure.lifecycle.termination.Termination;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What a certificate of deletion says (matrix rows P2.1 to P2.3 and P4.4). It holds ids and facts, and no personal data.
 *
 * @param matrixRows the provider's duties that it is evidence for
 * @param confirmed what was confirmed with the request, by whom and when (rows C2.1 to C2.4)
 * @param manifest what the termination was about; {@code assets} account for it disk by disk
 * @param assets everything the tenant had, by id
 * @param events the published events that it rests on, each with the SHA-256 of its exact bytes, oldest first
 */
record DeletionCertificate(
        UUID id,
        UUID terminationId,
        UUID tenantId,
        Instant issuedAt,
        List<String> matrixRows,
        Instant requestedAt,
        List<Confirmed> confirmed,
        Instant assetsDisabledAt,
        Instant accessRevokedAt,
        KeptFor retention,
        Instant deletionStartedAt,
        Instant assetsDeletedAt,
        Instant inventoriedAt,
        Instant keysDestroyedAt,
        int credentialsRevoked,
        int identitiesRevoked,
        int keysDestroyed,
        int ciphertextsDestroyed,
        Manifest manifest,
        List<Asset> assets,
        List<NamedFact> events) {

    private static final List<String> ROWS = List.of("P1.6a", "P2.1", "P2.2a", "P2.2b", "P2.3", "P4.4");

    // To make one reads every fact's structure by reflection, which takes longer than the rest of a certificate.
    private static final EventCodec CODEC = new EventCodec();

    /**
     * An item of the checklist that was confirmed.
     *
     * @param row the matrix row that asks for it
     * @param by the identity provider's subject of whoever confirmed it
     * @param roles that this caller had
     */
    record Confirmed(String item, String row, String by, List<String> roles, Instant at) {}

    /**
     * The retention that was observed, and the policy behind it.
     *
     * @param policy how long everything is kept, ISO-8601
     * @param warnings when the customer was to be warned
     * @param notices how many notices are proven delivered
     */
    record KeptFor(String policy, Instant startedAt, Instant endsAt, List<Instant> warnings, int notices) {}

    /**
     * What was disabled, and so was to be deleted.
     *
     * @param media how many disks
     * @param sha256 {@link io.tenure.events.MediaDigest#ofManifest} of them
     */
    record Manifest(int media, String sha256) {}

    /** An asset with its disks as they were sanitized (NIST SP 800-88r1). Times are null where no fact told of them. */
    record Asset(UUID id, AssetKind kind, Instant disabledAt, Instant sanitizedAt, List<SanitizedDisk> disks) {}

    /** A published event. */
    record NamedFact(UUID id, String type, String sha256) {}

    /** Draws up the certificate of a complete termination from its evidence. */
    static DeletionCertificate of(
            UUID id, Termination termination, List<Confirmation> confirmed, List<EvidenceRow> evidence) {
        Found found = new Found();
        evidence.forEach(row -> found.take(CODEC.decode(row.event())));
        return new DeletionCertificate(
                id,
                termination.id(),
                termination.tenantId(),
                termination.deletedAt(),
                ROWS,
                termination.requestedAt(),
                confirmed.stream()
                        .map(item -> new Confirmed(
                                item.item(), item.matrixRow(), item.confirmedBy(), item.roles(), item.confirmedAt()))
                        .toList(),
                termination.assetsDisabledAt(),
                termination.accessRevokedAt(),
                new KeptFor(
                        iso(Duration.between(termination.retentionStartedAt(), termination.retentionEndsAt())),
                        termination.retentionStartedAt(),
                        termination.retentionEndsAt(),
                        found.warnings,
                        found.notices),
                termination.deletionStartedAt(),
                termination.assetsDeletedAt(),
                found.inventoriedAt,
                termination.keysDestroyedAt(),
                found.credentialsRevoked,
                found.identitiesRevoked,
                found.keysDestroyed,
                found.ciphertextsDestroyed,
                new Manifest(termination.manifestMedia(), termination.manifestDigest()),
                List.copyOf(found.assets.values()),
                evidence.stream()
                        .map(row -> new NamedFact(row.eventId(), row.type(), row.sha256()))
                        .toList());
    }

    /** Whole days as days, which is how policies are written: {@code P30D} and not {@code PT720H}. */
    private static String iso(Duration period) {
        return Duration.ofDays(period.toDays()).equals(period) ? "P" + period.toDays() + "D" : period.toString();
    }

    /** What the evidence tells, fact by fact. */
    private static final class Found {

        private final Map<UUID, Asset> assets = new TreeMap<>();
        private final Map<UUID, List<SanitizedDisk>> disks = new HashMap<>();
        private List<Instant> warnings = new ArrayList<>();
        private int notices;
        private Instant inventoriedAt;
        private int credentialsRevoked;
        private int identitiesRevoked;
        private int keysDestroyed;
        private int ciphertextsDestroyed;

        private void take(Event event) {
            switch (event.fact()) {
                case AssetDisabled fact -> merge(new Asset(fact.assetId(), fact.kind(), event.time(), null, null));
                case MediumSanitized fact -> disksOf(fact.sanitizationId()).add(fact.disk());
                case AssetSanitized fact ->
                    merge(new Asset(fact.assetId(), fact.kind(), null, event.time(), disksOf(fact.sanitizationId())));
                case TenantAccessRestricted fact -> {
                    credentialsRevoked = fact.credentials();
                    identitiesRevoked = fact.identities();
                }
                case TenantKeysDestroyed fact -> {
                    keysDestroyed = fact.keys();
                    ciphertextsDestroyed = fact.ciphertexts();
                }
                case TenantAssetsDeleted fact -> inventoriedAt = fact.inventoriedAt();
                case RetentionStarted fact -> warnings = fact.warnings();
                case NoticeDelivered fact -> notices++;
                default -> {
                    // The other facts are named among the events and say nothing more.
                }
            }
        }

        private List<SanitizedDisk> disksOf(UUID sanitizationId) {
            return disks.computeIfAbsent(sanitizationId, run -> new ArrayList<>());
        }

        private void merge(Asset told) {
            assets.merge(
                    told.id(),
                    told,
                    (known, added) -> new Asset(
                            known.id(),
                            known.kind(),
                            known.disabledAt() == null ? added.disabledAt() : known.disabledAt(),
                            added.sanitizedAt() == null ? known.sanitizedAt() : added.sanitizedAt(),
                            added.disks() == null ? known.disks() : added.disks()));
        }
    }
}
