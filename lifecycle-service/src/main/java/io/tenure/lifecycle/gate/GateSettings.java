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
            SELECT stopped, per_day, coalesce(by_default, greatest(CAST(?1 AS int8), (SELECT count(*) FROM tenant) * CAST(?2 AS int8) / 100)),
                coalesce(started, 0), (
                    SELECT coalesce(sum(number), 0) FROM budget_release
                    WHERE budget_release.day = today.day AND approved_at IS NOT NULL)
            FROM deletion_gate
            CROSS JOIN (SELECT CAST(present_time() AT TIME ZONE 'UTC' AS date) AS day) AS today
            LEFT JOIN deletion_day ON deletion_day.day = today.day""";

    /** The gate, as the API shows it. */
    @Schema(name = "DeletionGate")
    record View(
            @Schema(description = "Whether deletions are stopped, for all tenants")
            boolean stopped,

            @Schema(description = "How many deletions may start per day (UTC), without what was released for today")
            int perDay,

            @Schema(description = "Whether that is today's default, a share of the tenants, and no number was set")
            boolean byDefault,

            @Schema(description = "How many more two people released for today")
            long releasedToday,

            @Schema(description = "How many have started today")
            int startedToday,

            @Schema(description = "How many more may") int leftToday) {

        private static View of(Tuple row) {
            Integer set = row.get(1, Integer.class);
            int perDay = set == null ? row.get(2, Number.class).intValue() : set;
            Budget budget = new Budget(perDay, row.get(4, Long.class), row.get(3, Integer.class));
            return new View(
                    row.get(0, Boolean.class), perDay, set == null, budget.released(), budget.started(), budget.left());
        }
    }

    private final BudgetConfig config;
    private final Interventions interventions;

    GateSettings(BudgetConfig config, Interventions interventions) {
        this.config = config;
        this.interventions = interventions;
    }

    Uni<View> show() {
        return Panache.withSession(() -> Panache.getSession()
                .flatMap(session -> session.createNativeQuery(SHOW, Tuple.class)
                        .setParameter(1, config.atLeast())
                        .setParameter(2, config.percent())
                        .getSingleResult())
                .map(View::of));
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
                .chain(this::lookAgain)
                .chain(() -> interventions.record(null, Action.RESUME_DELETIONS, reason));
    }

    /** @param perDay how many deletions may start per day; null for each day's default */
    Uni<UUID> budget(Integer perDay, String reason) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("UPDATE deletion_gate SET per_day = CAST(?1 AS int4)")
                        .setParameter(1, perDay)
                        .executeUpdate())
                .chain(this::lookAgain)
                .chain(() -> interventions.record(null, Action.SET_DELETION_BUDGET, reason));
    }

    /** Whatever was refused is decided again. */
    Uni<Integer> lookAgain() {
        return execute("UPDATE retention_timer SET due_at = present_time() WHERE attempts > 0");
    }

    private static Uni<Integer> execute(String sql) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(sql).executeUpdate());
    }
}
