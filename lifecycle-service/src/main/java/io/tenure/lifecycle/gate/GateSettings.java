package io.tenure.lifecycle.gate;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.problem.Refusal;
import io.tenure.lifecycle.intervention.Interventions;
import io.tenure.lifecycle.intervention.Interventions.Action;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The provider's settings for all deletions. They hold for every deletion that starts after the commit. */
@ApplicationScoped
class GateSettings {

    private static final String SHOW = """
            SELECT stopped, per_day, coalesce(started, 0) FROM deletion_gate
            LEFT JOIN deletion_day ON day = CAST(present_time() AT TIME ZONE 'UTC' AS date)""";

    /** The gate, as the API shows it. */
    @Schema(name = "DeletionGate")
    record View(
            @Schema(description = "Whether deletions are stopped, for all tenants")
            boolean stopped,

            @Schema(description = "How many deletions may start per day (UTC); absent if there is no limit")
            Integer perDay,

            @Schema(description = "How many have started today; counted only while there is a limit")
            int startedToday) {}

    private final Interventions interventions;

    GateSettings(Interventions interventions) {
        this.interventions = interventions;
    }

    Uni<View> show() {
        return Panache.withSession(() -> Panache.getSession()
                .flatMap(session -> session.createNativeQuery(SHOW, Tuple.class).getSingleResult())
                .map(row -> new View(row.get(0, Boolean.class), row.get(1, Integer.class), row.get(2, Integer.class))));
    }

    /** Stops the start of deletions; those that have started go on. Repeating it only records another intervention. */
    Uni<UUID> stop(String reason) {
        return execute("UPDATE deletion_gate SET stopped = true")
                .chain(() -> interventions.record(null, Action.STOP_DELETIONS, reason));
    }

    /** Deletions start again. @return a Uni that fails with {@link Refusal} if they were not stopped */
    Uni<UUID> resume(String reason) {
        return execute("UPDATE deletion_gate SET stopped = false WHERE stopped")
                .invoke(changed -> {
                    if (changed == 0) {
                        throw new Refusal("not-stopped", "Deletions are not stopped.");
                    }
                })
                .chain(GateSettings::lookAgain)
                .chain(() -> interventions.record(null, Action.RESUME_DELETIONS, reason));
    }

    /** @param perDay how many deletions may start per day; null for no limit */
    Uni<UUID> budget(Integer perDay, String reason) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("UPDATE deletion_gate SET per_day = CAST(?1 AS int4)")
                        .setParameter(1, perDay)
                        .executeUpdate())
                .chain(GateSettings::lookAgain)
                .chain(() -> interventions.record(null, Action.SET_DELETION_BUDGET, reason));
    }

    /** Whatever was refused is decided again. */
    private static Uni<Integer> lookAgain() {
        return execute("UPDATE retention_timer SET due_at = present_time() WHERE attempts > 0");
    }

    private static Uni<Integer> execute(String sql) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(sql).executeUpdate());
    }
}
