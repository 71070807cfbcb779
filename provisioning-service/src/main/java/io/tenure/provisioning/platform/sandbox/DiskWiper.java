package io.tenure.provisioning.platform.sandbox;

import com.sun.nio.file.ExtendedOpenOption;
import io.tenure.events.ProvisioningFact.NotCovered;
import io.tenure.events.ProvisioningFact.ReadBack;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.provisioning.platform.DriverException;
import io.tenure.provisioning.platform.HypervisorDriver.Progress.Phase;
import io.tenure.provisioning.platform.HypervisorDriver.Progress;
import java.io.Closeable;
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
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Overwrites a disk in place, once, with random data, and reads all of it back: Clear in the words of NIST SP 800-88. The
 * file is neither cut nor replaced, so the blocks that held the data are the ones that are overwritten, unless the file system
 * writes elsewhere; holes of a sparse file are filled. The evidence says what it ran on, and what it does not reach.
 */
final class DiskWiper {

    static final String METHOD = "CLEAR";
    static final String TECHNIQUE = "single-pass overwrite with random data";
    static final String TOOL = "tenure-sandbox/1";

    /** File systems that write a block's new content elsewhere, so that its old content stays until the place is used again. */
    private static final Set<String> COPYING =
            Set.of("btrfs", "zfs", "bcachefs", "overlay", "nilfs2", "f2fs", "apfs", "refs");

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
        Read read = readBack(disk, size, name, progress);
        if (!Arrays.equals(written, read.sha256())) {
            throw DriverException.passing("a disk does not hold what was written to it");
        }
        String storage = Files.getFileStore(disk).type();
        return new SanitizedDisk(
                name,
                size,
                METHOD,
                TECHNIQUE,
                TOOL,
                1,
                size,
                HexFormat.of().formatHex(read.sha256()),
                storage,
                read.from(),
                notCovered(storage));
    }

    /** What a file's overwrite on such a storage does not reach. The driver knows of no snapshot and no copy, and says so. */
    static List<NotCovered> notCovered(String storage) {
        return COPYING.contains(storage.toLowerCase(Locale.ROOT))
                ? List.of(NotCovered.COPY_ON_WRITE, NotCovered.SNAPSHOTS, NotCovered.REPLICAS, NotCovered.BACKUPS)
                : List.of(NotCovered.SNAPSHOTS, NotCovered.REPLICAS, NotCovered.BACKUPS);
    }

    /** What was read, and where from. */
    private record Read(byte[] sha256, ReadBack from) {}

    /** A file that is open for reading. */
    private record Opened(FileChannel channel, ReadBack from) implements Closeable {

        @Override
        public void close() throws IOException {
            channel.close();
        }
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

    private static Read readBack(Path disk, long size, String name, Progress progress) throws IOException {
        MessageDigest digest = sha256();
        long position = 0;
        try (Opened opened = openPastTheCache(disk)) {
            FileChannel channel = opened.channel();
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
            return new Read(digest.digest(), opened.from());
        }
    }

    /** Reads what the device holds rather than what the kernel remembers, where the file system can. */
    private static Opened openPastTheCache(Path disk) throws IOException {
        try {
            return new Opened(
                    FileChannel.open(
                            disk, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS, ExtendedOpenOption.DIRECT),
                    ReadBack.DEVICE);
        } catch (UnsupportedOperationException | IOException unsupported) {
            return new Opened(
                    FileChannel.open(disk, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS), ReadBack.CACHE);
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
