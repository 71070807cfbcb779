package io.tenure.kit;

import io.vertx.core.http.HttpClosedException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.errors.RetriableException;
import org.hibernate.JDBCException;

/**
 * Tells an outage, which passes by itself, from a defect, which does not. What a server says is told by its SQLSTATE, through
 * whatever wraps it; what the network says, by the types of its exceptions. An {@link java.io.IOException} as such is no
 * outage: a library's and our own are defects like any other.
 */
public final class Failures {

    /** What the Vert.x SQL client says, without a type of its own, when a pool gives no connection. */
    private static final Set<String> NO_CONNECTION =
            Set.of("Timeout", "Pool closed", "Connection pool reached max wait queue size");

    private Failures() {}

    /** Whether a server is out of reach, out of resources, or changing its role, so that a later try can succeed. */
    public static boolean isOutage(Throwable failure) {
        return isOutage(failure, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    /** Whether the server's last word is missing, so that it may have done what it was asked. */
    static boolean isSilent(Throwable failure) {
        String state = failure == null ? "" : sqlState(failure);
        if (state == null) {
            return isAway(failure) || isSilent(failure.getCause());
        }
        return state.startsWith("08") || state.startsWith("57P");
    }

    private static boolean isOutage(Throwable failure, Set<Throwable> seen) {
        if (failure == null || !seen.add(failure)) {
            return false;
        }
        String state = sqlState(failure);
        if (state != null) {
            return isOutage(state);
        }
        if (isAway(failure) || isOutage(failure.getCause(), seen)) {
            return true;
        }
        for (Throwable beside : failure.getSuppressed()) {
            if (isOutage(beside, seen)) {
                return true;
            }
        }
        return false;
    }

    private static String sqlState(Throwable failure) {
        return switch (failure) {
            case PgException said -> said.getSqlState();
            case JDBCException wrapped -> wrapped.getSQLState();
            case SQLException said -> said.getSQLState();
            default -> null;
        };
    }

    private static boolean isAway(Throwable failure) {
        return switch (failure) {
            case SocketException away -> true;
            case SocketTimeoutException late -> true;
            case UnknownHostException unknown -> true;
            case UnresolvedAddressException unknown -> true;
            case ClosedChannelException cut -> true;
            case EOFException cut -> true;
            case HttpClosedException cut -> true;
            case ClosedConnectionException cut -> true;
            case TimeoutException late -> true;
            case RetriableException later -> true;
            default ->
                failure.getMessage() != null
                        && failure.getClass().getName().startsWith("io.vertx.")
                        && NO_CONNECTION.stream().anyMatch(failure.getMessage()::startsWith);
        };
    }

    /**
     * Classes and codes of PostgreSQL, appendix A: a broken connection, a role whose password is being changed, a server that
     * is short of something, ends, starts, fails over or gave up waiting, and transactions that lost against others.
     */
    private static boolean isOutage(String state) {
        return switch (state.length() < 2 ? "" : state.substring(0, 2)) {
            case "08", "28", "53", "57", "58" -> true;
            default ->
                switch (state) {
                    // read-only: a standby, or a primary that became one
                    case "25006", "25P03", "25P04" -> true;
                    // lock time-out, serialization failure, deadlock
                    case "55P03", "40001", "40P01" -> true;
                    default -> false;
                };
        };
    }
}
