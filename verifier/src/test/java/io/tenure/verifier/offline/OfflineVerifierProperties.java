package io.tenure.verifier.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenure.verifier.VerificationException;
import io.tenure.verifier.certificate.Certificate;
import io.tenure.verifier.certificate.CertificateKey;
import io.tenure.verifier.certificate.CertificatePublicKey;
import io.tenure.verifier.encoding.Ed25519;
import io.tenure.verifier.encoding.Json;
import io.tenure.verifier.note.Checkpoint;
import io.tenure.verifier.note.NoteKeys;
import io.tenure.verifier.note.NoteSigner;
import io.tenure.verifier.note.TlogProof;
import io.tenure.verifier.tree.Merkle;
import io.tenure.verifier.tree.MerkleProperties;
import io.tenure.verifier.tree.Proofs;
import io.tenure.verifier.tree.TreeAppender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class OfflineVerifierProperties {

    private static final NoteSigner LOG = NoteKeys.generate("log.example/tenure");
    private static final String VKEY = LOG.verifier().vkey();
    private static final CertificateKey KEY = CertificateKey.generate();
    private static final CertificateKey RETIRED_KEY = CertificateKey.generate();
    private static final String JWKS = CertificatePublicKey.jwks(List.of(KEY.publicKey(), RETIRED_KEY.publicKey()));
    private static final int LOGGED = 300;
    private static final String ROOT = disk("root", 4096);
    private static final String DATA = disk("data", 2048);
    private static final String ONE_DISK = "[{\"id\":\"vm-1\",\"disks\":[" + ROOT + "]}]";
    private static final String TWO_DISKS =
            "[{\"id\":\"vm-1\",\"disks\":[" + ROOT + "]}," + "{\"id\":\"vm-2\",\"disks\":[" + DATA + "]}]";
    private static final List<byte[]> EVENTS = events();
    private static final MerkleProperties.TestTree TREE = tree();

    private static final String PROOF_FILE = proof(7).with(EVENTS.get(7)).text();
    private static final String PROOF_ANSWER = answer(7, proof(7).text());
    private static final String CERTIFICATE = certificate(List.of(7, 8, 9, 299), TWO_DISKS, manifest(TWO_DISKS), KEY);
    private static final String BUNDLE = bundle(CERTIFICATE, List.of(7, 8, 9, 299, 0));

    @Example
    void whatWasMadeRightVerifies() throws IOException {
        assertHolds(verify(PROOF_FILE, VKEY, null), "proof");
        assertHolds(verify(PROOF_ANSWER, VKEY, null), "proof");
        assertHolds(verify(CERTIFICATE, null, JWKS), "certificate");
        assertHolds(verify(BUNDLE, null, null), "bundle");
        assertHolds(verify(BUNDLE, VKEY + "\n", JWKS), "bundle");
        Path file = Files.createTempFile("bundle", ".json");
        try {
            Files.writeString(file, BUNDLE);
            OfflineVerifier.Report report = OfflineVerifier.file(file, Optional.of(VKEY), Optional.of(JWKS));
            assertThat(report.ok()).isTrue();
            assertThat(report.findings())
                    .extracting(OfflineVerifier.Finding::name)
                    .contains("log key", "certificate keys", "certificate signature", "certificate event event-299");
        } finally {
            Files.delete(file);
        }
    }

    @Property(tries = 1500)
    void aChangedBitOfABundleFails(@ForAll @IntRange(max = 7) int bit, @ForAll @IntRange(max = 1 << 30) int place) {
        assertFlipFails(BUNDLE, place, bit, null, null);
    }

    @Example
    void anyChangedBitOfAProofFileFails() {
        assertEveryFlipFails(PROOF_FILE, VKEY, null);
    }

    @Example
    void anyChangedBitOfAProofAnswerFails() {
        assertEveryFlipFails(PROOF_ANSWER, VKEY, null);
    }

    @Example
    void anyChangedBitOfACertificateFails() {
        assertEveryFlipFails(CERTIFICATE, null, JWKS);
    }

    @Property(tries = 300)
    void whateverIsInAFileEndsInAReport(@ForAll byte[] content) {
        assertThat(OfflineVerifier.document(content, Optional.of(VKEY), Optional.of(JWKS))
                        .ok())
                .isFalse();
    }

    @Example
    void keysFromOutsideDecide() {
        String otherLog = NoteKeys.generate("log.example/tenure").verifier().vkey();
        String otherKeys =
                CertificatePublicKey.jwks(List.of(CertificateKey.generate().publicKey()));
        assertFails(verify(BUNDLE, otherLog, JWKS), "log key");
        assertFails(verify(BUNDLE, VKEY, otherKeys), "certificate keys");
        assertFails(verify(BUNDLE, "not a key", null), "log key");
        assertFails(verify(PROOF_FILE, otherLog, null), "inclusion of event event-7");
        assertFails(verify(PROOF_FILE, null, null), "log key");
        assertFails(verify(CERTIFICATE, VKEY, otherKeys), "certificate signature");
        assertFails(verify(CERTIFICATE, VKEY, null), "file");
        assertFails(verify(CERTIFICATE, VKEY, "{}"), "certificate signature");
    }

    /** A disk that is lost is accounted for by two different people, and the verifier says so in words. */
    @Example
    void aLostDiskNeedsTwoDifferentPeople() {
        String oneLost = "[{\"id\":\"vm-1\",\"disks\":[" + ROOT + "],\"lost\":[]},"
                + "{\"id\":\"vm-2\",\"disks\":[],\"lost\":[{\"name\":\"data\",\"bytes\":2048},{\"name\":null}]}]";
        List<Integer> attested = List.of(7, 8, 10);
        OfflineVerifier.Report report =
                verify(bundle(certificate(attested, oneLost, manifest(TWO_DISKS), KEY), attested), null, null);
        assertHolds(report, "bundle");
        assertThat(report.findings())
                .extracting(OfflineVerifier.Finding::detail)
                .contains("2 disk(s) were disabled, and 1 are proven sanitized at their full size; 1 are LOST, as two"
                        + " different people attested each")
                .contains("LOST: two different people attested that it cannot be found");
        for (List<Integer> unattested : List.of(List.of(7, 8), List.of(7, 8, 11), List.of(7, 8, 9))) {
            assertFails(
                    verify(bundle(certificate(unattested, oneLost, manifest(TWO_DISKS), KEY), unattested), null, null),
                    "manifest");
        }
        // Sanitized and lost is one too many.
        String both = TWO_DISKS.replace(DATA + "]}", DATA + "],\"lost\":[{\"name\":\"data\",\"bytes\":2048}]}");
        List<Integer> all = List.of(7, 8, 9, 10);
        assertFails(verify(bundle(certificate(all, both, manifest(TWO_DISKS), KEY), all), null, null), "manifest");
    }

    /** A repeated command is answered once more; another answer is another manifest. */
    @Example
    void aManifestMayBeToldTwiceAndNotTwoManifests() {
        List<Integer> twice = List.of(7, 8, 9, 12);
        assertFails(
                verify(bundle(certificate(twice, TWO_DISKS, manifest(TWO_DISKS), KEY), twice), null, null), "manifest");
    }

    @Example
    void aNamedEventThatIsMissingOrAnotherFails() {
        assertFails(verify(bundle(CERTIFICATE, List.of(7, 8, 9)), null, null), "certificate event event-299");
        String lying = Certificate.sign(
                ("{\"events\":[{\"id\":\"event-7\",\"sha256\":\"" + Certificate.sha256Hex(EVENTS.get(8)) + "\"}]}")
                        .getBytes(StandardCharsets.UTF_8),
                KEY);
        assertFails(verify(bundle(lying, List.of(7)), null, null), "certificate event event-7");
    }

    /** Disabled were two disks: a certificate that leaves one out, or says otherwise of its size, is none. */
    @Example
    void aDiskThatIsNotAccountedForFails() {
        List<Integer> all = List.of(7, 8, 9);
        assertHolds(verify(bundle(certificate(all, TWO_DISKS, manifest(TWO_DISKS), KEY), all), null, null), "bundle");
        assertFails(verify(bundle(certificate(all, ONE_DISK, manifest(TWO_DISKS), KEY), all), null, null), "manifest");
        assertFails(verify(bundle(certificate(all, ONE_DISK, manifest(ONE_DISK), KEY), all), null, null), "manifest");
        String smaller = TWO_DISKS.replace(DATA, disk("data", 1024));
        assertFails(verify(bundle(certificate(all, smaller, manifest(smaller), KEY), all), null, null), "manifest");
        String again = "[" + ONE_DISK.substring(1, ONE_DISK.length() - 1) + "," + ONE_DISK.substring(1);
        assertFails(verify(bundle(certificate(all, again, manifest(TWO_DISKS), KEY), all), null, null), "manifest");
        // Without the fact of the second disk, or of the manifest itself.
        List<Integer> some = List.of(7, 8);
        assertFails(
                verify(bundle(certificate(some, TWO_DISKS, manifest(TWO_DISKS), KEY), some), null, null), "manifest");
        List<Integer> open = List.of(8, 9);
        assertFails(
                verify(bundle(certificate(open, TWO_DISKS, manifest(TWO_DISKS), KEY), open), null, null), "manifest");
    }

    @Example
    void anEventTwiceFails() {
        assertFails(verify(bundle(CERTIFICATE, List.of(7, 8, 9, 299, 8)), null, null), "events");
    }

    @Example
    void whatNothingWouldCheckIsRefused() {
        assertFails(verify(BUNDLE.replaceFirst("\\{", "{\"note\":1,"), null, null), "file");
        assertFails(verify(BUNDLE + " {}", null, null), "file");
        assertFails(verify(PROOF_ANSWER.replaceFirst("\\{", "{\"index\":7,"), VKEY, null), "file");
        assertFails(verify(answer(7, proof(7).with(EVENTS.get(8)).text()), VKEY, null), "inclusion of event event-7");
        assertFails(verify(proof(7).text(), VKEY, null), "file");
        assertFails(verify(answer(8, proof(7).text()), VKEY, null), "event");
    }

    @Example
    void aSignatureByARetiredKeyStaysGood() {
        List<Integer> named = List.of(7, 8, 9);
        String certificate = certificate(named, TWO_DISKS, manifest(TWO_DISKS), RETIRED_KEY);
        assertHolds(verify(bundle(certificate, named), VKEY, JWKS), "bundle");
    }

    @Example
    void certificateKeysReadBack() {
        CertificateKey again = CertificateKey.fromPem(KEY.toPem());
        assertThat(again.kid()).isEqualTo(KEY.kid());
        assertThat(again.toPem()).isEqualTo(KEY.toPem());
        assertThat(CertificatePublicKey.fromJwks(JWKS)).containsExactly(KEY.publicKey(), RETIRED_KEY.publicKey());
        assertThatThrownBy(() -> CertificateKey.fromPem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CertificateKey.fromPem("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Certificate.sign("{\"events\":[]}".getBytes(StandardCharsets.UTF_8), KEY))
                .isInstanceOf(VerificationException.class);
    }

    @Example
    void theThumbprintIsTheOneOfRfc8037() {
        // RFC 8037, appendix A.1 to A.3
        byte[] seed = Base64.getUrlDecoder().decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
        CertificatePublicKey key = new CertificatePublicKey(Ed25519.publicKeyOf(seed));
        assertThat(key.kid()).isEqualTo("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assertThat(key.jwk()).contains("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    }

    private static void assertEveryFlipFails(String document, String vkey, String jwks) {
        int length = document.getBytes(StandardCharsets.UTF_8).length;
        for (int place = 0; place < length; place++) {
            for (int bit = 0; bit < 8; bit++) {
                assertFlipFails(document, place, bit, vkey, jwks);
            }
        }
    }

    private static void assertFlipFails(String document, int place, int bit, String vkey, String jwks) {
        byte[] content = document.getBytes(StandardCharsets.UTF_8);
        content[place % content.length] ^= (byte) (1 << bit);
        assertThat(OfflineVerifier.document(content, Optional.ofNullable(vkey), Optional.ofNullable(jwks))
                        .ok())
                .as("bit %d of byte %d", bit, place % content.length)
                .isFalse();
    }

    private static OfflineVerifier.Report verify(String document, String vkey, String jwks) {
        return OfflineVerifier.document(
                document.getBytes(StandardCharsets.UTF_8), Optional.ofNullable(vkey), Optional.ofNullable(jwks));
    }

    private static void assertHolds(OfflineVerifier.Report report, String kind) {
        assertThat(report.findings()).isNotEmpty().allMatch(OfflineVerifier.Finding::ok);
        assertThat(report.ok()).isTrue();
        assertThat(report.kind()).isEqualTo(kind);
    }

    private static void assertFails(OfflineVerifier.Report report, String finding) {
        assertThat(report.ok()).isFalse();
        assertThat(report.findings())
                .filteredOn(found -> !found.ok())
                .extracting(OfflineVerifier.Finding::name)
                .contains(finding);
    }

    private static List<byte[]> events() {
        List<byte[]> events = new ArrayList<>();
        for (int i = 0; i < LOGGED; i++) {
            String fact =
                    switch (i) {
                        case 7 ->
                            "provisioning.TenantDisabled\",\"data\":{\"media\":2,\"manifestDigest\":\""
                                    + digest(TWO_DISKS) + "\"}";
                        case 8 -> sanitized("vm-1", ROOT);
                        case 9 -> sanitized("vm-2", DATA);
                        case 10 -> lost("vm-2", "data", 2048, "one", "another");
                        case 11 -> lost("vm-2", "data", 2048, "one", "one");
                        case 12 ->
                            "provisioning.TenantDisabled\",\"data\":{\"media\":1,\"manifestDigest\":\""
                                    + digest(ONE_DISK) + "\"}";
                        default -> "test\"";
                    };
            events.add(("{\"specversion\":\"1.0\",\"id\":\"event-" + i + "\",\"type\":\"io.tenure." + fact + "}")
                    .getBytes(StandardCharsets.UTF_8));
        }
        return events;
    }

    private static String sanitized(String asset, String disk) {
        return "provisioning.MediumSanitized\",\"data\":{\"assetId\":\"" + asset + "\",\"disk\":" + disk + "}";
    }

    private static String disk(String name, int bytes) {
        return SanitizationTest.disk(name, bytes, SanitizationTest.overwritten(bytes));
    }

    private static String lost(String asset, String disk, int bytes, String askedBy, String attestedBy) {
        return "lifecycle.LossAttested\",\"data\":{\"assetId\":\"" + asset + "\",\"disk\":{\"name\":\"" + disk
                + "\",\"bytes\":" + bytes + "},\"askedBy\":\"" + askedBy + "\",\"attestedBy\":\"" + attestedBy + "\"}";
    }

    /** As the provider's services make it. */
    private static String digest(String assets) {
        List<String> lines = new ArrayList<>();
        Json.parse("{\"assets\":" + assets + "}").get("assets").forEach(asset -> asset.get("disks")
                .forEach(disk -> lines.add(asset.get("id").asText() + " " + disk.get("bytes") + " "
                        + disk.get("name").asText() + "\n")));
        return Certificate.sha256Hex(
                lines.stream().sorted().collect(Collectors.joining()).getBytes(StandardCharsets.UTF_8));
    }

    private static String manifest(String assets) {
        return "{\"media\":" + (assets.split("\"bytes\"", -1).length - 1) + ",\"sha256\":\"" + digest(assets) + "\"}";
    }

    private static MerkleProperties.TestTree tree() {
        TreeAppender appender = new TreeAppender(0, tile -> null);
        EVENTS.forEach(event -> appender.append(Merkle.hashLeaf(event)));
        MerkleProperties.TestTree tree = new MerkleProperties.TestTree();
        tree.store(appender.drain());
        return tree;
    }

    private static TlogProof proof(int index) {
        String checkpoint = new Checkpoint("log.example/tenure", LOGGED, TREE.root(LOGGED)).sign(LOG);
        return new TlogProof(index, Proofs.inclusion(index, LOGGED, TREE.tilesAt(LOGGED)), checkpoint);
    }

    private static String answer(int index, String proof) {
        return Json.object()
                .put("index", index)
                .put("eventId", "event-" + index)
                .put("event", Base64.getEncoder().encodeToString(EVENTS.get(index)))
                .put("proof", proof)
                .toString();
    }

    private static String certificate(List<Integer> named, String assets, String manifest, CertificateKey key) {
        var payload = Json.object().put("tenantId", "01890a5d-ac96-774b-bcce-b302099a8057");
        payload.set("manifest", Json.parse(manifest));
        payload.set("assets", Json.parse("{\"assets\":" + assets + "}").get("assets"));
        var events = payload.putArray("events");
        named.forEach(index ->
                events.addObject().put("id", "event-" + index).put("sha256", Certificate.sha256Hex(EVENTS.get(index))));
        return Certificate.sign(payload.toString().getBytes(StandardCharsets.UTF_8), key);
    }

    private static String bundle(String certificate, List<Integer> events) {
        List<EvidenceBundle.Proven> proven = events.stream()
                .map(index -> new EvidenceBundle.Proven(
                        EVENTS.get(index), proof(index).text()))
                .toList();
        return EvidenceBundle.bundle(certificate, List.of(KEY.publicKey(), RETIRED_KEY.publicKey()), VKEY, proven);
    }
}
