package io.tenure.kit;

import io.vertx.core.VertxException;
import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;

/** Tells failures that pass by themselves from those that do not. */
public final class Failures {

    private Failures() {}

    /** Whether the failure means that a server is out of reach or out of resources, so that a later try can succeed. */
    public static boolean isOutage(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            boolean outage =
                    switch (cause) {
                        case IOException away -> true;
                        case TimeoutException late -> true;
                        case ClosedConnectionException closed -> true;
                        case PgException sql -> isOutage(sql.getSqlState());
                        // No connection to be had: the pool is busy, or closed because this process ends.
                        case VertxException none -> true;
                        case NoStackTraceThrowable none -> true;
                        default -> false;
                    };
            if (outage) {
                return true;
            }
        }
        return false;
    }

    /** PostgreSQL classes 08 connection exception, 53 insufficient resources, 57 operator intervention. */
    private static boolean isOutage(String sqlState) {
        return sqlState != null
                && (sqlState.startsWith("08") || sqlState.startsWith("53") || sqlState.startsWith("57"));
    }
}
