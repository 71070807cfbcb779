package io.tenure.benchmarks.meter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What the run was made on, as far as it decides the figures. */
public final class Machine {

    private static final int SYNCS = 200;
    private static final int PAGE = 8 * 1024;

    private Machine() {}

    /** @param scratch on the disk that the databases are on */
    public static Map<String, String> describe(Path scratch) throws IOException {
        var facts = new LinkedHashMap<String, String>();
        facts.put("processor", valueOf("/proc/cpuinfo", "model name"));
        facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        facts.put("memory", valueOf("/proc/meminfo", "MemTotal"));
        facts.put(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
        facts.put("jdk", Runtime.version() + " " + System.getProperty("java.vendor"));
        facts.put(
                "disk",
                "%s; fsync of an 8 KiB append takes %.2f ms in the median of %d"
                        .formatted(Files.getFileStore(scratch).type(), syncMillis(scratch), SYNCS));
        return facts;
    }

    /** A commit costs at least this. */
    private static double syncMillis(Path scratch) throws IOException {
        var file = Files.createTempFile(scratch, "sync", null);
        var took = new long[SYNCS];
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            var page = ByteBuffer.allocate(PAGE);
            for (int i = 0; i < SYNCS; i++) {
                long began = System.nanoTime();
                channel.write(page.rewind());
                channel.force(false);
                took[i] = System.nanoTime() - began;
            }
        } finally {
            Files.delete(file);
        }
        Arrays.sort(took);
        return took[SYNCS / 2] / 1e6;
    }

    private static String valueOf(String file, String key) throws IOException {
        try (var lines = Files.lines(Path.of(file))) {
            return lines.filter(l -> l.toLowerCase(Locale.ROOT).startsWith(key.toLowerCase(Locale.ROOT)))
                    .map(l -> l.substring(l.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        }
    }
}
