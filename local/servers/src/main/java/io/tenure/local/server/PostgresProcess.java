package io.tenure.local.server;

import io.tenure.local.process.ChildProcess;
import io.tenure.local.process.RunUser;
import io.tenure.local.process.Running;
import io.tenure.local.process.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * PostgreSQL from Maven artifacts, a process of this machine; it has no Unix socket.
 *
 * @param unpacked where the program is unpacked
 * @param dir its own directory: data and nothing else
 * @param log its log file
 * @param runDir for the pid file, or null
 */
record PostgresProcess(Path unpacked, Path dir, Path log, Path runDir) implements PostgresServer.Program {

    @Override
    public Running start(int port, PostgresServer.Settings settings) throws IOException {
        var user = RunUser.unprivileged();
        var home = PostgresBinaries.unpack(user.reachable(unpacked));
        var base = user.reachable(dir);
        var data = base.resolve("data");
        if (!Files.exists(data.resolve("PG_VERSION"))) {
            initialise(user, home, base, data, settings);
        }
        user.own(data);
        var command = new ArrayList<>(List.of(
                home.resolve("bin/postgres").toString(),
                "-D",
                data.toString(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories="));
        command.addAll(settings.server());
        return ChildProcess.start(
                new ChildProcess.Spec("postgresql", user.wrap(command), locale(), base, log, runDir, port, "INT"));
    }

    private void initialise(RunUser user, Path home, Path base, Path data, PostgresServer.Settings settings)
            throws IOException {
        Files.createDirectories(data);
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
        user.own(data);
        var password = Files.createTempFile(base, "superuser", null);
        try {
            Files.writeString(password, settings.superuserPassword() + "\n");
            user.own(password);
            var initdb = new ArrayList<>(List.of(
                    home.resolve("bin/initdb").toString(),
                    "-D",
                    data.toString(),
                    "-U",
                    PostgresServer.SUPERUSER,
                    "--pwfile=" + password,
                    "--auth=scram-sha-256"));
            initdb.addAll(settings.initdb());
            var run = ChildProcess.start(
                    new ChildProcess.Spec("initdb", user.wrap(initdb), locale(), base, log, null, 0, "TERM"));
            if (run.exitStatus() != 0) {
                throw new StartFailure("initdb", "ended with status " + run.exitStatus(), run.lastLines(15));
            }
        } finally {
            Files.delete(password);
        }
    }

    private static Map<String, String> locale() {
        return Map.of("LC_ALL", "C", "LANG", "C", "TZ", "UTC");
    }
}
