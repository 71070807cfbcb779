package io.tenure.lifecycle.certificate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.events.LifecycleFact;
import io.tenure.events.LifecycleFact.Command;
import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.LifecycleFact.TenantDeleted;
import io.tenure.kit.Ids;
import io.tenure.kit.problem.Problem;
import io.tenure.lifecycle.evidence.EvidenceLog;
import io.tenure.lifecycle.impediment.Impediment;
import io.tenure.lifecycle.impediment.Impediments;
import io.tenure.lifecycle.manifest.Manifests;
import io.tenure.lifecycle.obligation.Blockers;
import io.tenure.lifecycle.obligation.Obligations;
import io.tenure.lifecycle.obligation.Owed;
import io.tenure.lifecycle.termination.Confirmations;
import io.tenure.lifecycle.termination.Termination;
import io.tenure.lifecycle.termination.TerminationQueries;
import io.tenure.lifecycle.termination.TerminationState;
import io.tenure.verifier.certificate.CertificatePublicKey;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Issues certificates of deletion, each once and unchangeable (matrix row P2.3). */
@ApplicationScoped
public class Certificates {

    /** At most this many assets without evidence become blockers at once. */
    private static final int SHOWN = 20;

    private final CertificateSigner signer;
    private final Obligations obligations;
    private final EvidenceLog evidence;
    private final Manifests manifests;
    private final Confirmations confirmations;
    private final Blockers blockers;
    private final Impediments impediments;
    private final ObjectMapper mapper;
    private final TerminationQueries terminations;

    Certificates(
            CertificateSigner signer,
            Obligations obligations,
            EvidenceLog evidence,
            Manifests manifests,
            Confirmations confirmations,
            Blockers blockers,
            Impediments impediments,
            ObjectMapper mapper,
            TerminationQueries terminations) {
        this.signer = signer;
        this.obligations = obligations;
        this.evidence = evidence;
        this.manifests = manifests;
        this.confirmations = confirmations;
        this.blockers = blockers;
        this.impediments = impediments;
        this.mapper = mapper;
        this.terminations = terminations;
    }

    /**
     * Certifies a deletion if everything is gone and proven now. If disks of the manifest are not accounted for, raises
     * blockers instead. Does nothing if the deletion is still under way, or a legal hold forbids to end it. The caller holds the termination's lock; joins
     * the caller's transaction.
     */
    public Uni<Void> issueIfGone(Termination termination) {
        return termination.state() == TerminationState.DELETING
                ? obligations
                        .owed(termination.id(), Command.DELETE)
                        .flatMap(owed -> owed.isNothing()
                                ? issueOrBlock(termination, owed)
                                : Uni.createFrom().voidItem())
                : Uni.createFrom().voidItem();
    }

    private Uni<Void> issueOrBlock(Termination termination, Owed owed) {
        return manifests
                .unaccounted(termination.id(), SHOWN)
                .flatMap(unaccounted -> unaccounted.isEmpty()
                        ? impediments
                                .of(termination.id())
                                .flatMap(found -> found.isEmpty()
                                        ? issue(termination, owed, found)
                                        : Uni.createFrom().voidItem())
                        : block(termination.id(), unaccounted));
    }

    private Uni<Void> issue(Termination termination, Owed owed, List<Impediment> impediments) {
        TenantDeleted deleted = termination.complete(owed, 0, impediments);
        DeletionCertificate.Draft draft = new DeletionCertificate.Draft();
        return confirmations
                .of(termination.id())
                .flatMap(confirmed -> evidence.read(termination.id(), draft::take)
                        .map(read -> draft.certificate(Ids.next(), termination, confirmed)))
                .flatMap(certificate -> issue(termination, certificate))
                .chain(() -> publish(termination, "/v1/tenants/" + termination.tenantId(), deleted));
    }

    private Uni<Void> issue(Termination termination, DeletionCertificate certificate) {
        byte[] payload = payload(certificate);
        DeletionCertificateIssued issued = certificate.issued(payload);
        return keep(issued, termination, signer.sign(payload))
                .chain(() -> blockers.resolveAll(termination.id()))
                .chain(() -> publish(termination, termination.path() + "/certificate", issued));
    }

    private Uni<Void> publish(Termination termination, String subject, LifecycleFact fact) {
        return evidence.publish(termination.tenantId(), termination.id(), subject, fact);
    }

    private byte[] payload(DeletionCertificate certificate) {
        try {
            return mapper.writeValueAsBytes(certificate);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("A certificate cannot be written", impossible);
        }
    }

    private Uni<Void> keep(DeletionCertificateIssued issued, Termination termination, String jws) {
        CertificatePublicKey key = signer.publicKey();
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("INSERT INTO certificate_key (kid, jwk, first_used_at)"
                                + " VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
                        .setParameter(1, key.kid())
                        .setParameter(2, key.jwk())
                        .setParameter(3, termination.deletedAt())
                        .executeUpdate()
                        .chain(() -> session.createNativeQuery("INSERT INTO certificate"
                                        + " (id, termination_id, issued_at, sha256, kid, jws)"
                                        + " VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
                                .setParameter(1, issued.certificateId())
                                .setParameter(2, termination.id())
                                .setParameter(3, termination.deletedAt())
                                .setParameter(4, issued.sha256())
                                .setParameter(5, key.kid())
                                .setParameter(6, jws)
                                .executeUpdate()))
                .replaceWithVoid();
    }

    private Uni<Void> block(UUID terminationId, List<UUID> unaccounted) {
        return blockers.raise(
                terminationId,
                unaccounted.stream().map(Certificates::unaccounted).toList());
    }

    private static Blockers.Raised unaccounted(UUID assetId) {
        return new Blockers.Raised(
                "EVIDENCE/" + assetId,
                assetId,
                "/v1/assets/" + assetId,
                "provisioning",
                "The asset is in the manifest, and of a disk of it, or of its removal, no evidence has"
                        + " arrived. If it is lost, two people can attest so.",
                1,
                null);
    }

    /**
     * The signed certificate of a termination, for the API.
     *
     * @return a Uni that fails with {@link Problem} 404 for a termination that is unknown to the caller, and 409 before
     *     the certificate is issued
     */
    Uni<String> of(UUID terminationId) {
        return Panache.withSession(() -> terminations
                .visible(terminationId)
                .chain(() -> Panache.getSession())
                .flatMap(session -> session.createNativeQuery(
                                "SELECT jws FROM certificate WHERE termination_id = ?1", String.class)
                        .setParameter(1, terminationId)
                        .getSingleResultOrNull())
                .onItem()
                .ifNull()
                .failWith(() -> Problem.conflict(
                        "certificate-not-issued",
                        "The deletion is not complete. The certificate exists once the termination is DELETED.")));
    }

    /** The public keys of all certificates as a JWK set (RFC 7517), the current one first. */
    Uni<String> keys() {
        return Panache.withSession(() -> Panache.getSession().flatMap(session -> session.createNativeQuery(
                                "SELECT jwk FROM certificate_key ORDER BY first_used_at DESC", String.class)
                        .getResultList()))
                .map(used -> {
                    Set<CertificatePublicKey> keys = new LinkedHashSet<>();
                    keys.add(signer.publicKey());
                    used.forEach(jwk -> keys.addAll(CertificatePublicKey.fromJwks("{\"keys\":[" + jwk + "]}")));
                    return CertificatePublicKey.jwks(keys);
                });
    }
}
