package io.tenure.provisioning.platform.sandbox;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What the driver must remember of an asset, beside it and out of its tenant's reach. Every file is replaced as a whole,
 * so a crash leaves the old one or the new one.
 */
final class AssetState {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final TypeReference<TreeMap<String, Integer>> MODES = new TypeReference<>() {};
    private static final TypeReference<TreeMap<String, Sanitized>> SANITIZED = new TypeReference<>() {};

    private final Path directory;
    private final Path modes;
    private final Path sanitized;
    private final Path lock;

    /**
     * That a file was sanitized, and how it looked right after: whoever writes to it again makes this void.
     *
     * @param modified time of the last change in nanoseconds since 1970
     */
    record Sanitized(SanitizedDisk disk, String inode, long modified) {

        boolean covers(Tree.Node file) {
            return file.inode().toString().equals(inode)
                    && file.size() == disk.bytes()
                    && file.modified().to(TimeUnit.NANOSECONDS) == modified;
        }

        static Sanitized of(SanitizedDisk disk, Tree.Node file) {
            return new Sanitized(disk, file.inode().toString(), file.modified().to(TimeUnit.NANOSECONDS));
        }
    }

    AssetState(Path directory, String key) {
        this.directory = directory;
        this.modes = directory.resolve(key + ".modes.json");
        this.sanitized = directory.resolve(key + ".sanitized.json");
        this.lock = directory.resolve(key + ".lock");
    }

    /** The file that whoever works on the asset holds a lock on. */
    Path lockFile() throws IOException {
        Files.createDirectories(directory);
        return lock;
    }

    /** Permission bits from before the asset was disabled, by encoded path; empty if it is not disabled. */
    Map<String, Integer> modes() throws IOException {
        return read(modes, MODES);
    }

    void keepModes(Map<String, Integer> all) throws IOException {
        write(modes, all);
    }

    void forgetModes() throws IOException {
        Files.deleteIfExists(modes);
    }

    /** Sanitized disks by encoded path. */
    Map<String, Sanitized> sanitized() throws IOException {
        return read(sanitized, SANITIZED);
    }

    void keepSanitized(Map<String, Sanitized> all) throws IOException {
        write(sanitized, all);
    }

    /** The asset is gone; nothing is to be remembered. */
    void forget() throws IOException {
        Files.deleteIfExists(modes);
        Files.deleteIfExists(sanitized);
        Files.deleteIfExists(lock);
    }

    private static <V> Map<String, V> read(Path file, TypeReference<TreeMap<String, V>> type) throws IOException {
        try {
            return MAPPER.readValue(Files.readAllBytes(file), type);
        } catch (NoSuchFileException absent) {
            return new TreeMap<>();
        }
    }

    private void write(Path file, Object content) throws IOException {
        Files.createDirectories(directory);
        DurableFiles.replace(file, MAPPER.writeValueAsBytes(content));
    }
}
