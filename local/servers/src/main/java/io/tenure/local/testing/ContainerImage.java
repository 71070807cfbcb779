package io.tenure.local.testing;

import io.tenure.local.server.WorkingCopy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;

/** The public images that tests and {@code docker-compose.yml} share. The compose file alone says name and version. */
enum ContainerImage {
    POSTGRESQL,
    KAFKA,
    KEYCLOAK;

    private static final String COMPOSE = "docker-compose.yml";

    /** The compose file's name of the service that runs this image. */
    String service() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The system property that names another image, for example that of a private registry. */
    String property() {
        return "tenure.test.image." + service();
    }

    /** The image's name with its version. */
    String reference() {
        var other = System.getProperty(property(), "");
        if (!other.isBlank()) {
            return other.strip();
        }
        var compose = WorkingCopy.find()
                .orElseThrow(() -> new IllegalStateException("no working copy of Tenure here: its " + COMPOSE
                        + " names the images. Set tenure.root, or " + property()))
                .root()
                .resolve(COMPOSE);
        try {
            return reference(Files.readAllLines(compose));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the lines of a compose file say. */
    String reference(List<String> compose) {
        return compose.stream()
                .dropWhile(line -> !line.equals("  " + service() + ":"))
                .skip(1)
                .takeWhile(line -> !line.matches(" {0,2}[^ #].*"))
                .filter(line -> line.startsWith("    image: "))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .orElseThrow(() -> new IllegalStateException(COMPOSE + " names no image for service " + service()));
    }
}
