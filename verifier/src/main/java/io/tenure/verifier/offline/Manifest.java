package io.tenure.verifier.offline;

import com.fasterxml.jackson.databind.JsonNode;
import io.tenure.verifier.VerificationException;
import io.tenure.verifier.encoding.Json;
import io.tenure.verifier.offline.OfflineVerifier.Finding;
import io.tenure.verifier.tree.Merkle;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Checks that a certificate accounts for what was to be deleted, disk by disk. One fact settled that when everything
 * was disabled, a month earlier; further facts say what became of each disk. The certificate must agree with them, so
 * that it can neither leave a disk out nor claim a better sanitization than there was.
 */
final class Manifest {

    private static final String CLOSED = "io.tenure.provisioning.TenantDisabled";
    private static final String SANITIZED = "io.tenure.provisioning.MediumSanitized";
    private static final String LOST = "io.tenure.lifecycle.LossAttested";

    private Manifest() {}

    /**
     * What became of the disks of a manifest.
     *
     * @param summary of all, in words
     * @param media of each
     */
    record Accounted(String summary, List<Finding> media) {}

    /**
     * Compares a certificate with the facts that it rests on.
     *
     * @param payload the certificate
     * @param proven the events that it names, each proven to be in the log
     * @return what held
     */
    static Accounted check(byte[] payload, Collection<byte[]> proven) {
        JsonNode certificate = Json.parse(new String(payload, StandardCharsets.UTF_8));
        JsonNode manifest = certificate.get("manifest");
        Json.requireFields(manifest, Set.of("media", "sha256"), Set.of(), "the certificate's manifest");
        SortedMap<Medium, Sanitization> certified = new TreeMap<>();
        Set<Medium> lost = new TreeSet<>();
        for (JsonNode asset : certificate.path("assets")) {
            for (JsonNode disk : asset.path("disks")) {
                once(certified.put(Medium.of(Json.text(asset, "id"), disk), Sanitization.of(disk)) == null);
            }
            for (JsonNode disk : asset.path("lost")) {
                // A lost asset has an entry without a name; its disks have one each.
                if (disk.hasNonNull("name")) {
                    once(lost.add(Medium.of(Json.text(asset, "id"), disk)));
                }
            }
        }
        Set<Medium> accounted = new TreeSet<>(certified.keySet());
        accounted.addAll(lost);
        if (manifest.get("media").asInt(-1) != certified.size() + lost.size()
                || !digest(accounted).equals(Json.text(manifest, "sha256"))) {
            throw new VerificationException("the certificate does not account for every disk of its manifest");
        }
        List<JsonNode> facts = proven.stream()
                .map(event -> Json.parse(new String(event, StandardCharsets.UTF_8)))
                .toList();
        List<JsonNode> closed = data(facts, CLOSED);
        if (closed.isEmpty()) {
            throw new VerificationException("no fact tells that a manifest was closed when everything was disabled");
        }
        for (JsonNode one : closed) {
            if (one.path("media").asInt(-1) != accounted.size()
                    || !Json.text(one, "manifestDigest").equals(Json.text(manifest, "sha256"))) {
                throw new VerificationException("another manifest was closed when everything was disabled");
            }
        }
        mustBeTold(certified, data(facts, SANITIZED));
        mustBeAttested(lost, data(facts, LOST));
        List<Finding> media = new ArrayList<>();
        certified.forEach((medium, sanitization) -> media.add(new Finding(medium.words(), true, sanitization.words())));
        lost.forEach(medium -> media.add(
                new Finding(medium.words(), true, "LOST: two different people attested that it cannot be found")));
        return new Accounted(summary(accounted.size(), lost.size()), media);
    }

    private static String summary(int all, int lost) {
        return all + " disk(s) were disabled, and "
                + (lost == 0
                        ? "each is proven sanitized at its full size"
                        : (all - lost) + " are proven sanitized at their full size; " + lost
                                + " are LOST, as two different people attested each");
    }

    /** A disk that was sanitized again has several facts; the certified one must be among them. */
    private static void mustBeTold(SortedMap<Medium, Sanitization> certified, List<JsonNode> sanitized) {
        Map<Medium, Set<Sanitization>> told = new HashMap<>();
        for (JsonNode fact : sanitized) {
            told.computeIfAbsent(Medium.of(Json.text(fact, "assetId"), fact.path("disk")), none -> new HashSet<>())
                    .add(Sanitization.of(fact.path("disk")));
        }
        long untold = certified.keySet().stream()
                .filter(medium -> !told.containsKey(medium))
                .count();
        if (untold > 0) {
            throw new VerificationException(
                    untold + " disk(s) of the manifest are without a proven fact of their sanitization");
        }
        certified.forEach((medium, sanitization) -> {
            if (!told.get(medium).contains(sanitization)) {
                throw new VerificationException("a disk was sanitized otherwise than the certificate says");
            }
        });
    }

    private static void mustBeAttested(Set<Medium> lost, List<JsonNode> attestations) {
        Set<Medium> unattested = new TreeSet<>(lost);
        for (JsonNode fact : attestations) {
            if (fact.path("disk").isObject() && !Json.text(fact, "askedBy").equals(Json.text(fact, "attestedBy"))) {
                unattested.remove(Medium.of(Json.text(fact, "assetId"), fact.path("disk")));
            }
        }
        if (!unattested.isEmpty()) {
            throw new VerificationException(
                    unattested.size() + " lost disk(s) are without a proven attestation by two different people");
        }
    }

    private static void once(boolean first) {
        if (!first) {
            throw new VerificationException("the certificate has a disk twice");
        }
    }

    private static List<JsonNode> data(List<JsonNode> facts, String type) {
        return facts.stream()
                .filter(fact -> type.equals(fact.path("type").asText()))
                .map(fact -> fact.path("data"))
                .toList();
    }

    private static String digest(Set<Medium> media) {
        MessageDigest digest = Merkle.sha256();
        media.forEach(medium -> digest.update((medium.line() + "\n").getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(digest.digest());
    }

    /** A disk of the manifest, in the order of the lines that its digest is made of. */
    private record Medium(String asset, long bytes, String name) implements Comparable<Medium> {

        /** Refuses what would make a line that another disk could have. */
        static Medium of(String asset, JsonNode disk) {
            String name = Json.text(disk, "name");
            JsonNode bytes = disk.path("bytes");
            if (!asset.matches("[A-Za-z0-9._:-]{1,128}")
                    || name.indexOf('\n') >= 0
                    || !bytes.isIntegralNumber()
                    || !bytes.canConvertToLong()) {
                throw new VerificationException("a disk has an asset, a size or a name that cannot be");
            }
            return new Medium(asset, bytes.longValue(), name);
        }

        String line() {
            return asset + " " + bytes + " " + name;
        }

        String words() {
            return Json.printable("disk " + name + " of " + asset + ", " + bytes + " byte(s)");
        }

        @Override
        public int compareTo(Medium other) {
            return line().compareTo(other.line());
        }
    }
}
