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
        Set<String> certified = certified(certificate.path("assets"));
        if (manifest.get("media").asInt(-1) != certified.size()
                || !digest(certified).equals(Json.text(manifest, "sha256"))) {
            throw new VerificationException("the certificate does not account for every disk of its manifest");
        }
        List<JsonNode> facts = proven.stream()
                .map(event -> Json.parse(new String(event, StandardCharsets.UTF_8)))
                .toList();
        List<JsonNode> closed = data(facts, CLOSED);
        if (closed.size() != 1
                || closed.getFirst().path("media").asInt(-1) != certified.size()
                || !Json.text(closed.getFirst(), "manifestDigest").equals(Json.text(manifest, "sha256"))) {
            throw new VerificationException("another manifest was closed when everything was disabled");
        }
        Set<String> sanitized = new TreeSet<>();
        data(facts, SANITIZED).forEach(fact -> sanitized.add(line(Json.text(fact, "assetId"), fact.path("disk"))));
        certified.removeAll(sanitized);
        if (!certified.isEmpty()) {
            throw new VerificationException(
                    certified.size() + " disk(s) of the manifest are without a proven fact of their sanitization");
        }
        return manifest.get("media").asInt() + " disk(s) were disabled, and each is proven sanitized at its full size";
    }

    private static Set<String> certified(JsonNode assets) {
        Set<String> lines = new TreeSet<>();
        for (JsonNode asset : assets) {
            for (JsonNode disk : asset.path("disks")) {
                if (!lines.add(line(Json.text(asset, "id"), disk))) {
                    throw new VerificationException("the certificate has a disk twice");
                }
            }
        }
        return lines;
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
