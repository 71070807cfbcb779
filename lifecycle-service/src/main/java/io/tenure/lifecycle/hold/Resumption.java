package io.tenure.lifecycle.hold;

import io.smallrye.mutiny.Uni;
import io.tenure.events.LifecycleFact.Command;
import io.tenure.lifecycle.certificate.Certificates;
import io.tenure.lifecycle.impediment.Impediments;
import io.tenure.lifecycle.obligation.Blockers;
import io.tenure.lifecycle.obligation.Obligations;
import io.tenure.lifecycle.repetition.Repetition;
import io.tenure.lifecycle.schedule.RetentionTimers;
import io.tenure.lifecycle.termination.Termination;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/** What goes on after the release of a hold. The caller holds the terminations' locks, and has flushed the release. */
@ApplicationScoped
class Resumption {

    private final Impediments impediments;
    private final RetentionTimers timers;
    private final Obligations obligations;
    private final Repetition repetition;
    private final Blockers blockers;
    private final Certificates certificates;
    private final Clock clock;

    Resumption(
            Impediments impediments,
            RetentionTimers timers,
            Obligations obligations,
            Repetition repetition,
            Blockers blockers,
            Certificates certificates,
            Clock clock) {
        this.impediments = impediments;
        this.timers = timers;
        this.obligations = obligations;
        this.repetition = repetition;
        this.blockers = blockers;
        this.certificates = certificates;
        this.clock = clock;
    }

    /** Goes on with each, unless another hold still forbids it. */
    Uni<Void> of(List<Termination> terminations) {
        Uni<Void> all = Uni.createFrom().voidItem();
        for (Termination termination : terminations) {
            all = all.chain(() -> impediments.of(termination.id()))
                    .flatMap(left -> left.stream().anyMatch(one -> one.forbidsStart())
                            ? Uni.createFrom().voidItem()
                            : goOn(termination, clock.instant()));
        }
        return all;
    }

    private Uni<Void> goOn(Termination termination, Instant now) {
        return switch (termination.state()) {
            case RETAINED ->
                termination.isRetentionOver(now)
                        ? timers.lookNow(termination.id())
                        : Uni.createFrom().voidItem();
            case DELETING ->
                obligations
                        .resume(termination.id(), Command.DELETE)
                        .chain(() -> blockers.resolveAllOf(termination.id(), Obligations.PROVISIONING))
                        .chain(() -> repetition.repeat(
                                termination, termination.repeat().orElseThrow()))
                        .chain(() -> certificates.issueIfGone(termination));
            case REQUESTED, DISABLING, RESTORING, CANCELLED, DELETED ->
                Uni.createFrom().voidItem();
        };
    }
}
