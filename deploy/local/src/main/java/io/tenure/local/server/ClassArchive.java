package io.tenure.local.server;

import io.tenure.local.process.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;

/**
 * A JVM's class data archive (AppCDS): written when the JVM first ends in order, used from then on, which more than halves
 * what a start costs. Its name is derived from the JDK and the program's files, so that an archive never meets a program
 * that it was not made from, and a file of that name is always whole: the JVM that finds a broken one works without any.
 */
public final class ClassArchive {

    private final Path file;
    private final Path unfinished;
    private final boolean writable;

    private ClassArchive(Path file, boolean writable) {
        this.file = file;
        this.unfinished = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".new");
        this.writable = writable;
    }

    /**
     * The archive of a part.
     *
     * @param dir where archives are kept
     * @param part names it
     * @param program the files that the program consists of; a change of one makes another archive
     * @param writable whether it is made when it is absent
     */
    public static ClassArchive of(Path dir, String part, List<Path> program, boolean writable) {
        var key = new StringBuilder(Runtime.version().toString());
        for (var path : program) {
            try {
                key.append('\n')
                        .append(path)
                        .append(' ')
                        .append(Files.size(path))
                        .append(' ');
                key.append(Files.getLastModifiedTime(path).toMillis());
            } catch (IOException e) {
                // Not built yet: whoever starts it will say so.
                key.append("absent");
            }
        }
        var id = UUID.nameUUIDFromBytes(key.toString().getBytes(StandardCharsets.UTF_8))
                .toString();
        return new ClassArchive(dir.resolve(part + "-" + id.substring(0, 8) + ".jsa"), writable);
    }

    /** Options for the JVM that is about to start. */
    public List<String> options() {
        if (Files.exists(file)) {
            return List.of("-XX:SharedArchiveFile=" + file, "-Xlog:disable", "-Xlog:all=error");
        }
        if (!writable) {
            return List.of();
        }
        try {
            Files.createDirectories(file.getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.of("-XX:ArchiveClassesAtExit=" + unfinished, "-Xlog:disable", "-Xlog:all=error");
    }

    /** Whether the JVM that was started with {@link #options} writes the archive at its end, which takes some seconds. */
    public boolean isBeingMade() {
        return writable && !Files.exists(file);
    }

    /** After the JVM's end: keeps what it wrote, if it ended in order, and drops it otherwise. */
    public void settle(ChildProcess ended) {
        try {
            if (ended.endedInOrder() && Files.exists(unfinished)) {
                dropOlder();
                Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.deleteIfExists(unfinished);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Archives of the same part made from other programs. */
    private void dropOlder() throws IOException {
        var name = file.getFileName().toString();
        var part = name.substring(0, name.lastIndexOf('-') + 1);
        try (var files = Files.list(file.getParent())) {
            for (var other : files.filter(f -> f.getFileName().toString().matches(part + "[0-9a-f]{8}\\.jsa"))
                    .toList()) {
                Files.delete(other);
            }
        }
    }
}
