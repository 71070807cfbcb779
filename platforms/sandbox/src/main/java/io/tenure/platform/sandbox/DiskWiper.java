package io.tenure.platform.sandbox;

import com.sun.nio.file.ExtendedOpenOption;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.events.Sanitization.ErasedByStorage;
import io.tenure.events.Sanitization.NotCovered;
import io.tenure.events.Sanitization.Overwritten;
import io.tenure.events.Sanitization.ReadBack;
import io.tenure.platform.DriverException;
import io.tenure.platform.sandbox.Steps.Phase;
import io.tenure.platform.sandbox.Steps.Progress;
import io.tenure.platform.sandbox.Steps.Wipe;
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
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Overwrites a disk in place, once, with random data, and reads all of it back: Clear in the words of NIST SP 800-88
 * Rev. 2. The file is neither cut nor replaced, so the blocks that held the data are the ones that are overwritten,
 * unless the file system writes elsewhere. The evidence says what it ran on, and what it does not reach.
 *
 * <p>Whoever interrupts the thread closes the file that it is at: the wipe ends between two chunks.
 *
 * <p>Blocks that hold nothing but zeros are read and left as they are: they hold no data, and in a sparse file most of
 * them are holes, which writing would fill until the storage is full. Java does not tell where the holes are
 * (SEEK_HOLE), but reading them costs no more than reading memory.
 */
final class DiskWiper {

    static final String TECHNIQUE = "single-pass overwrite with random data";
    static final String TOOL = "tenure-sandbox/1";

    /**
     * File systems that write a block's new content elsewhere, so that its old content stays until the place is used
     * again.
     */
    private static final Set<String> COPYING =
            Set.of("btrfs", "zfs", "bcachefs", "overlay", "nilfs2", "f2fs", "apfs", "refs");

    private static final int CHUNK = 1 << 20;
    /** What is overwritten or left as a whole. */
    private static final int BLOCK = 4096;

    private static final int REPORT_EVERY = 64 * CHUNK;

    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(BLOCK);

    private final long reserveBytes;
    private final FreeSpace freeSpace;

    /** Tells how many bytes are free where a file lies. */
    interface FreeSpace {
        long around(Path file) throws IOException;
    }

    /** @param reserveBytes how much a wipe must leave free for others, where the file system writes elsewhere */
    DiskWiper(long reserveBytes) {
        this(reserveBytes, file -> Files.getFileStore(file).getUsableSpace());
    }

    DiskWiper(long reserveBytes, FreeSpace freeSpace) {
        this.reserveBytes = reserveBytes;
        this.freeSpace = freeSpace;
    }

