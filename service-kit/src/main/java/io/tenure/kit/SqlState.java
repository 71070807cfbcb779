package io.tenure.kit;

import io.tenure.kit.Failures.Nature;
import java.util.Set;

/**
 * What PostgreSQL's error codes say about who is to blame (appendix A of its manual). Class 25P02, "the transaction failed
 * before", says nothing: the statement before it does.
 */
final class SqlState {

    private static final String IN_FAILED_TRANSACTION = "25P02";

    /** Another transaction was in the way, or this one took too long: locks, snapshots, and the timeouts on them. */
    private static final Set<String> COLLISIONS = Set.of(
            "40000", // transaction_rollback
            "40001", // serialization_failure
            "40P01", // deadlock_detected
            "55006", // object_in_use
            "55P03", // lock_not_available, also lock_timeout
            "57014", // query_canceled, also statement_timeout
            "25P03", // idle_in_transaction_session_timeout
            "25P04"); // transaction_timeout

    /**
     * The server is there but does not take work. A connection that is refused (28, 3D000) has not seen any record yet:
     * a password is being rotated, or a database restored. Damaged pages (XX001, XX002) are the disk's fault.
     */
    private static final Set<String> AWAY = Set.of(
            "25006", // read_only_sql_transaction: a standby, or a primary that is being demoted
            "40003", // statement_completion_unknown
            "28000", // invalid_authorization_specification
            "28P01", // invalid_password
            "3D000", // invalid_catalog_name
            "XX001", // data_corrupted
            "XX002"); // index_corrupted

    /** 08 connection exception, 53 insufficient resources, 57 operator intervention, 58 system error. */
    private static final Set<String> AWAY_CLASSES = Set.of("08", "53", "57", "58");

    /** A client that breaks the protocol would break it again. Poolers use the code too, but as FATAL. */
    private static final String PROTOCOL_VIOLATION = "08P01";

    private SqlState() {}

    /**
     * Who is to blame.
     *
     * @param severity null where a wrapper lost it. FATAL and PANIC end the session, which no statement of ours does
     * @return null if the code says nothing
     */
    static Nature nature(String state, String severity) {
        if (state == null || state.length() != 5 || state.equals(IN_FAILED_TRANSACTION)) {
            return null;
        }
        if (COLLISIONS.contains(state)) {
            return Nature.COLLISION;
        }
        if ("FATAL".equals(severity) || "PANIC".equals(severity)) {
            return Nature.DATABASE_AWAY;
        }
        if (state.equals(PROTOCOL_VIOLATION)) {
            return Nature.DEFECT;
        }
        return AWAY.contains(state) || AWAY_CLASSES.contains(state.substring(0, 2))
                ? Nature.DATABASE_AWAY
                : Nature.DEFECT;
    }

    /** Whether the session ended with this error, so that nobody knows what became of a COMMIT that was under way. */
    static boolean endsSession(String state) {
        return state.startsWith("08") || state.startsWith("57P") || state.equals("40003");
    }
}
