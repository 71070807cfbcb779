package io.tenure.benchmarks.start;

import io.tenure.benchmarks.load.HttpLoad;
import io.tenure.local.platform.ServiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A service as the local platform starts it, and what that took. Closing stops it in order. */
record Started(ServiceProcess process, Duration ready) implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final long POLL_MILLIS = 10;

    /** Resident memory, and what of it is no page of a file: MiB. */
    record Memory(double resident, double anonymous) {

        static final Memory NONE = new Memory(0, 0);

        Memory plus(Memory other) {
            return new Memory(resident + other.resident, anonymous + other.anonymous);
        }
    }

    /** Starts it; returns when {@code /q/health/ready} answers 200. */
    static Started start(ServiceProcess process) throws IOException, InterruptedException {
        long began = System.nanoTime();
        process.launch();
        while (!isReady(process)) {
            var ended = process.process().filter(p -> !p.isAlive());
            if (ended.isPresent() || System.nanoTime() - began > LIMIT.toNanos()) {
                process.kill();
                throw new IOException(process.name() + " did not become ready; its log is " + process.log());
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        return new Started(process, Duration.ofNanos(System.nanoTime() - began));
    }

    private static boolean isReady(ServiceProcess process) {
        try (var http = HttpLoad.open(process.url(), 1)) {
            return http.get(0, "/q/health/ready").status() == 200;
        } catch (IOException e) {
            // Nobody listens yet.
            return false;
        }
    }

    double readySeconds() {
        return ready.toNanos() / 1e9;
    }

    /** Sends so many requests, taking the paths in turn. Each must answer 200. */
    void use(int requests, String authorization, String... paths) throws IOException {
        try (var http = HttpLoad.open(process.url(), 1)) {
            for (int i = 0; i < requests; i++) {
                var path = paths[i % paths.length];
                var answer = http.get(0, path, "Authorization", authorization);
                if (answer.status() != 200) {
                    throw new IOException(process.name() + " answered " + path + " with " + answer.status());
                }
            }
        }
    }

    /** What it holds now. */
    Memory memory() {
        var file =
                Path.of("/proc", Long.toString(process.process().orElseThrow().pid()), "status");
        try (var lines = Files.lines(file)) {
            Map<String, Double> mebibytes = lines.map(l -> l.split("[:\\s]+"))
                    .filter(l -> Arrays.asList("VmRSS", "RssAnon").contains(l[0]))
                    .collect(Collectors.toMap(l -> l[0], l -> Long.parseLong(l[1]) / 1024.0));
            return new Memory(mebibytes.get("VmRSS"), mebibytes.get("RssAnon"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.stop();
    }
}
