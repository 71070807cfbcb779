package io.tenure.provisioning.hypervisor.sandbox;

import com.sun.nio.file.ExtendedOpenOption;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.provisioning.hypervisor.DriverException;
import io.tenure.provisioning.hypervisor.HypervisorDriver.Progress;
import io.tenure.provisioning.hypervisor.HypervisorDriver.Progress.Phase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Overwrites a disk in place, once, with random data, and reads all of it back: Clear in the words of NIST SP 800-88. The
 * file is neither cut nor replaced, so the blocks that held the data are the ones that are overwritten; holes of a sparse
 * file are filled.
 */
final class DiskWiper {

    static final String METHOD = "CLEAR";
    static final String TECHNIQUE = "single-pass overwrite with random data";
    static final String TOOL = "tenure-sandbox/1";

    private static final int CHUNK = 1 << 20;
    private static final int REPORT_EVERY = 64 * CHUNK;

    private final long reserveBytes;
    private final FreeSpace freeSpace;

    /** Tells how many bytes are free where a file lies. */
    interface FreeSpace {
        long around(Path file) throws IOException;
    }

    /** @param reserveBytes how much a wipe of a sparse file must leave free for others */
    DiskWiper(long reserveBytes) {
        this(reserveBytes, file -> Files.getFileStore(file).getUsableSpace());
    }

    DiskWiper(long reserveBytes, FreeSpace freeSpace) {
        this.reserveBytes = reserveBytes;
        this.freeSpace = freeSpace;
    }

    /** Wipes a file that nobody else opens. @param name how the disk is called in the evidence */
    SanitizedDisk wipe(Path disk, String name, Progress progress) throws IOException {
        byte[] written;
        long size;
        try (FileChannel channel = FileChannel.open(disk, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            size = channel.size();
            written = overwrite(channel, disk, size, name, progress);
            channel.force(true);
        }
        byte[] read = readBack(disk, size, name, progress);
        if (!Arrays.equals(written, read)) {
            throw DriverException.passing("a disk does not hold what was written to it");
        }
        return new SanitizedDisk(
                name, size, METHOD, TECHNIQUE, TOOL, 1, size, HexFormat.of().formatHex(read));
    }

    private byte[] overwrite(FileChannel channel, Path disk, long size, String name, Progress progress)
            throws IOException {
        long freeAtStart = freeSpace.around(disk);
        RandomStream random = new RandomStream();
        MessageDigest digest = sha256();
        byte[] chunk = new byte[CHUNK];
        long position = 0;
        while (position < size) {
            int length = (int) Math.min(CHUNK, size - position);
            random.fill(chunk, length);
            digest.update(chunk, 0, length);
            ByteBuffer buffer = ByteBuffer.wrap(chunk, 0, length);
            while (buffer.hasRemaining()) {
                position += channel.write(buffer, position);
            }
            if (position % REPORT_EVERY == 0 || position == size) {
                progress.advanced(name, Phase.OVERWRITE, position, size);
                long free = freeSpace.around(disk);
                if (free < reserveBytes && free < freeAtStart) {
                    throw DriverException.passing("the storage is too full to fill a sparse disk");
                }
            }
        }
        return digest.digest();
    }

    private static byte[] readBack(Path disk, long size, String name, Progress progress) throws IOException {
        MessageDigest digest = sha256();
        long position = 0;
        try (FileChannel channel = openPastTheCache(disk)) {
            if (channel.size() != size) {
                throw DriverException.passing("a disk changed its size while it was overwritten");
            }
            int block = (int) Files.getFileStore(disk).getBlockSize();
            ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK + block).alignedSlice(block);
            buffer.limit(CHUNK);
            ByteBuffer chunk = buffer.slice();
            while (position < size) {
                chunk.clear();
                int length = channel.read(chunk, position);
                if (length < 0) {
                    throw DriverException.passing("a disk changed its size while it was overwritten");
                }
                digest.update(chunk.flip());
                position += length;
                if (position % REPORT_EVERY == 0 || position == size) {
                    progress.advanced(name, Phase.VERIFY, position, size);
                }
            }
        }
        return digest.digest();
    }

    /** Reads what the device holds rather than what the kernel remembers, where the file system can. */
    private static FileChannel openPastTheCache(Path disk) throws IOException {
        try {
            return FileChannel.open(
                    disk, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS, ExtendedOpenOption.DIRECT);
        } catch (UnsupportedOperationException | IOException unsupported) {
            return FileChannel.open(disk, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("SHA-256 is missing from this Java runtime", impossible);
        }
    }
}