    /** Wipes a file that nobody else opens. @param name how the disk is called in the evidence */
    SanitizedDisk wipe(Path disk, String name, Progress progress) throws IOException {
        long size;
        Written written;
        try (FileChannel channel = FileChannel.open(disk, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            size = channel.size();
            written = overwrite(channel, disk, size, name, progress);
            channel.force(true);
        }
        Read read = readBack(disk, size, written.chunks(), name, progress);
        if (read.bytes() != written.bytes() || !Arrays.equals(written.sha256(), read.sha256())) {
            throw DriverException.passing("a disk does not hold what was written to it");
        }
        String storage = Files.getFileStore(disk).type();
        return new SanitizedDisk(
                name,
                size,
                new Overwritten(
                        TECHNIQUE,
                        TOOL,
                        1,
                        read.bytes(),
                        size - read.bytes(),
                        read.bytes() == 0 ? null : HexFormat.of().formatHex(read.sha256()),
                        storage,
                        read.from(),
                        notCovered(storage)));
    }

    /** What is neither a directory nor a file: a link, a pipe, a socket. It holds no data, and goes with its directory. */
    static SanitizedDisk nothingToWipe(Path file, String name) throws IOException {
        String storage = Files.getFileStore(file.getParent()).type();
        return new SanitizedDisk(
                name,
                0,
                new ErasedByStorage(
                        "removed with its directory, and nothing overwritten",
                        TOOL,
                        storage,
                        "the file system says that it is no regular file and has no content",
                        notCovered(storage)));
    }

    /**
     * What a file's overwrite on such a storage does not reach. The driver knows of no snapshot and no copy, and says
     * so.
     */
    static List<NotCovered> notCovered(String storage) {
        return COPYING.contains(storage.toLowerCase(Locale.ROOT))
                ? List.of(NotCovered.COPY_ON_WRITE, NotCovered.SNAPSHOTS, NotCovered.REPLICAS, NotCovered.BACKUPS)
                : List.of(NotCovered.SNAPSHOTS, NotCovered.REPLICAS, NotCovered.BACKUPS);
    }

    /** @param chunks those in which something was written */
    private record Written(long bytes, byte[] sha256, BitSet chunks) {}

    /** What was read that is not zero, and where from. */
    private record Read(long bytes, byte[] sha256, ReadBack from) {}

    /** A file that is open for reading. */
    private record Opened(FileChannel channel, ReadBack from) implements Closeable {

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private Written overwrite(FileChannel channel, Path disk, long size, String name, Progress progress)
            throws IOException {
        long freeAtStart = freeSpace.around(disk);
        RandomStream random = new RandomStream();
        MessageDigest digest = sha256();
        BitSet chunks = new BitSet();
        byte[] chunk = new byte[CHUNK];
        long position = 0;
        long written = 0;
        try (Opened opened = openPastTheCache(disk)) {
            ByteBuffer present = buffer(disk);
            while (position < size) {
                int length = read(opened.channel(), present, position);
                for (int from = 0; from < length; ) {
                    int to = from;
                    while (to < length && !isEmpty(present, to, length)) {
                        to = Math.min(to + BLOCK, length);
                    }
                    if (to == from) {
                        from += BLOCK;
                        continue;
                    }
                    fill(random, chunk, to - from);
                    digest.update(chunk, 0, to - from);
                    write(channel, chunk, to - from, position + from);
                    written += to - from;
                    chunks.set(Math.toIntExact(position / CHUNK));
                    from = to;
                }
                position += length;
                if (position % REPORT_EVERY == 0 || position == size) {
                    progress.at(new Wipe(name, Phase.OVERWRITE, position, size));
                    long free = freeSpace.around(disk);
                    if (free < reserveBytes && free < freeAtStart) {
                        throw DriverException.passing("the storage is too full to overwrite a disk");
                    }
                }
            }
        }
        return new Written(written, digest.digest(), chunks);
    }

    /** The last block may be so short that chance makes it empty, and then it would not be looked for. */
    private static void fill(RandomStream random, byte[] chunk, int length) {
        random.fill(chunk, length);
        int last = (length - 1) / BLOCK * BLOCK;
        if (isEmpty(ByteBuffer.wrap(chunk), last, length)) {
            chunk[last] = 1;
        }
    }

    private static void write(FileChannel channel, byte[] bytes, int length, long at) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
        long position = at;
        while (buffer.hasRemaining()) {
            position += channel.write(buffer, position);
        }
    }

    /** Whether the block that begins at {@code from} has zeros only. */
    private static boolean isEmpty(ByteBuffer bytes, int from, int length) {
        int size = Math.min(BLOCK, length - from);
        return bytes.slice(from, size).mismatch(ZEROS.slice(0, size)) == -1;
    }

    private static Read readBack(Path disk, long size, BitSet chunks, String name, Progress progress)
            throws IOException {
        MessageDigest digest = sha256();
        long position = 0;
        long bytes = 0;
        try (Opened opened = openPastTheCache(disk)) {
            if (opened.channel().size() != size) {
                throw DriverException.passing("a disk changed its size while it was overwritten");
            }
            ByteBuffer chunk = buffer(disk);
            while (position < size) {
                if (!chunks.get(Math.toIntExact(position / CHUNK))) {
                    position = Math.min(size, (position / CHUNK + 1) * CHUNK);
                } else {
                    int length = read(opened.channel(), chunk, position);
                    for (int from = 0; from < length; from += BLOCK) {
                        if (!isEmpty(chunk, from, length)) {
                            int block = Math.min(BLOCK, length - from);
                            digest.update(chunk.slice(from, block));
                            bytes += block;
                        }
                    }
                    position += length;
                }
                if (position % REPORT_EVERY == 0 || position == size) {
                    progress.at(new Wipe(name, Phase.VERIFY, position, size));
                }
            }
            return new Read(bytes, digest.digest(), opened.from());
        }
    }

    /** One chunk, aligned as reading past the cache demands. */
    private static ByteBuffer buffer(Path disk) throws IOException {
        int block = (int) Files.getFileStore(disk).getBlockSize();
        ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK + block).alignedSlice(block);
        buffer.limit(CHUNK);
        return buffer.slice();
    }

    /** @return how many bytes were read, up to a whole chunk */
    private static int read(FileChannel channel, ByteBuffer chunk, long position) throws IOException {
        int length = channel.read(chunk.clear(), position);
        if (length < 0) {
            throw DriverException.passing("a disk changed its size while it was overwritten");
        }
        return length;
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
