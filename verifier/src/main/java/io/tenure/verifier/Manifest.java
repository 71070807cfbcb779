package io.tenure.verifier;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether a certificate accounts for what was to be deleted, disk by disk. What was to be deleted was settled when everything was
 * disabled, a month before, by a fact of its own; what became of each disk is a fact of its own too. The certificate must say
 * what these say, so that nobody can leave a disk out.
 */
final class Manifest {

    private static final String CLOSED = "io.tenure.provisioning.TenantDisabled";
    private static final String SANITIZED = "io.tenure.provisioning.MediumSanitized";
    private static final String LOST = "io.tenure.lifecycle.LossAttested";

    private Manifest() {}

    /**
     * Compares a certificate with the facts that it rests on.
     *
     * @param payload the certificate
     * @param proven the events that it names, each proven to be in the log
     * @return what held, in words
     */
    static String check(byte[] payload, Collection<byte[]> proven) {
        JsonNode certificate = Json.parse(new String(payload, StandardCharsets.UTF_8));
        JsonNode manifest = certificate.get("manifest");
        Json.requireFields(manifest, Set.of("media", "sha256"), Set.of(), "the certificate's manifest");
        Set<String> certified = new TreeSet<>();
        Set<String> lost = new TreeSet<>();
        for (JsonNode asset : certificate.path("assets")) {
            add(certified, asset, asset.path("disks"));
            add(lost, asset, asset.path("lost"));
        }
        Set<String> accounted = new TreeSet<>(certified);
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
        Set<String> sanitized = new TreeSet<>();
        data(facts, SANITIZED).forEach(fact -> sanitized.add(line(Json.text(fact, "assetId"), fact.path("disk"))));
        certified.removeAll(sanitized);
        if (!certified.isEmpty()) {
            throw new VerificationException(
                    certified.size() + " disk(s) of the manifest are without a proven fact of their sanitization");
        }
        mustBeAttested(lost, data(facts, LOST));
        int sanitizedDisks = accounted.size() - lost.size();
        return accounted.size() + " disk(s) were disabled, and "
                + (lost.isEmpty()
                        ? "each is proven sanitized at its full size"
                        : sanitizedDisks + " are proven sanitized at their full size; " + lost.size()
                                + " are LOST, as two different people attested each");
    }

    private static void mustBeAttested(Set<String> lost, List<JsonNode> attestations) {
        Set<String> unattested = new TreeSet<>(lost);
        for (JsonNode fact : attestations) {
            if (fact.path("disk").isObject() && !Json.text(fact, "askedBy").equals(Json.text(fact, "attestedBy"))) {
                unattested.remove(line(Json.text(fact, "assetId"), fact.path("disk")));
            }
        }
        if (!unattested.isEmpty()) {
            throw new VerificationException(
                    unattested.size() + " lost disk(s) are without a proven attestation by two different people");
        }
    }

    private static void add(Set<String> lines, JsonNode asset, JsonNode disks) {
        for (JsonNode disk : disks) {
            // A lost asset has an entry without a name; its disks have one each.
            if (disk.hasNonNull("name") && !lines.add(line(Json.text(asset, "id"), disk))) {
                throw new VerificationException("the certificate has a disk twice");
            }
        }
    }

    private static List<JsonNode> data(List<JsonNode> facts, String type) {
        return facts.stream()
                .filter(fact -> type.equals(fact.path("type").asText()))
                .map(fact -> fact.path("data"))
                .toList();
    }

    private static String line(String asset, JsonNode disk) {
        return asset + " " + disk.path("bytes").asLong(-1) + " " + Json.text(disk, "name");
    }

    private static String digest(Set<String> lines) {
        MessageDigest digest = Merkle.sha256();
        lines.forEach(line -> digest.update((line + "\n").getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(digest.digest());
    }
}
