package io.tenure.benchmarks.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/** A service's migrations, read from the working copy, so that a peer has the same tables and indexes. */
final class Migrations {

    private static final Pattern NAME = Pattern.compile("V(\\d+)__.*\\.sql");

    private final List<Path> files;

    /** @throws IOException where they cannot be read */
    Migrations(Path root, String service) throws IOException {
        var found = new ArrayList<Path>();
        for (var dir : List.of(
                "service-kit/src/main/resources/db/kit", service + "-service/src/main/resources/db/migration")) {
            try (var listed = Files.list(root.resolve(dir))) {
                listed.filter(f -> NAME.matcher(f.getFileName().toString()).matches())
                        .forEach(found::add);
            }
        }
        found.sort(Comparator.comparingInt(Migrations::version));
        this.files = List.copyOf(found);
    }

    private static int version(Path file) {
        var name = NAME.matcher(file.getFileName().toString());
        name.matches();
        return Integer.parseInt(name.group(1));
    }

    /** Runs them, each in a transaction. @param runtime the role that gets what the service's role would */
    void apply(Connection owner, String runtime) throws SQLException, IOException {
        for (var file : files) {
            try (var statement = owner.createStatement()) {
                statement.execute(Files.readString(file).replace("${runtime}", runtime));
            }
        }
    }
}
