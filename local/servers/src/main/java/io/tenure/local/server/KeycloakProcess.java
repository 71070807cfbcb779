package io.tenure.local.server;

import io.tenure.local.process.ChildProcess;
import io.tenure.local.process.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Keycloak from its Maven artifact, a process of this machine.
 *
 * @param programs where the distribution is unpacked
 * @param dir its own directory: data
 * @param log its log file
 * @param runDir for the pid file, or null
 * @param archive the class data archive of its JVM
 */
record KeycloakProcess(Path programs, Path dir, Path log, Path runDir, ClassArchive archive)
        implements KeycloakServer.Program {

    @Override
    public void prepare() throws IOException {
        KeycloakDistribution.prepare(programs, log);
    }

    @Override
    public Running start(int port, KeycloakServer.Settings settings) throws IOException {
        var distribution = KeycloakDistribution.prepare(programs, log);
        var home = home(distribution);
        var imports = home.resolve("data/import");
        Files.createDirectories(imports);
        Files.writeString(imports.resolve("tenure-realm.json"), settings.realm());
        var command = new ArrayList<>(JavaCommand.java(320));
        command.addAll(archive.options());
        command.addAll(KeycloakDistribution.properties(home));
        command.addAll(KeycloakDistribution.entryPoint(distribution));
        command.addAll(List.of("start", "--optimized", "--http-host=127.0.0.1", "--http-port=" + port));
        command.addAll(settings.options());
        return ChildProcess.start(
                new ChildProcess.Spec("keycloak", command, settings.env(), home, log, runDir, port, "TERM"));
    }

    @Override
    public void stop(Running running) {
        running.stop(archive.timeToEnd());
        archive.settle((ChildProcess) running);
    }

    /** A home of its own for the data; everything else is the shared distribution's. */
    private Path home(Path distribution) throws IOException {
        var home = dir.toAbsolutePath();
        Files.createDirectories(home);
        for (var part : List.of("bin", "conf", "lib", "providers", "themes")) {
            var link = home.resolve(part);
            if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                Files.delete(link);
            }
            Files.createSymbolicLink(link, distribution.toAbsolutePath().resolve(part));
        }
        return home;
    }
}
