package io.tenure.local.server;

import io.tenure.local.process.ChildProcess;
import io.tenure.local.process.StartFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;

/**
 * Keycloak unpacked, and built once for the way it runs here: a start is then a start and no build. Shared by every
 * platform of the working copy; a platform's own data are elsewhere.
 */
final class KeycloakDistribution {

    private static final String ARTIFACT = "keycloak-quarkus-dist-";

    private KeycloakDistribution() {}

    /** The zip that it is unpacked from, where the build has brought it. */
    static List<Path> artifact() {
        try {
            return List.of(Artifacts.find(ARTIFACT));
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The distribution's directory below the given one; made there the first time (about 20 s). */
    static Path prepare(Path programs, Path log) throws IOException {
        var zip = Artifacts.find(ARTIFACT);
        var fileName = zip.getFileName().toString();
        var home = programs.resolve("keycloak-" + fileName.substring(ARTIFACT.length(), fileName.lastIndexOf('.')));
        var built = home.resolve("built-for-tenure");
        if (Files.exists(built)) {
            return home;
        }
        Files.createDirectories(programs);
        try (var lock = FileChannel.open(
                        programs.resolve("keycloak.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var held = lock.lock()) {
            if (!Files.exists(built)) {
                unpack(zip, programs);
                build(home, log);
                Files.createFile(built);
            }
        }
        return home;
    }

    private static void unpack(Path zip, Path into) throws IOException {
        try (var archive = new ZipFile(zip.toFile())) {
            var entries = archive.entries();
            while (entries.hasMoreElements()) {
                var entry = entries.nextElement();
                var target = into.resolve(entry.getName()).normalize();
                if (!target.startsWith(into)) {
                    throw new IOException("an entry leaves the directory: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                    continue;
                }
                Files.createDirectories(target.getParent());
                try (var in = archive.getInputStream(entry)) {
                    Files.copy(in, target, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private static void build(Path home, Path log) throws IOException {
        var command = new ArrayList<>(JavaCommand.java(512));
        command.addAll(properties(home));
        command.addAll(entryPoint(home));
        command.addAll(List.of("build", "--db=dev-file", "--cache=local", "--health-enabled=false"));
        var run = ChildProcess.start(
                new ChildProcess.Spec("keycloak build", command, Map.of(), home, log, null, 0, "TERM"));
        var status = run.onExit().join();
        if (status != 0) {
            throw new StartFailure("keycloak build", "ended with status " + status, run.lastLines(15));
        }
    }

    /** What Keycloak's own start script gives its JVM. */
    static List<String> properties(Path home) {
        return List.of(
                "-XX:MaxMetaspaceSize=256m",
                "-Dkc.home.dir=" + home,
                "-Djboss.server.config.dir=" + home.resolve("conf"),
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-Dpicocli.disable.closures=true",
                "-Djava.util.concurrent.ForkJoinPool.common.threadFactory="
                        + "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
                "-Duser.language=en",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
                "--add-opens=java.base/java.security=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                // Read only; kept here because Keycloak's own script sets it.
                "-Djdk.tls.rejectClientInitiatedRenegotiation=true");
    }

    /** Class path and main class. */
    static List<String> entryPoint(Path home) {
        return List.of(
                "-cp", home.resolve("lib/quarkus-run.jar").toString(), "io.quarkus.bootstrap.runner.QuarkusEntryPoint");
    }
}
