package io.tenure.lifecycle.repetition;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import io.tenure.events.LifecycleFact.CommandRepeated;
import io.tenure.kit.UnitOfWork;
import io.tenure.lifecycle.evidence.EvidenceLog;
import io.tenure.lifecycle.obligation.Obligations;
import io.tenure.lifecycle.termination.Termination;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * Issues commands again that a service has not answered in time, because the command or its answer may have been lost.
 * Any replica may do it; none waits for another's lock.
 */
@ApplicationScoped
public class Repetition {

    private static final Logger LOG = Logger.getLogger(Repetition.class);
    private static final int AT_ONCE = 100;
    private static final String OVERDUE = """
            SELECT id FROM termination WHERE id IN (
                SELECT termination_id FROM owed WHERE coalesce(repeat_at, due_by) < present_time()
                ORDER BY due_by LIMIT ?1)
            FOR UPDATE SKIP LOCKED""";

    private final UnitOfWork unitOfWork;
    private final Obligations obligations;
    private final EvidenceLog evidence;

    Repetition(UnitOfWork unitOfWork, Obligations obligations, EvidenceLog evidence) {
        this.unitOfWork = unitOfWork;
        this.obligations = obligations;
        this.evidence = evidence;
    }

    @Scheduled(every = "{tenure.repetition.look-interval}", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    Uni<Void> repeatOverdue() {
        return unitOfWork.run(() -> Panache.getSession()
                .flatMap(session -> session.createNativeQuery(OVERDUE, UUID.class)
                        .setParameter(1, AT_ONCE)
                        .getResultList()
                        .flatMap(ids -> session.find(Termination.class, ids.toArray())))
                .flatMap(this::repeatAll));
    }

    private Uni<Void> repeatAll(List<Termination> terminations) {
        Uni<Void> repeated = Uni.createFrom().voidItem();
        for (Termination termination : terminations) {
            repeated = repeated.chain(() -> termination
                    .repeat()
                    .map(fact -> repeat(termination, fact))
                    .orElseGet(() -> Uni.createFrom().voidItem()));
        }
        return repeated;
    }

    /**
     * Issues a command again, if any service still owes it. The caller holds the termination's lock; joins the caller's
     * transaction.
     *
     * @param fact from {@link Termination#repeat}
     */
    public Uni<Void> repeat(Termination termination, CommandRepeated fact) {
        return obligations
                .repeat(termination.id(), fact.command())
                .flatMap(owing -> owing == 0 ? Uni.createFrom().voidItem() : publish(termination, fact));
    }

    private Uni<Void> publish(Termination termination, CommandRepeated fact) {
        LOG.infof("Termination %s: command %s is issued again", termination.id(), fact.command());
        return evidence.publish(termination.tenantId(), termination.id(), termination.path(), fact);
    }
}
