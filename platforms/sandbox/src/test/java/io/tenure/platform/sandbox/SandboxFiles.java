package io.tenure.platform.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;

/** Files of a sandbox, looked at past the driver. */
public final class SandboxFiles {

    private SandboxFiles() {}

    /** The directory of the sandbox that is configured. */
    public static Path root() {
        return Path.of(ConfigProvider.getConfig().getValue("tenure.sandbox.root", String.class));
    }

    /** Where it keeps what a tenant has in {@code de-fra-1}. */
    public static Path tenant(UUID tenantId) {
        return tenant("de-fra-1", tenantId);
    }

    /** Where it keeps what a tenant has in a location. */
    public static Path tenant(String location, UUID tenantId) {
        return root().resolve(location).resolve(tenantId.toString());
    }

    /** Everything below a directory: path to permissions and content. */
    public static Map<String, String> snapshot(Path directory) {
        if (!Files.exists(directory)) {
            return Map.of();
        }
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                String permissions =
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
                boolean file = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
                all.put(directory.relativize(path).toString(), permissions + (file ? " " + sha256(path) : ""));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return all;
    }

    /** Removes a directory that contains only directories. */
    public static void removeEmpty(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    public static String sha256(Path file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (IOException | GeneralSecurityException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
