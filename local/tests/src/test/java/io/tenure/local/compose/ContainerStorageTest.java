package io.tenure.local.compose;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.local.demo.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a shell of this machine in place of one in a container. */
class ContainerStorageTest {

    @TempDir
    private Path root;

    private ContainerStorage storage;

    @BeforeEach
    void open() throws IOException {
        storage = new ContainerStorage(List.of("bash"), root.toString());
    }

    @AfterEach
    void close() {
        storage.close();
    }

    @Test
    void seesWhatAHeldFileHoldsAfterItsEnd() throws IOException {
        storage.create("it's one/disk.img", 3000);
        storage.write("it's one/disk.img", "mark", 1000);
        var disk = root.resolve("it's one/disk.img");
        var before = Files.readAllBytes(disk);
        assertEquals(3000, before.length);
        for (int at : new int[] {0, 1000, 2000}) {
            assertEquals("mark", new String(before, at, 4, StandardCharsets.US_ASCII));
        }
        try (var held = storage.hold("it's one/disk.img")) {
            assertArrayEquals(before, held.content());
            Files.writeString(disk, "overwritten");
            Files.setPosixFilePermissions(disk, Set.of());
            Files.delete(disk);
            assertEquals("overwritten", new String(held.content(), StandardCharsets.US_ASCII));
            assertFalse(storage.exists("it's one/disk.img"));
        }
    }

    @Test
    void listsFilesWithTheirPermissions() throws IOException {
        Files.createDirectories(root.resolve("area/vm 1"));
        var file = Files.writeString(root.resolve("area/vm 1/disk.img"), "x");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertTrue(storage.exists("area/vm 1/disk.img"));
        assertEquals(List.of(new Storage.Found("area/vm 1/disk.img", 0640)), storage.files("area"));
        Files.setPosixFilePermissions(file, Set.of());
        assertEquals(List.of(new Storage.Found("area/vm 1/disk.img", 0)), storage.files("area"));
        assertEquals(List.of(), storage.files("nowhere"));
    }

    @Test
    void saysWhatFailedAndGoesOn() throws IOException {
        var failure = assertThrows(IOException.class, () -> storage.write("nowhere/disk.img", "mark", 10));
        assertTrue(failure.getMessage().startsWith("writing nowhere/disk.img failed"), failure.getMessage());
        assertThrows(IOException.class, () -> storage.hold("nowhere/disk.img"));
        assertEquals(List.of(), storage.files("nowhere"));
    }

    @Test
    void refusesADirectoryThatIsNotThere() {
        assertThrows(
                IOException.class,
                () -> new ContainerStorage(
                        List.of("bash"), root.resolve("absent").toString()));
    }

    @Test
    void saysThatTheShellIsGone() throws IOException {
        Files.writeString(root.resolve("file"), "x");
        storage = new ContainerStorage(List.of("timeout", "-s", "KILL", "1", "bash"), root.toString());
        var held = storage.hold("file");
        // At the latest when the second is over.
        var failure = assertThrows(IOException.class, () -> {
            while (true) {
                storage.exists("file");
            }
        });
        assertTrue(failure.getMessage().contains("has ended"), failure.getMessage());
        assertThrows(IOException.class, held::content);
    }
}
