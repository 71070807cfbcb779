package io.tenure.local.server;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Programs that come as Maven artifacts and are no part of this JVM's code: Keycloak's distribution and Zipkin's jar. They
 * are named in the class path file that the build writes; the launcher's own class path is that file.
 */
final class Artifacts {

    private static final String CLASS_PATH_FILE = "deploy/local/target/classpath.txt";

    private Artifacts() {}

    /** The file whose name starts so. */
    static Path find(String namePrefix) throws IOException {
        var candidates = Stream.concat(JavaCommand.classPath().stream(), built());
        return candidates
                .filter(p -> p.getFileName().toString().startsWith(namePrefix))
                .findFirst()
                .orElseThrow(() -> new IOException("the build has not brought " + namePrefix
                        + ": run ./tenure build, which resolves it and writes " + CLASS_PATH_FILE));
    }

    private static Stream<Path> built() throws IOException {
        var file = WorkingCopy.find().map(w -> w.root().resolve(CLASS_PATH_FILE));
        if (file.isEmpty() || !Files.exists(file.get())) {
            return Stream.empty();
        }
        return Stream.of(Files.readString(file.get()).strip().split(File.pathSeparator))
                .map(Path::of);
    }
}
