package io.tenure.local.process;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waiting for a server to answer, without waiting for one that has died. */
public final class Readiness {

    private static final long POLL_MILLIS = 120;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private Readiness() {}

    /** Returns when the address answers 200; see {@link #await}. */
    public static void awaitAnswer(Running child, Duration limit, URI address) {
        var request =
                HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(5)).build();
        await(
                child,
                limit,
                () -> listens(address.getHost(), address.getPort())
                        && HTTP.send(request, HttpResponse.BodyHandlers.discarding())
                                        .statusCode()
                                == 200);
    }

    /** Whether somebody accepts connections there: cheaper than a refused request, while the server is not there yet. */
    public static boolean listens(String host, int port) throws IOException {
        try (var socket = SocketChannel.open()) {
            return socket.connect(new InetSocketAddress(host, port));
        } catch (ConnectException e) {
            return false;
        }
    }

    /**
     * Returns when the check is true. A check that throws is one that is not true yet, unless it throws a
     * {@link StartFailure}: then waiting is pointless.
     *
     * @throws StartFailure that of the check; or when it ends first, or the limit passes
     */
    public static void await(Running child, Duration limit, Callable<Boolean> check) {
        var deadline = System.nanoTime() + limit.toNanos();
        Exception last = null;
        while (true) {
            if (!child.isAlive()) {
                var status = child.exitStatus();
                throw new StartFailure(
                        child.name(), "ended with status " + status + " while starting", child.lastLines(15));
            }
            try {
                if (check.call()) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StartFailure(child.name(), "was interrupted while starting", e);
            } catch (StartFailure e) {
                throw e;
            } catch (Exception e) {
                last = e;
            }
            if (System.nanoTime() > deadline) {
                var why = "was not ready within " + limit.toSeconds() + " s" + (last == null ? "" : " (" + last + ")");
                throw new StartFailure(child.name(), why, child.lastLines(15));
            }
            try {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StartFailure(child.name(), "was interrupted while starting", e);
            }
        }
    }
}
