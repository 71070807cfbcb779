package io.tenure.systemtests.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A process whose machine has another time, by libfaketime: its clock is off, and its monotonic one runs on. */
public final class FakedClock {

    private static final List<Path> LIBRARIES =
            List.of(Path.of("/usr/lib"), Path.of("/usr/lib64"), Path.of("/usr/local/lib"));

    private FakedClock() {}

    /** Whether this machine can fake one; where not, says what to install. */
    public static boolean isInstalled() {
        boolean installed = library().isPresent();
        if (!installed) {
            System.out.println("skipped: needs libfaketime (apt install libfaketime)");
        }
        return installed;
    }

    /** What the environment of a JVM says then. @param offset in libfaketime's words, for example {@code +1d} */
    public static Map<String, String> environment(String offset) {
        return Map.of(
                "LD_PRELOAD",
                library().orElseThrow().toString(),
                "FAKETIME",
                offset,
                // A JVM waits by the monotonic clock, and would hang.
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1",
                // The library's mend for some versions of glibc ends every timed wait of a JVM at once.
                "FAKETIME_FORCE_MONOTONIC_FIX",
                "0",
                // Class archives compare the times of files.
                "NO_FAKE_STAT",
                "1");
    }

    private static Optional<Path> library() {
        return LIBRARIES.stream()
                .filter(Files::isDirectory)
                .flatMap(dir -> {
                    try (var found = Files.find(
                            dir, 3, (path, is) -> path.endsWith("faketime/libfaketimeMT.so.1") && !is.isDirectory())) {
                        return found.toList().stream();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .findFirst();
    }
}
