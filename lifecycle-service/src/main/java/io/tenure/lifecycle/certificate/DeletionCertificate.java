package io.tenure.lifecycle.certificate;

import io.tenure.events.AssetKind;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.CredentialFact.TenantKeysDestroyed;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.LifecycleFact.LossAttested;
import io.tenure.events.LifecycleFact.RetentionRescheduled;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.MatrixRow;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.ProvisioningFact.AssetDisabled;
import io.tenure.events.ProvisioningFact.AssetSanitized;
import io.tenure.events.ProvisioningFact.MediumSanitized;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.events.ProvisioningFact.TenantAssetsDeleted;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.lifecycle.evidence.EvidenceRow;
import io.tenure.lifecycle.termination.Confirmation;
import io.tenure.lifecycle.termination.Termination;
import io.tenure.verifier.certificate.Certificate.NamedEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What a certificate of deletion says (matrix rows P2.1 to P2.3 and P4.4). It holds ids and facts, and no personal
 * data.
 *
 * @param matrixRows the provider's duties that it proves
 * @param confirmed what was confirmed with the request, by whom and when (rows C2.1 to C2.4)
 * @param manifest the disks that were to be deleted; {@code assets} account for each of them
 * @param assets everything the tenant had, by id
 * @param events the published events that it is based on, each with the SHA-256 of its exact bytes, oldest first
 */
