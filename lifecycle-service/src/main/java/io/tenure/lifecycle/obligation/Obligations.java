package io.tenure.lifecycle.obligation;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.tenure.events.LifecycleFact.Command;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * What services owe to terminations: one row per service and command. A phase ends when nothing of it is owed any more.
 * Overdue rows count as blockers, found by query, so a silent service becomes visible without any report. The caller
 * holds the termination's lock. Methods join the caller's transaction.
 */
@ApplicationScoped
public class Obligations {

    /** Disks and machines. */
    public static final String PROVISIONING = "provisioning";

    /** Credentials, identities and keys. */
    public static final String CREDENTIAL = "credential";

    private static final String[] PARTICIPANTS = {CREDENTIAL, PROVISIONING};
    private static final String BEGIN = """
            INSERT INTO obligation (termination_id, command, participant, due_within)
            SELECT ?1, ?2, participant, make_interval(secs => ?3) FROM unnest(CAST(?4 AS text[])) AS participant""";
    private static final String FULFIL = """
            UPDATE obligation SET fulfilled_at = present_time(), fulfilled_by = ?4
            WHERE termination_id = ?1 AND command = ?2 AND participant = ?3 AND fulfilled_at IS NULL""";
    private static final String OWED = """
            SELECT present_time(), string_agg(participant, ' ' ORDER BY participant) FROM obligation
            WHERE termination_id = ?1 AND command = ?2 AND fulfilled_at IS NULL""";
    private static final String OVERDUE = """
            SELECT termination_id, command, participant, due_by, repeated, repeat_at FROM owed
            WHERE termination_id = ANY(CAST(?1 AS uuid[])) AND due_by < present_time() ORDER BY due_by, participant""";
    private static final String REPEAT = """
            UPDATE obligation SET repeated = repeated + 1, repeated_at = present_time()
            WHERE termination_id = ?1 AND command = ?2 AND fulfilled_at IS NULL""";

    private final ObligationPolicy policy;

    Obligations(ObligationPolicy policy) {
        this.policy = policy;
    }

    /** Adds this command as owed by every service that takes part. Its time starts with its phase. */
    public Uni<Void> begin(UUID terminationId, Command command) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(BEGIN)
                        .setParameter(1, terminationId)
                        .setParameter(2, command.name())
                        .setParameter(3, policy.within(command).toMillis() / 1000.0)
                        .setParameter(4, PARTICIPANTS)
                        .executeUpdate())
                .replaceWithVoid();
    }

    /**
     * A service has done what the command asked of it. Repeating it changes nothing.
     *
     * @param eventId the id of the event that says so
     * @return what is still owed of this command
     */
    public Uni<Owed> fulfil(UUID terminationId, Command command, String participant, UUID eventId) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(FULFIL)
                        .setParameter(1, terminationId)
                        .setParameter(2, command.name())
                        .setParameter(3, participant)
                        .setParameter(4, eventId)
                        .executeUpdate())
                .chain(() -> owed(terminationId, command));
    }

    /** What is still owed of a command. */
    public Uni<Owed> owed(UUID terminationId, Command command) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(OWED, Tuple.class)
                        .setParameter(1, terminationId)
                        .setParameter(2, command.name())
                        .getSingleResult())
                .map(row ->
                        new Owed(participants(row.get(1, String.class)), instant(row.get(0, OffsetDateTime.class))));
    }

    private static List<String> participants(String names) {
        return names == null ? List.of() : List.of(names.split(" "));
    }

    /** What kept services from doing what they owe is gone: their time starts again. */
    public Uni<Void> resume(UUID terminationId, Command command) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery("UPDATE obligation SET resumed_at = present_time()"
                                + " WHERE termination_id = ?1 AND command = ?2 AND fulfilled_at IS NULL")
                        .setParameter(1, terminationId)
                        .setParameter(2, command.name())
                        .executeUpdate())
                .replaceWithVoid();
    }

    /** Counts that the command is issued again. @return how many services still owe it */
    public Uni<Integer> repeat(UUID terminationId, Command command) {
        return Panache.getSession().flatMap(session -> session.createNativeQuery(REPEAT)
                .setParameter(1, terminationId)
                .setParameter(2, command.name())
                .executeUpdate());
    }

    /** What is overdue for these terminations, longest overdue first. */
    Uni<List<Overdue>> overdue(Collection<UUID> terminationIds) {
        return Panache.getSession()
                .flatMap(session -> session.createNativeQuery(OVERDUE, Tuple.class)
                        .setParameter(1, terminationIds.toArray(UUID[]::new))
                        .getResultList())
                .map(rows -> rows.stream()
                        .map(row -> new Overdue(
                                row.get(0, UUID.class),
                                Command.valueOf(row.get(1, String.class)),
                                row.get(2, String.class),
                                row.get(3, OffsetDateTime.class).toInstant(),
                                row.get(4, Integer.class),
                                instant(row.get(5, OffsetDateTime.class))))
                        .toList());
    }

    private static Instant instant(OffsetDateTime at) {
        return at == null ? null : at.toInstant();
    }
}
