package io.tenure.platform.sandbox;

import io.tenure.platform.DriverException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * One worker at a time on an asset, in this process and among all that share the storage; a dead process holds nothing.
 *
 * <p>All assets share one file, which is never removed, and each has a byte of its own in it: a file for each asset
 * would have to be removed with it, and whoever waits for the removed one would hold another lock than whoever comes
 * later.
 */
final class AssetLocks {

    interface Work<T> {
        T run() throws IOException;
    }

    private static final Duration PAUSE = Duration.ofMillis(20);

    // The operating system drops a process's locks on a file as soon as the process closes it anywhere. So all threads
    // share one channel, which is closed with the last lock.
    private static final Map<Path, Shared> OPEN = new HashMap<>();

    private final Path file;
    private final Duration patience;

    AssetLocks(Path file, Duration patience) {
        this.file = file;
        this.patience = patience;
    }

    /** @param key identifies the asset on this storage */
    <T> T with(String key, Work<T> work) throws IOException {
        long position = position(key);
        long deadline = System.nanoTime() + patience.toNanos();
        FileLock lock = acquire(position);
        while (lock == null) {
            pause(deadline);
            lock = acquire(position);
        }
        try {
            return work.run();
        } finally {
            release(lock, position);
        }
    }

    /** Whether somebody is at work on an asset now, here or elsewhere. */
    boolean isHeld(String key) throws IOException {
        long position = position(key);
        synchronized (OPEN) {
            FileLock lock = acquire(position);
            if (lock == null) {
                return true;
            }
            release(lock, position);
            return false;
        }
    }

    /** Two assets with the same byte would only wait for each other. */
    private static long position(String key) {
        UUID hash = UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8));
        return hash.getMostSignificantBits() & (Long.MAX_VALUE >> 1);
    }

    /** Null while somebody else holds it. */
    private FileLock acquire(long position) throws IOException {
        synchronized (OPEN) {
            Shared shared = OPEN.get(file);
            if (shared == null) {
                shared = new Shared(
                        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE), new HashSet<>());
                OPEN.put(file, shared);
            }
            try {
                FileLock lock = shared.held().contains(position)
                        ? null
                        : shared.channel().tryLock(position, 1, false);
                if (lock != null) {
                    shared.held().add(position);
                }
                return lock;
            } finally {
                closeUnlessNeeded(shared);
            }
        }
    }

    private void release(FileLock lock, long position) throws IOException {
        synchronized (OPEN) {
            Shared shared = OPEN.get(file);
            try {
                lock.release();
            } finally {
                shared.held().remove(position);
                closeUnlessNeeded(shared);
            }
        }
    }

    private void closeUnlessNeeded(Shared shared) throws IOException {
        if (shared.held().isEmpty()) {
            OPEN.remove(file);
            shared.channel().close();
        }
    }

    private record Shared(FileChannel channel, Set<Long> held) {}

    private static void pause(long deadline) {
        if (System.nanoTime() - deadline > 0) {
            throw DriverException.passing("another worker is busy with the asset");
        }
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw DriverException.passing("the service stops");
        }
    }
}
