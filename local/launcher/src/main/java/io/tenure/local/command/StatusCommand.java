package io.tenure.local.command;

import io.tenure.local.platform.Services;
import io.tenure.local.process.PidFile;
import io.tenure.local.server.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** {@code ./tenure status}: each part's state, port, process and memory; exit status 0 only when all of them run. */
@Command(name = "status", mixinStandardHelpOptions = true, description = "Show the platform's parts.")
final class StatusCommand implements Callable<Integer> {

    private static final String ROW = "%-14s %-9s %6s %9s %9s%n";

    @Override
    public Integer call() {
        var platform = Here.platform();
        var supervisor = platform.supervisor();
        if (supervisor.isEmpty()) {
            System.out.println("The platform is not up.");
            return 3;
        }
        var ports = Here.ports();
        var children = platform.children().stream().collect(Collectors.toMap(PidFile::name, c -> c));
        var names = new ArrayList<>(List.of("postgresql", "kafka", "keycloak", "zipkin"));
        Services.ALL.forEach(s -> names.add(s.name()));
        System.out.printf(Locale.ROOT, ROW, "PART", "STATE", "PORT", "PID", "RSS MiB");
        long total = row(
                "supervisor",
                platform.isReady() ? "ready" : "starting",
                0,
                supervisor.get().pid());
        System.out.printf(
                Locale.ROOT, ROW, "smtp", Ports.isFree(ports.of("smtp")) ? "down" : "up", ports.of("smtp"), "-", "-");
        boolean all = platform.isReady();
        for (var name : names) {
            var process = children.containsKey(name)
                    ? children.get(name).process()
                    : java.util.Optional.<ProcessHandle>empty();
            total += row(
                    name,
                    process.isEmpty() ? "down" : Ports.isFree(ports.of(name)) ? "starting" : "up",
                    ports.of(name),
                    process.map(ProcessHandle::pid).orElse(0L));
            all &= process.isPresent();
        }
        System.out.printf(Locale.ROOT, ROW, "total", "", "", "", total / 1024);
        return all ? 0 : 3;
    }

    private static long row(String name, String state, int port, long pid) {
        long kib = pid == 0 ? 0 : rssKiB(pid);
        System.out.printf(
                Locale.ROOT,
                ROW,
                name,
                state,
                port == 0 ? "-" : port,
                pid == 0 ? "-" : pid,
                pid == 0 ? "-" : kib / 1024);
        return kib;
    }

    /** Resident memory of a process and its children (PostgreSQL has one for each connection). */
    private static long rssKiB(long pid) {
        var children = ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::children)
                // The supervisor's children have rows of their own.
                .filter(c -> c.info().command().orElse("").endsWith("/postgres"));
        return rss(pid) + children.mapToLong(c -> rss(c.pid())).sum();
    }

    private static long rss(long pid) {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            // Anonymous memory: pages that processes share would be counted once for each of them.
            return lines.filter(l -> l.startsWith("VmRSS:"))
                    .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")))
                    .sum();
        } catch (IOException e) {
            return 0;
        }
    }
}
