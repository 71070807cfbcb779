package io.tenure.lifecycle.evidence;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.page.Page;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What happened in a termination, for the API. In the caller's session or one of its own. */
@ApplicationScoped
public class Steps {

    private static final String PAGE = """
            SELECT type, occurred_at, subject, event_id FROM evidence WHERE termination_id = ?1%s
            ORDER BY occurred_at, event_id LIMIT ?2""";
    private static final String FIRST = PAGE.formatted("");
    private static final String NEXT = PAGE.formatted(
            " AND (occurred_at, event_id) > (SELECT occurred_at, event_id FROM evidence WHERE event_id = ?3)");

    /** A fact of the termination. */
    @Schema(name = "Step")
    public record Step(
            @Schema(description = "What happened, for example AssetDisabled")
            String name,

            Instant at,

            @Schema(description = "What it happened to, as the API's path")
            String resource,

            @Schema(description = "The event that reports it; the audit service can prove it")
            UUID eventId) {}

    /** A page, oldest first. @param after the last event's id of the page before; null for the first page */
    public Uni<Page<Step>> page(UUID terminationId, int limit, UUID after) {
        return Panache.withSession(() -> Panache.getSession().flatMap(session -> {
                    var query = session.createNativeQuery(after == null ? FIRST : NEXT, Tuple.class)
                            .setParameter(1, terminationId)
                            .setParameter(2, limit + 1);
                    if (after != null) {
                        query.setParameter(3, after);
                    }
                    return query.getResultList();
                }))
                .map(rows -> Page.of(rows, limit, row -> row.get(3, UUID.class), Steps::step));
    }

    private static Step step(Tuple row) {
        String type = row.get(0, String.class);
        return new Step(
                type.substring(type.lastIndexOf('.') + 1),
                row.get(1, OffsetDateTime.class).toInstant(),
                row.get(2, String.class),
                row.get(3, UUID.class));
    }
}
