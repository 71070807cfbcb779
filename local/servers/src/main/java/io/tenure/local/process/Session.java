package io.tenure.local.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Commands that need the machine's own tools: where they are, and how a child gets a session of its own. */
public final class Session {

    private Session() {}

    /**
     * The command in a session of its own, so that a Ctrl-C in the terminal reaches only the launcher, which then ends
     * its children in order. The pid stays that of the command: setsid(1) replaces itself.
     */
    public static List<String> apart(List<String> command) {
        var setsid = find("setsid");
        if (setsid.isEmpty()) {
            return command;
        }
        var all = new ArrayList<String>();
        all.add(setsid.get().toString());
        all.addAll(command);
        return all;
    }

    /** An executable of this name on the PATH or in the usual places of system tools. */
    public static Optional<Path> find(String name) {
        var path = System.getenv().getOrDefault("PATH", "") + ":/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";
        for (var dir : path.split(":")) {
            if (!dir.isEmpty() && Files.isExecutable(Path.of(dir, name))) {
                return Optional.of(Path.of(dir, name));
            }
        }
        return Optional.empty();
    }
}
