package io.tenure.events;

import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.Medium;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.stream.Stream;

/**
 * What closes a run of facts about single media: a digest by which a consumer knows that it has all of them, and these. It is
 * SHA-256, hexadecimal, over one line per medium, each ended by a line feed, in UTF-8 and in the order of Java strings.
 */
public final class MediaDigest {

    private MediaDigest() {}

    /** Lines {@code <bytes> <name>}. */
    public static String ofDisks(Collection<Disk> disks) {
        return of(disks.stream().map(disk -> disk.bytes() + " " + disk.name()));
    }

    /** Lines {@code <asset> <bytes> <name>}: what a termination is about, and so what its certificate must account for. */
    public static String ofManifest(Collection<Medium> media) {
        return of(media.stream().map(medium -> medium.assetId() + " " + medium.bytes() + " " + medium.name()));
    }

    /** Lines {@code <bytes> <name> <sha256>}. */
    public static String ofSanitized(Collection<SanitizedDisk> disks) {
        return of(disks.stream().map(disk -> disk.bytes() + " " + disk.name() + " " + disk.sha256()));
    }

    private static String of(Stream<String> lines) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            lines.peek(MediaDigest::mustBeOneLine)
                    .sorted()
                    .forEach(line -> digest.update((line + "\n").getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every JVM has SHA-256", impossible);
        }
    }

    private static void mustBeOneLine(String line) {
        if (line.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("A medium's name has a line feed");
        }
    }
}
