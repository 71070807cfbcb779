package io.tenure.local.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** Unpacks the PostgreSQL program that comes inside a Maven artifact. */
final class PostgresBinaries {

    private static final String RESOURCE = "/postgres-linux-x86_64.txz";

    private PostgresBinaries() {}

    /**
     * The program's home below the given directory, unpacked there the first time. Safe with several processes at once.
     *
     * @param below a directory that the server's user can reach
     */
    static Path unpack(Path below) throws IOException {
        var home = below.resolve("postgresql");
        if (Files.exists(home)) {
            return home;
        }
        try (var lock = FileChannel.open(
                        below.resolve("postgresql.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var held = lock.lock()) {
            if (Files.exists(home)) {
                return home;
            }
            var partial = Files.createTempDirectory(below, "postgresql-");
            Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString("rwxr-xr-x"));
            extract(partial);
            Files.move(partial, home);
        }
        return home;
    }

    private static void extract(Path into) throws IOException {
        try (var resource = PostgresBinaries.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new IOException("no PostgreSQL for this machine among the artifacts (Linux on x86-64 is needed)");
            }
            try (var tar = new TarArchiveInputStream(new XZCompressorInputStream(resource))) {
                TarArchiveEntry entry;
                while ((entry = tar.getNextEntry()) != null) {
                    write(tar, entry, into);
                }
            }
        }
    }

    private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path into) throws IOException {
        var target = into.resolve(entry.getName()).normalize();
        if (!target.startsWith(into)) {
            throw new IOException("an entry leaves the directory: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, target);
        // Readable by the server's user whatever the umask.
        var mode = (entry.getMode() & 0111) == 0 ? "rw-r--r--" : "rwxr-xr-x";
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(mode));
    }
}
