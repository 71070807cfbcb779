package io.tenure.local.platform;

import io.tenure.local.process.RunUser;
import io.tenure.local.server.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** What a platform leaves on disk. */
public final class State {

    private State() {}

    /** Deletes everything of a platform that does not run; unpacked programs stay. */
    public static void drop(Layout layout) throws IOException {
        var database = layout.data("postgresql");
        if (Files.exists(database)) {
            // Root's server may have its data elsewhere, where its user can reach it.
            Directories.delete(RunUser.unprivileged().reachable(database));
        }
        for (var part : List.of("data", "secrets", "mail", "logs", "run", "evidence")) {
            Directories.delete(layout.state().resolve(part));
        }
    }
}
