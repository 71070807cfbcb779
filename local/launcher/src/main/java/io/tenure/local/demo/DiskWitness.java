package io.tenure.local.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Holds a disk's file open from before the termination until after its deletion: what the storage then holds in those very
 * blocks can still be read, whatever became of the file's name and permissions.
 */
final class DiskWitness implements AutoCloseable {

    private static final int EVERY = 256 * 1024;
    private static final int CHUNK = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final byte[] mark;

    private DiskWitness(Path path, FileChannel channel, byte[] mark) {
        this.path = path;
        this.channel = channel;
        this.mark = mark;
    }

    /** Writes the customer's data onto a disk, as its machine would, and holds on to it. */
    static DiskWitness of(Path disk) throws IOException {
        var mark = ("customer record " + Story.randomHex(16)).getBytes(StandardCharsets.US_ASCII);
        try (var writer = FileChannel.open(disk, StandardOpenOption.WRITE)) {
            for (long at = 0; at + mark.length <= writer.size(); at += EVERY) {
                writer.write(ByteBuffer.wrap(mark), at);
            }
            writer.force(true);
        }
        return new DiskWitness(disk, FileChannel.open(disk, StandardOpenOption.READ), mark);
    }

    /** Where it was before the termination. */
    Path path() {
        return path;
    }

    /** Size in bytes. */
    long size() throws IOException {
        return channel.size();
    }

    /** Whether the file still has a name anywhere below a directory. */
    static boolean anyFile(Path below) throws IOException {
        if (!Files.exists(below)) {
            return false;
        }
        try (var files = Files.walk(below)) {
            return files.anyMatch(Files::isRegularFile);
        }
    }

    /** SHA-256 of what the blocks hold now. */
    String sha256() throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            var buffer = ByteBuffer.allocate(CHUNK);
            for (long at = 0; at < channel.size(); at += buffer.limit()) {
                buffer.clear();
                channel.read(buffer, at);
                digest.update(buffer.flip());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** At how many of the places where the customer's data was it still is. */
    int remains() throws IOException {
        int found = 0;
        var buffer = ByteBuffer.allocate(mark.length);
        for (long at = 0; at + mark.length <= channel.size(); at += EVERY) {
            buffer.clear();
            channel.read(buffer, at);
            found += java.util.Arrays.equals(mark, buffer.array()) ? 1 : 0;
        }
        return found;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
