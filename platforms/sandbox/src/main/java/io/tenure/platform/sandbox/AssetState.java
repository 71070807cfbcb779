package io.tenure.platform.sandbox;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
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

    private static final TypeReference<TreeMap<String, String>> HOISTED = new TypeReference<>() {};

    private final Path directory;
    private final Path modes;
    private final Path sanitized;
    private final Path hoisted;
    private final Path keptOut;
    private final Path made;
    private final Path removing;
    private final String key;

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

    /** @param key identifies the asset, its lock and its journal on this storage */
    AssetState(Path directory, String key) {
        this.directory = directory;
        this.key = key;
        this.modes = directory.resolve(key + ".modes.json");
        this.sanitized = directory.resolve(key + ".sanitized.json");
        this.hoisted = directory.resolve(key + ".hoisted.json");
        this.keptOut = directory.resolve(key + ".out");
        this.made = directory.resolve(key + ".made");
        this.removing = directory.resolve(key + ".removing");
    }

    /** Identifies the asset, its lock and its journal on this storage. */
    String key() {
        return key;
    }

    /**
     * In which location the asset was made; empty if it was never made. Kept before the asset can be seen: if it cannot
     * be seen later, it may be anywhere.
     */
    Optional<String> madeIn() throws IOException {
        try {
            return Optional.of(Files.readString(made));
        } catch (NoSuchFileException never) {
            return Optional.empty();
        }
    }

    void keepMade(String location) throws IOException {
        Files.createDirectories(directory);
        DurableFiles.replace(made, location.getBytes(StandardCharsets.UTF_8));
    }

    void forgetMade() throws IOException {
        Files.deleteIfExists(made);
    }

    /** Whether it is this driver that has begun to remove the asset. */
    boolean isBeingRemoved() {
        return Files.exists(removing);
    }

    void keepRemoving() throws IOException {
        if (!isBeingRemoved()) {
            Files.createDirectories(directory);
            DurableFiles.replace(removing, new byte[0]);
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

    /** Forgets an asset that is gone, but for its journal, so that no late worker brings anything of it back. */
    void forget() throws IOException {
        Files.deleteIfExists(made);
        Files.deleteIfExists(removing);
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
