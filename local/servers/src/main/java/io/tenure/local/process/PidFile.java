package io.tenure.local.process;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/**
 * The record of a process that Tenure started. A pid alone is reused by the system sooner or later, so the record also
 * holds the moment of the process's start as the kernel counts it, and the boot: only a process that agrees in all three
 * is the recorded one.
 *
 * @param name the part, for instance {@code kafka}
 * @param pid the process id
 * @param identity boot and start time, see {@link #identityOf(long)}
 * @param port where the part listens, or 0
 */
public record PidFile(String name, long pid, String identity, int port) {

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final int START_TIME_FIELD_AFTER_COMMAND = 19;

    /** The record of a running process. */
    public static PidFile of(String name, long pid, int port) {
        return new PidFile(name, pid, identityOf(pid).orElse("gone"), port);
    }

    /** The file of a part below a run directory. */
    public static Path path(Path runDir, String name) {
        return runDir.resolve(name + ".pid");
    }

    /** Reads a record; empty where the file is absent or was not written to its end. */
    public static Optional<PidFile> read(Path file) {
        try {
            var properties = new Properties();
            properties.load(new StringReader(Files.readString(file)));
            return Optional.of(new PidFile(
                    properties.getProperty("name", "unknown"),
                    Long.parseLong(properties.getProperty("pid", "")),
                    properties.getProperty("identity", "unknown"),
                    Integer.parseInt(properties.getProperty("port", "0"))));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Writes the record so that a reader sees all of it or nothing. */
    public void write(Path runDir) {
        try {
            Files.createDirectories(runDir);
            var properties = new Properties();
            properties.setProperty("name", name);
            properties.setProperty("pid", Long.toString(pid));
            properties.setProperty("identity", identity);
            properties.setProperty("port", Integer.toString(port));
            var text = new StringWriter();
            properties.store(text, null);
            var whole = runDir.resolve(name + ".pid.new");
            Files.writeString(whole, text.toString());
            Files.move(
                    whole,
                    path(runDir, name),
                    java.nio.file.StandardCopyOption.ATOMIC_MOVE,
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The recorded process, where it still runs; empty where the pid is free or belongs to another by now. */
    public Optional<ProcessHandle> process() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(h -> identityOf(pid).filter(identity::equals).isPresent());
    }

    /**
     * What tells two processes of the same pid apart: boot id and start time in clock ticks on Linux (neither moves when
     * the clock is set), the start instant elsewhere. Empty where no such process runs.
     */
    static Optional<String> identityOf(long pid) {
        try {
            var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The command, in parentheses, may itself hold spaces and parentheses: count from its end.
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Optional.of(Files.readString(BOOT_ID).strip() + "/" + fields[START_TIME_FIELD_AFTER_COMMAND]);
        } catch (IOException e) {
            return Files.exists(BOOT_ID)
                    ? Optional.empty()
                    : ProcessHandle.of(pid)
                            .flatMap(h -> h.info().startInstant())
                            .map(Object::toString);
        }
    }
}
