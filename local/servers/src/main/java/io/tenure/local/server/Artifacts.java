package io.tenure.local.server;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Maven artifacts for processes of their own, which are no part of this JVM's code: Keycloak's distribution, Zipkin's
 * jar, and what Kafka logs with. The build of this module resolves them and writes down where they are.
 */
final class Artifacts {

    private static final String LIST = "local/servers/target/programs.txt";

    private Artifacts() {}

    /** The file whose name starts so. */
    static Path find(String namePrefix) throws IOException {
        return built().filter(p -> p.getFileName().toString().startsWith(namePrefix))
                .findFirst()
                .orElseThrow(() -> new IOException("the build has not brought " + namePrefix
                        + ": run ./tenure build, which resolves it and writes " + LIST));
    }

    private static Stream<Path> built() throws IOException {
        var file = WorkingCopy.find().map(w -> w.root().resolve(LIST));
        if (file.isEmpty() || !Files.exists(file.get())) {
            return Stream.empty();
        }
        return Stream.of(Files.readString(file.get()).strip().split(File.pathSeparator))
                .map(Path::of);
    }
}
