package io.tenure.provisioning.platform.sandbox;

import io.tenure.provisioning.platform.DriverException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** One worker at a time on an asset, in this process and among all that share the storage; a dead process holds nothing. */
final class AssetLocks {

    interface Work<T> {
        T run() throws IOException;
    }

    private static final Duration PAUSE = Duration.ofMillis(20);

    // The operating system drops a process's locks on a file as soon as the process closes it anywhere, so a second
    // thread must not even open it.
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();
    private final Duration patience;

    AssetLocks(Duration patience) {
        this.patience = patience;
    }

    <T> T with(AssetState state, Work<T> work) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        Path file = state.lockFile();
        while (!HELD.add(file)) {
            pause(deadline);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            FileLock lock = channel.tryLock();
            while (lock == null) {
                pause(deadline);
                lock = channel.tryLock();
            }
            return work.run();
        } finally {
            HELD.remove(file);
        }
    }

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
