package io.tenure.benchmarks.cost;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Stands on the loopback address between clients and a server, hands everything on as it comes, and counts: bytes each way,
 * and round trips. A round trip begins when a client speaks after its server did, however much it says before the answer.
 */
final class WireTap implements AutoCloseable {

    private static final int BUFFER = 64 * 1024;

    private final int target;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final LongAdder sent = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder roundTrips = new LongAdder();
    private final LongAdder statements = new LongAdder();
    private volatile boolean open = true;

    private WireTap(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    }

    /** @param target the server's port on this machine */
    static WireTap before(int target) throws IOException {
        var tap = new WireTap(target);
        Thread.ofVirtual().start(tap::accept);
        return tap;
    }

    /** Where clients connect. */
    int port() {
        return listener.getLocalPort();
    }

    /** The same, for clients of HTTP. */
    URI url() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /** Bytes from clients to the server. */
    long sent() {
        return sent.sum();
    }

    /** Bytes from the server to clients. */
    long received() {
        return received.sum();
    }

    long roundTrips() {
        return roundTrips.sum();
    }

    /** SQL statements, where the server is PostgreSQL; else meaningless. */
    long statements() {
        return statements.sum();
    }

    private void accept() {
        while (open) {
            try {
                var client = listener.accept();
                sockets.add(client);
                var server = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(server);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                var turn = new Turn();
                var counted = new CountedStatements();
                pump(client, server, (bytes, length) -> {
                    sent.add(length);
                    statements.add(counted.accept(bytes, length));
                    if (turn.passesToClient()) {
                        roundTrips.increment();
                    }
                });
                pump(server, client, (bytes, length) -> {
                    received.add(length);
                    turn.passesToServer();
                });
            } catch (IOException e) {
                if (open) {
                    // The client notices when its connection ends; the next one may succeed.
                    System.err.println("A connection could not be tapped: " + e);
                }
            }
        }
    }

    /** Who spoke last on a connection. */
    private static final class Turn {

        private boolean client;

        /** @return whether the server, or nobody, spoke last */
        synchronized boolean passesToClient() {
            boolean passes = !client;
            client = true;
            return passes;
        }

        synchronized void passesToServer() {
            client = false;
        }
    }

    private interface Count {
        void of(byte[] bytes, int length);
    }

    /** Hands on until either side ends, and then ends the other. What is counted has not been answered yet. */
    private void pump(Socket from, Socket to, Count count) {
        Thread.ofVirtual().start(() -> {
            try (from;
                    to) {
                var in = from.getInputStream();
                var out = to.getOutputStream();
                var buffer = new byte[BUFFER];
                for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                    count.of(buffer, length);
                    out.write(buffer, 0, length);
                }
            } catch (SocketException ended) {
                // By the other pump, or by a side that did not take its leave.
            } catch (IOException e) {
                System.err.println("A tapped connection broke: " + e);
            } finally {
                sockets.remove(from);
                sockets.remove(to);
            }
        });
    }

    @Override
    public void close() throws IOException {
        open = false;
        listener.close();
        for (var socket : sockets) {
            socket.close();
        }
    }
}
