package io.tenure.lifecycle.loss;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.access.Caller;
import io.tenure.kit.audittrail.AdministrativeActions;
import io.tenure.kit.page.Page;
import io.tenure.kit.problem.Problem;
import io.tenure.kit.problem.Refusal;
import io.tenure.lifecycle.certificate.Certificates;
import io.tenure.lifecycle.evidence.EvidenceLog;
import io.tenure.lifecycle.manifest.Manifests;
import io.tenure.lifecycle.termination.Termination;
import io.tenure.lifecycle.termination.Terminations;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.UUID;

/** Lets a termination go on if something is lost for good. */
@ApplicationScoped
class Losses {

    private final UnitOfWork unitOfWork;
    private final Terminations terminations;
    private final Manifests manifests;
    private final Certificates certificates;
    private final EvidenceLog evidence;
    private final Clock clock;
    private final AdministrativeActions actions;
    private final Caller caller;

    Losses(
            UnitOfWork unitOfWork,
            Terminations terminations,
            Manifests manifests,
            Certificates certificates,
            EvidenceLog evidence,
            Clock clock,
            AdministrativeActions actions,
            Caller caller) {
        this.unitOfWork = unitOfWork;
        this.terminations = terminations;
        this.manifests = manifests;
        this.certificates = certificates;
        this.evidence = evidence;
        this.clock = clock;
        this.actions = actions;
        this.caller = caller;
    }

    /**
     * Records that the caller reports a loss; reporting it again, by anybody, gives the same loss. Joins the caller's
     * transaction.
     *
     * @param id the id of the loss, if it is new
     * @param disk its name in the manifest; null if the whole asset is lost
     * @return the loss; a Uni that fails with {@link Problem} 404 for an unknown termination, and with a
     *     {@link Refusal} if nothing waits for it
     */
    Uni<Loss> ask(UUID id, UUID terminationId, UUID assetId, String disk, String reason) {
        return lock(terminationId).flatMap(termination -> {
            termination.mustMiss(disk != null);
            return Panache.getSession()
                    .flatMap(session -> session.createQuery(
                                    "from Loss where terminationId = ?1 and assetId = ?2 and disk is not distinct from ?3",
                                    Loss.class)
                            .setParameter(1, terminationId)
                            .setParameter(2, assetId)
                            .setParameter(3, disk)
                            .getSingleResultOrNull())
                    .flatMap(known -> known != null
                            ? Uni.createFrom().item(known)
                            : manifests
                                    .missing(termination, assetId, disk)
                                    .chain(() -> keep(id, termination, assetId, disk, reason)));
        });
    }

    private Uni<Loss> keep(UUID id, Termination termination, UUID assetId, String disk, String reason) {
        Loss loss = Loss.asked(id, termination.id(), assetId, disk, reason, caller.id(), clock.instant());
        return Panache.getSession()
                .flatMap(session -> session.persist(loss))
                .chain(() ->
                        actions.record(termination.tenantId(), "loss.ask", path(termination, loss), termination.id()))
                .replaceWith(loss);
    }

    /**
     * The caller attests a loss: the lost disks count as accounted for, and the certificate states it. Repeating it
     * changes nothing.
     *
     * @return the loss; a Uni that fails with {@link Problem} 404 for an unknown one, and with a {@link Refusal} for
     *     the person who asked, and if nothing waits for it any more
     */
    Uni<Loss> attest(UUID terminationId, UUID lossId) {
        return unitOfWork.run(() -> lock(terminationId).flatMap(termination -> inSession(terminationId, lossId)
                .flatMap(loss -> loss.isAttested()
                        ? Uni.createFrom().item(loss)
                        : attest(termination, loss).replaceWith(loss))));
    }

    private Uni<Void> attest(Termination termination, Loss loss) {
        termination.mustMiss(loss.disk() != null);
        loss.mustNotBeReportedBy(caller.id());
        return manifests
                .missing(termination, loss.assetId(), loss.disk())
                .map(disks -> loss.attest(caller.id(), clock.instant(), disks))
                .call(() -> manifests.lose(termination.id(), loss.assetId(), loss.disk(), loss.id()))
                .flatMap(facts ->
                        evidence.publish(termination.tenantId(), termination.id(), path(termination, loss), facts))
                .chain(() -> actions.record(
                        termination.tenantId(), "loss.attest", path(termination, loss), termination.id()))
                .chain(() -> certificates.issueIfGone(termination));
    }

    private Uni<Termination> lock(UUID terminationId) {
        return terminations.lock(terminationId).onItem().ifNull().failWith(() -> Problem.notFound("termination"));
    }

    /** One loss, for the API. @return a Uni that fails with {@link Problem} 404 for an unknown one */
    Uni<Loss> find(UUID terminationId, UUID lossId) {
        return Panache.withSession(() -> inSession(terminationId, lossId));
    }

    private static Uni<Loss> inSession(UUID terminationId, UUID lossId) {
        return Panache.getSession()
                .flatMap(session -> session.createQuery("from Loss where terminationId = ?1 and id = ?2", Loss.class)
                        .setParameter(1, terminationId)
                        .setParameter(2, lossId)
                        .getSingleResultOrNull())
                .onItem()
                .ifNull()
                .failWith(() -> Problem.notFound("loss"));
    }

    Uni<Page<LossView>> page(UUID terminationId, int limit, UUID after) {
        return Panache.withSession(() -> Panache.getSession().flatMap(session -> session.createQuery(
                                "from Loss where terminationId = ?1 and id > ?2 order by id", Loss.class)
                        .setParameter(1, terminationId)
                        .setParameter(2, after)
                        .setMaxResults(limit + 1)
                        .getResultList()))
                .map(found -> Page.of(found, limit, Loss::id, LossView::of));
    }

    private static String path(Termination termination, Loss loss) {
        return termination.path() + "/losses/" + loss.id();
    }
}