record DeletionCertificate(
        UUID id,
        UUID terminationId,
        UUID tenantId,
        Instant issuedAt,
        List<MatrixRow> matrixRows,
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

    private static final List<MatrixRow> ROWS =
            List.of(MatrixRow.P1_6A, MatrixRow.P2_1, MatrixRow.P2_2A, MatrixRow.P2_2B, MatrixRow.P2_3, MatrixRow.P4_4);

    // Shared, because creating one inspects every fact type by reflection, which takes longer than the rest.
    private static final EventCodec CODEC = new EventCodec();

    /**
     * A confirmed item of the checklist.
     *
     * @param row the matrix row that asks for it
     * @param by who confirmed it, as the identity provider's subject
     * @param roles the roles of that person
     */
    record Confirmed(String item, MatrixRow row, String by, List<String> roles, Instant at) {}

    /**
     * The retention that was observed, and the policy behind it.
     *
     * @param policy how long everything is kept, ISO-8601
     * @param schedule the version of the schedule at its end; above 1 if a late warning moved it
     * @param warnings when the customer was to be warned
     * @param notices how many notices are proven delivered
     */
    record KeptFor(
            String policy, Instant startedAt, Instant endsAt, int schedule, List<Instant> warnings, int notices) {}

    /**
     * Everything that was disabled, and so had to be deleted.
     *
     * @param media how many disks
     * @param sha256 {@link io.tenure.events.MediaDigest#ofManifest} of them
     */
    record Manifest(int media, String sha256) {}

    /**
     * An asset and how its disks were sanitized, as in the facts. A time is null if no fact reported it.
     *
     * @param lost what was attested lost by two people instead
     */
    record Asset(
            UUID id,
            AssetKind kind,
            Instant disabledAt,
            Instant sanitizedAt,
            List<SanitizedDisk> disks,
            List<Lost> lost) {}

    /**
     * Something that was looked for and not found.
     *
     * @param name the disk's; null for the whole asset
     * @param bytes the disk's; null for the whole asset
     * @param askedBy the identity provider's subject of the first person
     * @param attestedBy that of the second
     */
    record Lost(String name, Long bytes, String askedBy, String attestedBy, Instant attestedAt) {}

    /** A published event. */
    record NamedFact(UUID id, String type, String sha256) {}

    /**
     * The fact that it is issued.
     *
     * @param payload the certificate exactly as it is signed
     */
    DeletionCertificateIssued issued(byte[] payload) {
        return new DeletionCertificateIssued(
                terminationId, id, NamedEvent.of(id.toString(), payload).sha256());
    }

    /** Whole days as days, as policies are written: {@code P30D}, not {@code PT720H}. */
    private static String iso(Duration period) {
        return Duration.ofDays(period.toDays()).equals(period) ? "P" + period.toDays() + "D" : period.toString();
    }

    /** Collects the evidence fact by fact and builds the certificate from it. */
    static final class Draft {

        private record Run(UUID assetId, UUID sanitizationId) {}

        private final Map<UUID, AssetKind> kinds = new TreeMap<>();
        private final Map<UUID, Instant> disabled = new HashMap<>();
        private final Map<UUID, Instant> sanitized = new HashMap<>();
        private final Map<Run, List<SanitizedDisk>> runs = new HashMap<>();
        private final Map<UUID, Map<String, SanitizedDisk>> gone = new HashMap<>();
        private final Map<UUID, List<Lost>> lost = new HashMap<>();
        private final List<NamedFact> events = new ArrayList<>();
        private List<Instant> warnings = List.of();
        private int notices;
        private Instant assetsDisabledAt;
        private Instant accessRevokedAt;
        private Instant assetsDeletedAt;
        private Instant inventoriedAt;
        private Instant keysDestroyedAt;
        private int credentialsRevoked;
        private int identitiesRevoked;
        private int keysDestroyed;
        private int ciphertextsDestroyed;

        /** The next fact, in the order in which they happened. */
        void take(EvidenceRow row) {
            events.add(new NamedFact(row.eventId(), row.type(), row.sha256()));
            take(CODEC.decode(row.event()));
        }

        private void take(Event event) {
            switch (event.fact()) {
                case AssetDisabled fact -> {
                    kinds.put(fact.assetId(), fact.kind());
                    disabled.putIfAbsent(fact.assetId(), event.time());
                }
                case MediumSanitized fact ->
                    list(runs, new Run(fact.assetId(), fact.sanitizationId())).add(fact.disk());
                case AssetSanitized fact -> {
                    kinds.put(fact.assetId(), fact.kind());
                    sanitized.put(fact.assetId(), event.time());
                    Map<String, SanitizedDisk> disks = gone.computeIfAbsent(fact.assetId(), none -> new TreeMap<>());
                    list(runs, new Run(fact.assetId(), fact.sanitizationId()))
                            .forEach(disk -> disks.put(disk.name(), disk));
                }
                case LossAttested fact ->
                    list(lost, fact.assetId())
                            .add(new Lost(
                                    fact.disk() == null ? null : fact.disk().name(),
                                    fact.disk() == null ? null : fact.disk().bytes(),
                                    fact.askedBy(),
                                    fact.attestedBy(),
                                    event.time()));
                case TenantDisabled fact -> assetsDisabledAt = first(assetsDisabledAt, event);
                case TenantAccessRestricted fact -> {
                    accessRevokedAt = first(accessRevokedAt, event);
                    credentialsRevoked = fact.credentials();
                    identitiesRevoked = fact.identities();
                }
                case TenantKeysDestroyed fact -> {
                    keysDestroyedAt = first(keysDestroyedAt, event);
                    keysDestroyed = fact.keys();
                    ciphertextsDestroyed = fact.ciphertexts();
                }
                case TenantAssetsDeleted fact -> {
                    assetsDeletedAt = first(assetsDeletedAt, event);
                    inventoriedAt = fact.inventoriedAt();
                }
                case RetentionStarted fact -> warnings = fact.warnings();
                case RetentionRescheduled fact -> warnings = fact.warnings();
                case NoticeDelivered fact -> notices++;
                default -> {
                    // Other facts only appear in the list of events.
                }
            }
        }

        DeletionCertificate certificate(UUID id, Termination termination, List<Confirmation> confirmed) {
            return new DeletionCertificate(
                    id,
                    termination.id(),
                    termination.tenantId(),
                    termination.deletedAt(),
                    ROWS,
                    termination.requestedAt(),
                    confirmed.stream()
                            .map(item -> new Confirmed(
                                    item.item(),
                                    item.matrixRow(),
                                    item.confirmedBy(),
                                    item.roles(),
                                    item.confirmedAt()))
                            .toList(),
                    assetsDisabledAt,
                    accessRevokedAt,
                    new KeptFor(
                            iso(Duration.between(termination.retentionStartedAt(), termination.retentionEndsAt())),
                            termination.retentionStartedAt(),
                            termination.retentionEndsAt(),
                            termination.scheduleVersion(),
                            warnings,
                            notices),
                    termination.deletionStartedAt(),
                    assetsDeletedAt,
                    inventoriedAt,
                    keysDestroyedAt,
                    credentialsRevoked,
                    identitiesRevoked,
                    keysDestroyed,
                    ciphertextsDestroyed,
                    new Manifest(termination.manifestMedia(), termination.manifestDigest()),
                    kinds.keySet().stream().map(this::asset).toList(),
                    events);
        }

        private Asset asset(UUID id) {
            Map<String, SanitizedDisk> disks = gone.getOrDefault(id, Map.of());
            return new Asset(
                    id,
                    kinds.get(id),
                    disabled.get(id),
                    sanitized.get(id),
                    List.copyOf(disks.values()),
                    // A lost disk that turned up again was sanitized like the others.
                    lost.getOrDefault(id, List.of()).stream()
                            .filter(one -> one.name() == null || !disks.containsKey(one.name()))
                            .toList());
        }

        private static Instant first(Instant known, Event event) {
            return known == null ? event.time() : known;
        }

        private static <K, T> List<T> list(Map<K, List<T>> map, K key) {
            return map.computeIfAbsent(key, none -> new ArrayList<>());
        }
    }
}
