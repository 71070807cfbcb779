package io.tenure.local.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The working copy of the repository that this JVM runs in, and what it keeps there.
 *
 * @param root the directory with the launcher
 */
public record WorkingCopy(Path root) {

    /** Found from the working directory upwards, by the launcher and this module; {@code tenure.root} overrides. */
    public static Optional<WorkingCopy> find() {
        var named = System.getProperty("tenure.root");
        if (named != null) {
            return Optional.of(new WorkingCopy(Path.of(named).toAbsolutePath().normalize()));
        }
        for (var dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
            if (Files.exists(dir.resolve("tenure")) && Files.isDirectory(dir.resolve("local/servers"))) {
                return Optional.of(new WorkingCopy(dir));
            }
        }
        return Optional.empty();
    }

    /** All state of the launcher; git ignores it. */
    public Path state() {
        return root.resolve(".tenure");
    }

    /** Unpacked programs, shared by every platform and test of this working copy. */
    public Path programs() {
        return state().resolve("programs");
    }
}
