package io.tenure.lifecycle.intervention;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.Ids;
import io.tenure.kit.access.Caller;
import io.tenure.kit.page.Page;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What people did to terminations under way, who and why. The reason is free text, so it stays here and goes into no
 * event. Rows are never changed. Methods join the caller's transaction, or have a session of their own.
 */
@ApplicationScoped
public class Interventions {

    private static final String RECORD = """
            INSERT INTO intervention (id, termination_id, action, reason, done_by, roles, done_at)
            VALUES (?1, CAST(?2 AS uuid), ?3, ?4, ?5, ?6, present_time())""";
    private static final String PAGE = """
            SELECT id, action, reason, done_by, array_to_string(roles, ' '), done_at FROM intervention
            WHERE termination_id IS NOT DISTINCT FROM CAST(?1 AS uuid) AND id > ?2 ORDER BY id LIMIT ?3""";

    /** The kinds of interventions. */
    public enum Action {
        /** Retry at once whatever is blocked. */
        RETRY,
        /** Stop the start of deletions, for all tenants. */
        STOP_DELETIONS,
        /** Allow deletions to start again. */
        RESUME_DELETIONS,
        /** Set how many deletions may start per day. */
        SET_DELETION_BUDGET,
        /** Ask for more deletions on a day than its budget. */
        ASK_BUDGET_RELEASE,
        /** Approve that, as the second person. */
        APPROVE_BUDGET_RELEASE,
        /** Make a retention longer. */
        EXTEND
    }

    /** An intervention, as the API shows it. */
    @Schema(name = "Intervention")
    public record Intervention(
            UUID id,
            Action action,
            String reason,

            @Schema(description = "Who did it: the identity provider's subject")
            String by,

            List<String> roles,
            Instant at) {}

    private final Caller caller;

    Interventions(Caller caller) {
        this.caller = caller;
    }

    /** Records what the caller does. @param terminationId null if it concerns all terminations */
    public Uni<UUID> record(UUID terminationId, Action action, String reason) {
        UUID id = Ids.next();
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(RECORD)
                        .setParameter(1, id)
                        .setParameter(2, terminationId == null ? null : terminationId.toString())
                        .setParameter(3, action.name())
                        .setParameter(4, reason)
                        .setParameter(5, caller.id())
                        .setParameter(6, caller.roles().toArray(String[]::new))
                        .executeUpdate())
                .replaceWith(id);
    }

    /** A page, oldest first. @param terminationId null for those that concern all terminations */
    public Uni<Page<Intervention>> page(UUID terminationId, int limit, UUID after) {
        return Panache.withSession(
                        () -> Panache.getSession().flatMap(session -> session.createNativeQuery(PAGE, Tuple.class)
                                .setParameter(1, terminationId == null ? null : terminationId.toString())
                                .setParameter(2, after)
                                .setParameter(3, limit + 1)
                                .getResultList()))
                .map(rows -> Page.of(rows, limit, row -> row.get(0, UUID.class), Interventions::view));
    }

    private static Intervention view(Tuple row) {
        return new Intervention(
                row.get(0, UUID.class),
                Action.valueOf(row.get(1, String.class)),
                row.get(2, String.class),
                row.get(3, String.class),
                List.of(row.get(4, String.class).split(" ")),
                row.get(5, OffsetDateTime.class).toInstant());
    }
}
