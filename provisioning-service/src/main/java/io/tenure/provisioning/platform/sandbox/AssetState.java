package io.tenure.provisioning.platform.sandbox;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.provisioning.platform.DriverException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * What the driver must remember of an asset, beside it and out of its tenant's reach. Every file is replaced as a whole,
 * so a crash leaves the old one or the new one.
 */
final class AssetState {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final TypeReference<TreeMap<String, Integer>> MODES = new TypeReference<>() {};
    private static final TypeReference<TreeMap<String, Sanitized>> SANITIZED = new TypeReference<>() {};

    private static final TypeReference<TreeMap<String, String>> HOISTED = new TypeReference<>() {};

    private final Path directory;
    private final Path modes;
    private final Path sanitized;
    private final Path hoisted;
    private final Path keptOut;
    private final Path epochs;
    private final Path epoch;
    private final UUID lock;

    /**
     * That a file was sanitized, and how it looked right after: whoever writes to it again makes this void.
     *
     * @param key tells the same file under all its names
     * @param modified time of the last change in nanoseconds since 1970
     */
    record Sanitized(SanitizedDisk disk, String key, long modified) {

        boolean covers(Tree.Node file) {
            return file.key().toString().equals(key)
                    && file.size() == disk.bytes()
                    && file.modified().to(TimeUnit.NANOSECONDS) == modified;
        }

        static Sanitized of(SanitizedDisk disk, Tree.Node file) {
            return new Sanitized(disk, file.key().toString(), file.modified().to(TimeUnit.NANOSECONDS));
        }
    }

    /**
     * @param epochs where the epochs of all assets are, also of those that are gone
     * @param lock identifies the asset's lock
     */
    AssetState(Path directory, Path epochs, String key, UUID lock) {
        this.directory = directory;
        this.epochs = epochs;
        this.epoch = epochs.resolve(key);
        this.modes = directory.resolve(key + ".modes.json");
        this.sanitized = directory.resolve(key + ".sanitized.json");
        this.hoisted = directory.resolve(key + ".hoisted.json");
        this.keptOut = directory.resolve(key + ".out");
        this.lock = lock;
    }

    /** Identifies the asset's lock. */
    UUID lock() {
        return lock;
    }

    /**
     * Lets a worker go on, unless one with a higher epoch was here before: that one's word counts. The caller holds the asset's
     * lock.
     */
    void admit(long worker) throws IOException {
        long highest = epoch();
        if (worker < highest) {
            throw DriverException.conflict("a later worker was at the asset already");
        }
        if (worker > highest) {
            Files.createDirectories(epochs);
            DurableFiles.replace(epoch, Long.toString(worker).getBytes(StandardCharsets.UTF_8));
        }
    }

    private long epoch() throws IOException {
        try {
            return Long.parseLong(Files.readString(epoch).strip());
        } catch (NoSuchFileException first) {
            return 0;
        }
    }

    /** Whether the asset was disabled before it existed, and so may not be made. */
    boolean isKeptOut() {
        return Files.exists(keptOut);
    }

    void keepOut() throws IOException {
        if (!isKeptOut()) {
            Files.createDirectories(directory);
            DurableFiles.replace(keptOut, new byte[0]);
        }
    }

    void letIn() throws IOException {
        Files.deleteIfExists(keptOut);
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

    /** Directories that were moved up because they were too deep, by where they are now; where they were, both encoded. */
    Map<String, String> hoisted() throws IOException {
        return read(hoisted, HOISTED);
    }

    void keepHoisted(Map<String, String> all) throws IOException {
        write(hoisted, all);
    }

    /** The asset is gone; nothing is to be remembered but its epoch, so that no late worker brings anything of it back. */
    void forget() throws IOException {
        Files.deleteIfExists(modes);
        Files.deleteIfExists(sanitized);
        Files.deleteIfExists(hoisted);
        Files.deleteIfExists(keptOut);
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
