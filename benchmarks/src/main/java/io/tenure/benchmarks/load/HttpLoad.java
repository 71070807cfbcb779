package io.tenure.benchmarks.load;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Keep-alive HTTP/1.1 on blocking sockets: the least that a load generator can cost on the processors that it shares with
 * what it measures. A connection is for one thread at a time.
 */
public final class HttpLoad implements AutoCloseable {

    /** What came back. */
    public record Answer(int status, byte[] bytes) {

        /** As text. */
        public String body() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static final int TIMEOUT_MILLIS = 60_000;
    private static final byte[] NOTHING = {};

    private final String host;
    private final List<Connection> connections = new ArrayList<>();

    private HttpLoad(URI base) {
        this.host = base.getHost() + ":" + base.getPort();
    }

    /** Opens so many connections. */
    public static HttpLoad open(URI base, int connections) throws IOException {
        var load = new HttpLoad(base);
        try {
            for (int i = 0; i < connections; i++) {
                load.connections.add(new Connection(base));
            }
            return load;
        } catch (IOException e) {
            load.close();
            throw e;
        }
    }

    /** A POST of JSON. @param headers name, value, name, value... */
    public Answer post(int connection, String path, byte[] body, String... headers) throws IOException {
        return exchange(connection, "POST", path, body, headers);
    }

    /** A GET. @param headers name, value, name, value... */
    public Answer get(int connection, String path, String... headers) throws IOException {
        return exchange(connection, "GET", path, NOTHING, headers);
    }

    private Answer exchange(int connection, String method, String path, byte[] body, String... headers)
            throws IOException {
        var head = new StringBuilder(256)
                .append(method)
                .append(' ')
                .append(path)
                .append(" HTTP/1.1\r\nHost: ")
                .append(host)
                .append("\r\n");
        for (int i = 0; i < headers.length; i += 2) {
            head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
        }
        if (!method.equals("GET")) {
            head.append("Content-Type: application/json\r\nContent-Length: ")
                    .append(body.length)
                    .append("\r\n");
        }
        return connections
                .get(connection)
                .exchange(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1), body);
    }

    @Override
    public void close() throws IOException {
        for (var connection : connections) {
            connection.socket.close();
        }
    }

    private static final class Connection {

        private final Socket socket = new Socket();
        private final OutputStream out;
        private final BufferedInputStream in;
        private final StringBuilder line = new StringBuilder(128);

        Connection(URI base) throws IOException {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(new InetSocketAddress(base.getHost(), base.getPort()), TIMEOUT_MILLIS);
            out = socket.getOutputStream();
            in = new BufferedInputStream(socket.getInputStream(), 8 * 1024);
        }

        Answer exchange(byte[] head, byte[] body) throws IOException {
            var request = new byte[head.length + body.length];
            System.arraycopy(head, 0, request, 0, head.length);
            System.arraycopy(body, 0, request, head.length, body.length);
            out.write(request);
            return answer();
        }

        private Answer answer() throws IOException {
            var status = Integer.parseInt(line().split(" ", 3)[1]);
            int length = 0;
            boolean chunked = false;
            for (var header = line(); !header.isEmpty(); header = line()) {
                var name = header.substring(0, Math.max(0, header.indexOf(':'))).toLowerCase(Locale.ROOT);
                if (name.equals("content-length")) {
                    length = Integer.parseInt(value(header));
                } else if (name.equals("transfer-encoding")) {
                    chunked = value(header).equalsIgnoreCase("chunked");
                }
            }
            return new Answer(status, chunked ? chunks() : exactly(length));
        }

        private static String value(String header) {
            return header.substring(header.indexOf(':') + 1).strip();
        }

        private byte[] exactly(int length) throws IOException {
            var bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException("the server closed the connection within an answer");
            }
            return bytes;
        }

        private byte[] chunks() throws IOException {
            var all = NOTHING;
            while (true) {
                var chunk = exactly(Integer.parseInt(line(), 16));
                line();
                if (chunk.length == 0) {
                    return all;
                }
                var longer = Arrays.copyOf(all, all.length + chunk.length);
                System.arraycopy(chunk, 0, longer, all.length, chunk.length);
                all = longer;
            }
        }

        /** Up to the next CR LF, without it. */
        private String line() throws IOException {
            line.setLength(0);
            int next;
            while ((next = in.read()) != '\n') {
                if (next < 0) {
                    throw new EOFException("the server closed the connection");
                }
                if (next != '\r') {
                    line.append((char) next);
                }
            }
            return line.toString();
        }
    }
}
