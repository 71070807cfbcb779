package io.tenure.kit;

import io.smallrye.mutiny.CompositeException;
import io.vertx.core.VertxException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.core.impl.NoStackTraceTimeoutException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import io.vertx.sqlclient.DatabaseException;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.WebApplicationException;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.errors.RetriableException;
import org.postgresql.util.PSQLException;

/**
 * Tells failures that pass by themselves from those that do not, through whatever wraps them: by SQLSTATE where
 * PostgreSQL spoke, and else by the types that broken connections have. A timeout or an {@link IOException} alone is no
 * outage, because our own code and Jackson throw those too.
 */
public final class Failures {

    /** Who is to blame for a failure, and so who waits. */
    public enum Nature {
        /** The work itself; a repetition fails again. */
        DEFECT,
        /** Another transaction was in the way. The same work succeeds later; other work is not affected. */
        COLLISION,
        /** The service's own database is out of reach, or takes no work: no work of the service can succeed. */
        DATABASE_AWAY,
        /** Another server is out of reach: Kafka, Keycloak, another service. Only what needs it waits. */
        PEER_AWAY
    }

    /** @param sqlState null where the database did not speak */
    private record Finding(Nature nature, String sqlState) {}

    /** Answers of a peer that mean "not now" (RFC 9110, RFC 6585). */
    private static final Set<Integer> NOT_NOW = Set.of(429, 502, 503, 504);

    /** Vert.x has no types for these: its pools and connections say them as text. */
    private static final List<String> SAID_BY_CONNECTIONS = List.of(
            "Pool closed",
            "Connection was closed",
            "Connection is not active now",
            "Pending requests failed to be sent",
            "Timeout waiting for connection");

    /** Known by its name, because only the services that call others have it. */
    private static final String TOKEN_FAILURE = "io.quarkus.oidc.client.OidcClientException";

    private Failures() {}

    /** Whether a later try can succeed because the failure was not the work's own. */
    public static boolean isOutage(Throwable failure) {
        return natureOf(failure) != Nature.DEFECT;
    }

    /** Who is to blame; a defect unless something else is known. */
    public static Nature natureOf(Throwable failure) {
        Finding finding = find(failure, Collections.newSetFromMap(new IdentityHashMap<>()));
        return finding == null ? Nature.DEFECT : finding.nature;
    }

    /** Whether the connection to the database was lost, so that nobody knows what became of a COMMIT under way. */
    static boolean isConnectionLost(Throwable failure) {
        Finding finding = find(failure, Collections.newSetFromMap(new IdentityHashMap<>()));
        return finding != null
                && finding.nature == Nature.DATABASE_AWAY
                && (finding.sqlState == null || SqlState.endsSession(finding.sqlState));
    }

    /** The first that says something: the failure, then its causes, then what was suppressed beside them. */
    private static Finding find(Throwable failure, Set<Throwable> seen) {
        if (!seen.add(failure)) {
            return null;
        }
        Finding own = own(failure);
        if (own != null) {
            return own;
        }
        for (Throwable behind : behind(failure)) {
            Finding found = find(behind, seen);
            if (found != null) {
                return failure instanceof ProcessingException ? ofPeer(found) : found;
            }
        }
        return null;
    }

    /** What the REST client met on its connection. */
    private static Finding ofPeer(Finding found) {
        return found.nature == Nature.DATABASE_AWAY ? new Finding(Nature.PEER_AWAY, null) : found;
    }

    private static Finding own(Throwable failure) {
        return switch (failure) {
            case PgException sql -> bySqlState(sql.getSqlState(), sql.getSeverity());
            case DatabaseException sql -> bySqlState(sql.getSqlState(), null);
            case PSQLException sql ->
                bySqlState(
                        sql.getSQLState(),
                        sql.getServerErrorMessage() == null
                                ? null
                                : sql.getServerErrorMessage().getSeverity());
            case SQLTransientException away when away.getSQLState() == null -> away(Nature.DATABASE_AWAY);
            case SQLRecoverableException away when away.getSQLState() == null -> away(Nature.DATABASE_AWAY);
            case SQLException sql -> bySqlState(sql.getSQLState(), null);
            case ClosedConnectionException closed -> away(Nature.DATABASE_AWAY);
            case ConnectionPoolTooBusyException busy -> away(Nature.DATABASE_AWAY);
            case HttpClosedException closed -> away(Nature.PEER_AWAY);
            case StreamResetException reset -> away(Nature.PEER_AWAY);
            case NoStackTraceTimeoutException silent -> away(Nature.PEER_AWAY);
            case NoStackTraceThrowable said -> bySaying(said);
            case VertxException said -> bySaying(said);
            case RetriableException kafka -> away(Nature.PEER_AWAY);
            case WebApplicationException answer
            when NOT_NOW.contains(answer.getResponse().getStatus()) -> away(Nature.PEER_AWAY);
            case ProcessingException call when call.getCause() instanceof TimeoutException -> away(Nature.PEER_AWAY);
            case HttpTimeoutException silent -> away(Nature.PEER_AWAY);
            // A port that we want to listen on is taken.
            case BindException ours -> null;
            case SocketException broken -> away(Nature.DATABASE_AWAY);
            case SocketTimeoutException silent -> away(Nature.DATABASE_AWAY);
            case UnknownHostException unknown -> away(Nature.DATABASE_AWAY);
            case UnresolvedAddressException unknown -> away(Nature.DATABASE_AWAY);
            case ClosedChannelException closed -> away(Nature.DATABASE_AWAY);
            case SSLException broken -> away(Nature.DATABASE_AWAY);
            case IOException io when isOfSocket(io) -> away(Nature.DATABASE_AWAY);
            default -> failure.getClass().getName().equals(TOKEN_FAILURE) ? away(Nature.PEER_AWAY) : null;
        };
    }

    private static Finding away(Nature nature) {
        return new Finding(nature, null);
    }

    private static Finding bySqlState(String state, String severity) {
        Nature nature = SqlState.nature(state, severity);
        return nature == null ? null : new Finding(nature, state);
    }

    private static Finding bySaying(Throwable said) {
        String text = said.getMessage();
        return text != null && SAID_BY_CONNECTIONS.stream().anyMatch(text::startsWith)
                ? away(Nature.DATABASE_AWAY)
                : null;
    }

    /** The JDK throws a plain IOException for a socket that breaks while it is read or written. */
    private static boolean isOfSocket(IOException failure) {
        return Arrays.stream(failure.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals("sun.nio.ch.SocketChannelImpl"));
    }

    private static List<Throwable> behind(Throwable failure) {
        List<Throwable> behind = new ArrayList<>();
        if (failure.getCause() != null) {
            behind.add(failure.getCause());
        }
        if (failure instanceof CompositeException several) {
            behind.addAll(several.getCauses());
        }
        if (failure instanceof SQLException sql && sql.getNextException() != null) {
            behind.add(sql.getNextException());
        }
        behind.addAll(Arrays.asList(failure.getSuppressed()));
        return behind;
    }
}
