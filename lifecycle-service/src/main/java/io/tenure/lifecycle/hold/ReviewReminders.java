package io.tenure.lifecycle.hold;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.UnitOfWork;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;

/** Tells when the review of a hold is overdue. Any replica may do it; none waits for another's lock. */
@ApplicationScoped
class ReviewReminders {

    private static final int AT_ONCE = 100;
    private static final String DUE = """
            SELECT id FROM legal_hold WHERE remind_at <= present_time()
            ORDER BY remind_at LIMIT ?1 FOR UPDATE SKIP LOCKED""";

    private final UnitOfWork unitOfWork;
    private final Holds holds;

    ReviewReminders(UnitOfWork unitOfWork, Holds holds) {
        this.unitOfWork = unitOfWork;
        this.holds = holds;
    }

    @Scheduled(every = "{tenure.holds.look-interval}", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    Uni<Void> remind() {
        return unitOfWork.run(() -> Panache.getSession()
                .flatMap(session -> session.createNativeQuery(DUE, UUID.class)
                        .setParameter(1, AT_ONCE)
                        .getResultList()
                        .flatMap(ids -> session.find(LegalHold.class, ids.toArray())))
                .flatMap(holds::remind));
    }
}
