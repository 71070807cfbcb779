package io.tenure.events;

import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.Medium;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.events.Sanitization.CryptographicallyErased;
import io.tenure.events.Sanitization.ErasedByStorage;
import io.tenure.events.Sanitization.Overwritten;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Stream;

/**
 * Ends a run of facts about single media: by this digest a consumer knows that it has all of them and no others. It is
 * SHA-256, hexadecimal, over one line per medium, each ended by a line feed, in UTF-8 and in the order of Java strings.
 */
public final class MediaDigest {

    private MediaDigest() {}

    /** Lines {@code <bytes> <name>}. */
    public static String ofDisks(Collection<Disk> disks) {
        return of(disks.stream().map(disk -> disk.bytes() + " " + disk.name()));
    }

    /** Lines {@code <asset> <bytes> <name>}: what a termination covers and its certificate must account for. */
    public static String ofManifest(Collection<Medium> media) {
        return of(media.stream().map(medium -> medium.assetId() + " " + medium.bytes() + " " + medium.name()));
    }

    /**
     * Lines of fields with a tab between them, in the order of the contract: the size, the kind of sanitization,
     * everything else in it but the method (which follows from the rest), and the name. A missing hash is an empty
     * field; a list is preceded by its length. Only the name, the last field, can hold a tab, so different disks make
     * different lines. What a later version of the contract adds to a sanitization stays out of the digest: a consumer
     * that does not know it must compute the same one.
     */
    public static String ofSanitized(Collection<SanitizedDisk> disks) {
        return of(disks.stream().map(disk -> {
            StringJoiner line = new StringJoiner("\t");
            line.add(Long.toString(disk.bytes()));
            fields(disk.sanitization()).forEach(field -> line.add(String.valueOf(field)));
            return line.add(disk.name()).toString();
        }));
    }

    private static List<Object> fields(Sanitization sanitization) {
        List<Object> fields = new ArrayList<>();
        switch (sanitization) {
            case Overwritten way ->
                fields.addAll(List.of(
                        Sanitization.OVERWRITTEN,
                        way.technique(),
                        way.tool(),
                        way.passes(),
                        way.bytesVerified(),
                        way.bytesEmpty(),
                        way.sha256() == null ? "" : way.sha256(),
                        way.storage(),
                        way.readBack()));
            case CryptographicallyErased way -> {
                fields.addAll(List.of(Sanitization.CRYPTOGRAPHICALLY_ERASED, way.keyId(), way.algorithm(), way.tool()));
                fields.add(way.copies().size());
                way.copies().forEach(copy -> fields.addAll(List.of(copy.place(), copy.fate(), copy.at())));
                fields.add(way.storage());
            }
            case ErasedByStorage way ->
                fields.addAll(List.of(
                        Sanitization.ERASED_BY_STORAGE, way.technique(), way.tool(), way.storage(), way.confirmed()));
        }
        fields.add(sanitization.notCovered().size());
        fields.addAll(sanitization.notCovered());
        return fields;
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
