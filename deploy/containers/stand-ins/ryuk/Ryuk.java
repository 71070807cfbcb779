import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Removes the containers of a test's JVM when that is gone, by the protocol of Testcontainers' Ryuk: a client sends lines of
 * filters ({@code label=name%3Dvalue&label=...}), each answered with {@code ACK}. When no client has been connected for ten
 * seconds, every container, network and volume that passes all filters of a line is removed, and the program ends.
 */
public final class Ryuk {

    private static final int PORT = 8080;
    private static final Duration FIRST_CLIENT = Duration.ofMinutes(1);
    private static final Duration LAST_CLIENT_GONE = Duration.ofSeconds(10);
    private static final String ENGINE = "/var/run/docker.sock";
    private static final Pattern CONTAINER = Pattern.compile("\"Id\":\\s*\"([0-9a-f]{64})\"");
    private static final Pattern VOLUME = Pattern.compile("\"Name\":\\s*\"([^\"]+)\"");

    private final Set<List<String>> filters = new LinkedHashSet<>();
    private final AtomicInteger clients = new AtomicInteger();
    private long idleSince = System.nanoTime();
    private boolean seen;

    private Ryuk() {}

    public static void main(String[] args) throws Exception {
        new Ryuk().run();
    }

    private void run() throws Exception {
        var server = new ServerSocket(PORT);
        // Testcontainers waits for this line.
        System.out.println("Started");
        Thread.ofVirtual().start(() -> {
            while (true) {
                try {
                    var client = server.accept();
                    connected();
                    Thread.ofVirtual().start(() -> serve(client));
                } catch (IOException e) {
                    System.err.println("accept: " + e.getMessage());
                }
            }
        });
        while (!abandoned()) {
            Thread.sleep(200);
        }
        prune();
    }

    private synchronized void connected() {
        clients.incrementAndGet();
        seen = true;
    }

    private synchronized void gone() {
        clients.decrementAndGet();
        idleSince = System.nanoTime();
    }

    private synchronized boolean abandoned() {
        var limit = seen ? LAST_CLIENT_GONE : FIRST_CLIENT;
        return clients.get() == 0 && System.nanoTime() - idleSince > limit.toNanos();
    }

    private void serve(Socket client) {
        try (client;
                var lines = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var filter = new ArrayList<String>();
                for (var pair : line.split("&")) {
                    var parts = pair.split("=", 2);
                    if (parts.length == 2 && parts[0].equals("label")) {
                        filter.add(URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
                    }
                }
                // Without a label it would be everything.
                if (!filter.isEmpty()) {
                    synchronized (this) {
                        filters.add(filter);
                    }
                    client.getOutputStream().write("ACK\n".getBytes(StandardCharsets.US_ASCII));
                    client.getOutputStream().flush();
                }
            }
        } catch (IOException e) {
            // The client is gone, which is what this waits for.
        } finally {
            gone();
        }
    }

    private synchronized void prune() throws IOException {
        for (var filter : filters) {
            var query = "filters=" + URLEncoder.encode(json(filter), StandardCharsets.UTF_8);
            remove("containers", CONTAINER, ask("GET", "/containers/json?all=true&" + query), "?force=true&v=true");
            remove("networks", CONTAINER, ask("GET", "/networks?" + query), "");
            remove("volumes", VOLUME, ask("GET", "/volumes?" + query), "?force=true");
        }
    }

    private static String json(List<String> labels) {
        return labels.stream()
                .map(label -> '"' + label.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .collect(Collectors.joining(",", "{\"label\":[", "]}"));
    }

    private static void remove(String kind, Pattern id, String listed, String options) throws IOException {
        var ids = id.matcher(listed).results().map(m -> m.group(1)).collect(Collectors.toCollection(LinkedHashSet::new));
        for (var one : ids) {
            ask("DELETE", "/" + kind + "/" + one + options);
        }
        System.out.println("Removed " + ids.size() + " " + kind);
    }

    /** One request to the engine; HTTP/1.0, so that the end of the answer is the end of the connection. */
    private static String ask(String method, String path) throws IOException {
        try (var engine = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            engine.connect(UnixDomainSocketAddress.of(ENGINE));
            var request = method + " " + path + " HTTP/1.0\r\nHost: engine\r\nConnection: close\r\n\r\n";
            engine.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            var answer = new String(Channels.newInputStream(engine).readAllBytes(), StandardCharsets.UTF_8);
            if (!answer.matches("(?s)HTTP/1\\.[01] 2.*")) {
                System.err.println(method + " " + path + ": " + answer.lines().findFirst().orElse("no answer"));
            }
            return answer;
        }
    }
}
