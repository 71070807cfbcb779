package io.tenure.local.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Holds a disk's file open from before the termination until after its deletion: what the storage then holds in those very
 * blocks can still be read, whatever became of the file's name and permissions.
 */
final class DiskWitness implements AutoCloseable {

    private static final int EVERY = 256 * 1024;

    private final String path;
    private final Storage.Held file;
    private final byte[] mark;

    private DiskWitness(String path, Storage.Held file, byte[] mark) {
        this.path = path;
        this.file = file;
        this.mark = mark;
    }

    /** Writes the customer's data onto a disk, as its machine would, and holds on to it. */
    static DiskWitness of(Storage storage, String disk) throws IOException {
        var mark = "customer record " + Story.randomHex(16);
        storage.write(disk, mark, EVERY);
        return new DiskWitness(disk, storage.hold(disk), mark.getBytes(StandardCharsets.US_ASCII));
    }

    /** Where it was before the termination. */
    String path() {
        return path;
    }

    /** What the blocks hold now. */
    Seen look() throws IOException {
        return new Seen(file.content(), mark);
    }

    /** What the blocks held at one time. */
    record Seen(byte[] content, byte[] mark) {

        String sha256() {
            try {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        /** At how many of the places where the customer's data was it still is. */
        int remains() {
            int found = 0;
            for (int at = 0; at + mark.length <= content.length; at += EVERY) {
                found += Arrays.equals(content, at, at + mark.length, mark, 0, mark.length) ? 1 : 0;
            }
            return found;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
