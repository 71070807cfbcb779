package io.tenure.systemtests.proof;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A directory's files at one moment: path, permissions, size and hash of each. */
public record Disks(Map<String, String> files) {

    private static final int BUFFER = 1 << 16;

    /** Reads every byte below the directory; none of it where there is no such directory. */
    public static Disks of(Path directory) {
        var files = new TreeMap<String, String>();
        if (Files.exists(directory)) {
            try (Stream<Path> all = Files.walk(directory)) {
                for (var file : all.filter(Files::isRegularFile).toList()) {
                    files.put(
                            directory.relativize(file).toString(),
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)) + " " + Files.size(file)
                                    + " " + sha256(file));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return new Disks(files);
    }

    private static String sha256(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            var digest = MessageDigest.getInstance("SHA-256");
            var buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
