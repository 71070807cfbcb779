package io.tenure.local.server;

import io.tenure.local.process.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What a JVM leaves for the next start of the same program: an AOT cache where the JDK makes one in a single run (25 or
 * newer, JEP 514: classes loaded and linked), a class data archive (AppCDS) otherwise.
 * It is written when the JVM first ends in order and used from then on, which more than halves what a start costs. Its name
 * is derived from the JDK and the program's files, so that it never meets a program that it was not made from, and a file
 * of that name is always whole: a JVM that cannot use the one it finds works without any.
 */
public final class ClassArchive {

    /** What {@link #timeToEnd} is at most. */
    public static final Duration LONGEST_END = Duration.ofMinutes(4);

    private static final int WITH_AOT_CACHE = 25;
    private static final Duration ENDING = Duration.ofSeconds(20);
    private static final boolean AOT = Runtime.version().feature() >= WITH_AOT_CACHE;
    private static final String EXTENSION = AOT ? ".aot" : ".jsa";

    // ADR 0022. A JDK that no longer has one of these does without it.
    private static final List<String> DIAGNOSTIC =
            List.of("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+UnlockDiagnosticVMOptions");
    private static final String WHERE_IT_WAS_MADE_FOR = "-XX:ArchiveRelocationMode=0";
    private static final String WITHOUT_PROFILES = "-XX:-AOTRecordTraining";
    private static final List<String> QUIET = List.of("-Xlog:disable", "-Xlog:all=error");

    private final Path file;
    private final Path unfinished;
    private final boolean writable;

    private ClassArchive(Path file, boolean writable) {
        this.file = file;
        this.unfinished = file.resolveSibling(UUID.randomUUID() + ".new" + EXTENSION);
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
        return new ClassArchive(dir.resolve(part + "-" + id.substring(0, 8) + EXTENSION), writable);
    }

    /** Options for the JVM that is about to start. */
    public List<String> options() {
        var options = new ArrayList<String>();
        if (Files.exists(file)) {
            options.addAll(DIAGNOSTIC);
            options.add(WHERE_IT_WAS_MADE_FOR);
            options.add((AOT ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + file);
            options.addAll(QUIET);
        } else if (writable) {
            try {
                Files.createDirectories(file.getParent());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            options.addAll(DIAGNOSTIC);
            options.add(WITHOUT_PROFILES);
            options.add((AOT ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + unfinished);
            options.addAll(QUIET);
        }
        return List.copyOf(options);
    }

    /** How long the JVM that was started with {@link #options} may take to end: the first time it writes the archive. */
    public Duration timeToEnd() {
        return writable && !Files.exists(file) ? LONGEST_END : ENDING;
    }

    /** After the JVM's end: keeps what it wrote, if it ended in order, and drops it otherwise. */
    public void settle(ChildProcess ended) {
        try {
            if (ended.endedInOrder() && Files.exists(unfinished)) {
                dropOlder();
                Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.deleteIfExists(unfinished);
            // What a JVM that was killed while it trained has begun.
            Files.deleteIfExists(unfinished.resolveSibling(unfinished.getFileName() + ".config"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Archives of the same part made from other programs. */
    private void dropOlder() throws IOException {
        var name = file.getFileName().toString();
        var part = name.substring(0, name.lastIndexOf('-') + 1);
        try (var files = Files.list(file.getParent())) {
            for (var other : files.filter(f -> f.getFileName().toString().matches(part + "[0-9a-f]{8}\\.(aot|jsa)"))
                    .toList()) {
                Files.delete(other);
            }
        }
    }
}
