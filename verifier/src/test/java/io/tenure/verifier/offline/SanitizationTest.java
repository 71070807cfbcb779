package io.tenure.verifier.offline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tenure.verifier.certificate.Certificate;
import io.tenure.verifier.certificate.CertificateKey;
import io.tenure.verifier.encoding.Json;
import io.tenure.verifier.note.Checkpoint;
import io.tenure.verifier.note.NoteKeys;
import io.tenure.verifier.note.NoteSigner;
import io.tenure.verifier.note.TlogProof;
import io.tenure.verifier.tree.Merkle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each way of sanitizing is described in words; a claim of more than was done is caught, in the facts and in the
 * certificate.
 */
class SanitizationTest {

    private static final NoteSigner LOG = NoteKeys.generate("log.example/tenure");
    private static final CertificateKey KEY = CertificateKey.generate();

    private static final String NOTHING_WRITTEN = overwritten(0)
            .replace("\"bytesEmpty\":0", "\"bytesEmpty\":4096")
            .replace("\"sha256\":\"" + "ab".repeat(32) + "\"", "\"sha256\":null");
    private static final String ERASED = """
            {"kind":"CRYPTOGRAPHICALLY_ERASED","method":"PURGE","keyId":"vault/4711","algorithm":"AES-256-XTS","tool":"luks/2",
             "copies":[{"place":"vault","fate":"DESTROYED","at":"2026-11-23T22:00:00Z"},
                       {"place":"header","fate":"DESTROYED","at":"2026-11-23T22:00:01Z"}],
             "storage":"ceph","notCovered":["BACKUPS"]}""";
    private static final String COPY_LEFT = ERASED.replace("PURGE", "CLEAR")
            .replace("\"header\",\"fate\":\"DESTROYED\"", "\"backup\",\"fate\":\"EXPIRES\"");
    private static final String BY_STORAGE = """
            {"kind":"ERASED_BY_STORAGE","method":"CLEAR","technique":"secure discard","tool":"array/3","storage":"san",
             "confirmed":"task 12 succeeded","notCovered":[]}""";

    private static final List<String> WAYS = List.of(overwritten(4096), NOTHING_WRITTEN, ERASED, COPY_LEFT, BY_STORAGE);
    private static final List<String> WORDS = List.of(
            "Clear (NIST SP 800-88 Rev. 2): overwritten (random data, 1 pass, by sandbox/1) on ext4; 4096 byte(s) read back from"
                    + " the device, 0 byte(s) held nothing before; does not cover snapshots, backups",
            "Clear (NIST SP 800-88 Rev. 2): overwritten (random data, 1 pass, by sandbox/1) on ext4; 0 byte(s) read back from"
                    + " the device, 4096 byte(s) held nothing before; does not cover snapshots, backups",
            "Purge (NIST SP 800-88 Rev. 2): cryptographically erased (AES-256-XTS, key vault/4711, by luks/2) on ceph; copies of"
                    + " the key: vault destroyed 2026-11-23T22:00:00Z, header destroyed 2026-11-23T22:00:01Z; does not cover"
                    + " backups",
            "Clear (NIST SP 800-88 Rev. 2): cryptographically erased (AES-256-XTS, key vault/4711, by luks/2) on ceph; copies of"
                    + " the key: vault destroyed 2026-11-23T22:00:00Z, backup STILL THERE until 2026-11-23T22:00:01Z; does not"
                    + " cover backups",
            "Clear (NIST SP 800-88 Rev. 2): erased by the storage (secure discard, by array/3) on san; confirmed: task 12"
                    + " succeeded; it names nothing that it does not cover");

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void everyWayIsSaidInWords(int way) {
        OfflineVerifier.Report report = verify(WAYS.get(way), WAYS.get(way));
        assertThat(report.findings()).allMatch(OfflineVerifier.Finding::ok);
        assertThat(report.findings())
                .contains(new OfflineVerifier.Finding("disk root of vm-1, 4096 byte(s)", true, WORDS.get(way)));
    }

    /** The fact and the certificate make the same false claim. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\0',
            delimiter = '|',
            value = {
                "0 | /kind | \"BURNT\"",
                "0 | /kind | null",
                "0 | /kind | \"ERASED_BY_STORAGE\"",
                "0 | /method | \"PURGE\"",
                "0 | /method | \"DESTROY\"",
                "0 | /method | null",
                "0 | /passes | 0",
                "0 | /passes | \"1\"",
                "0 | /passes | 1.5",
                "0 | /bytesVerified | 4095",
                "0 | /bytesVerified | -1",
                "0 | /bytesVerified | 9223372036854775807",
                "0 | /bytesVerified | 18446744073709551616",
                "0 | /bytesEmpty | 1",
                "0 | /bytesEmpty | null",
                "0 | /sha256 | null",
                "0 | /sha256 | \"ab\"",
                "0 | /technique | \" \"",
                "0 | /tool | null",
                "0 | /tool | \"a\\tb\"",
                "0 | /storage | 7",
                "0 | /readBack | \"HEARSAY\"",
                "0 | /notCovered | null",
                "0 | /notCovered | [\"RUMOURS\"]",
                "0 | /notCovered | [null]",
                "1 | /sha256 | \"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"",
                "2 | /method | \"CLEAR\"",
                "2 | /keyId | \"\"",
                "2 | /algorithm | null",
                "2 | /copies | []",
                "2 | /copies | null",
                "2 | /copies/0/fate | \"EXPIRES\"",
                "2 | /copies/0/fate | \"FORGOTTEN\"",
                "2 | /copies/0/place | \"header\"",
                "2 | /copies/0/at | \"soon\"",
                "2 | /copies/0/at | null",
                "3 | /method | \"PURGE\"",
                "3 | /copies/1/fate | \"DESTROYED\"",
                "4 | /method | \"PURGE\"",
                "4 | /confirmed | \"\"",
                "4 | /technique | null"
            })
    void aLieFails(int way, String place, String value) {
        String lie = changed(WAYS.get(way), place, value);
        assertFails(verify(lie, lie), "how a disk was sanitized does not hold");
    }

    /** The fact is what was logged at the time; a certificate cannot make more of it, or anything else. */
    @ParameterizedTest
    @CsvSource({
        "0, /technique, zeros",
        "0, /readBack, CACHE",
        "0, /storage, xfs",
        "2, /keyId, vault/4712",
        "2, /copies/0/place, HSM",
        "2, /copies/0/at, 2026-11-23T21:00:00Z",
        "4, /confirmed, seen"
    })
    void aCertificateThatSaysOtherwiseFails(int way, String place, String value) {
        String otherwise = changed(WAYS.get(way), place, "\"" + value + "\"");
        assertThat(verify(otherwise, otherwise).ok()).isTrue();
        assertFails(verify(WAYS.get(way), otherwise), "otherwise than the certificate says");
    }

    @Test
    void anotherWayThanTheFactTellsFails() {
        assertFails(verify(COPY_LEFT, ERASED), "otherwise than the certificate says");
        assertFails(verify(BY_STORAGE, overwritten(4096)), "otherwise than the certificate says");
    }

    /** A service of one version writes what another one reads: the same instant, and what the older one does not know. */
    @Test
    void whatMeansTheSameIsTheSame() {
        String newer =
                changed(changed(ERASED, "/witness", "\"somebody\""), "/copies/0/at", "\"2026-11-23T22:00:00.000Z\"");
        OfflineVerifier.Report report = verify(newer, ERASED);
        assertThat(report.findings()).allMatch(OfflineVerifier.Finding::ok);
    }

    /** A text that turned the terminal's line around, or its colour, would say something else than what was proven. */
    @Test
    void whatIsPrintedCannotSteerATerminal() {
        String turned = changed(BY_STORAGE, "/technique", "\"x\\u202Eegrup\"");
        assertThat(verify(turned, turned).findings())
                .extracting(OfflineVerifier.Finding::detail)
                .anyMatch(detail -> detail.contains("(x?egrup, by array/3)"));
        OfflineVerifier.Report named =
                verifyDisks(disk("r\\u001b[2Jt", 4096, BY_STORAGE), disk("r\\u001b[2Jt", 4096, BY_STORAGE));
        assertThat(named.findings())
                .extracting(OfflineVerifier.Finding::name)
                .contains("disk r?[2Jt of vm-1, 4096 byte(s)");
    }

    /** Two lines that look alike would account for two disks with one. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\":\"a\\nb\",\"bytes\":1",
                "{\"name\":\"a\",\"bytes\":\"1\"",
                "{\"name\":\"a\",\"bytes\":1e30"
            })
    void aDiskThatCannotBeFails(String disk) {
        String whole = disk + ",\"sanitization\":" + BY_STORAGE + "}";
        assertFails(verifyDisks(whole, whole), "cannot be");
    }

    /** A disk that was found again was sanitized again; the certificate names one of these, and each must hold. */
    @Test
    void aDiskMayBeSanitizedTwiceAndNeitherMayLie() {
        String lie = changed(BY_STORAGE, "/method", "\"PURGE\"");
        String once = disk("root", 4096, overwritten(4096));
        String again = disk("root", 4096, BY_STORAGE);
        assertThat(verifyDisks(again, once, again).ok()).isTrue();
        assertFails(verifyDisks(again, disk("root", 4096, lie), again), "how a disk was sanitized does not hold");
    }

    static String disk(String name, long bytes, String sanitization) {
        return "{\"name\":\"" + name + "\",\"bytes\":" + bytes + ",\"sanitization\":" + sanitization + "}";
    }

    static String overwritten(long bytes) {
        return """
                {"kind":"OVERWRITTEN","method":"CLEAR","technique":"random data","tool":"sandbox/1","passes":1,"bytesVerified":%d,\
                "bytesEmpty":0,"sha256":"%s","storage":"ext4","readBack":"DEVICE","notCovered":["SNAPSHOTS","BACKUPS"]}""".formatted(bytes, "ab".repeat(32));
    }

    private static String changed(String way, String place, String value) {
        JsonNode changed = Json.parse(way);
        int name = place.lastIndexOf('/');
        ((ObjectNode) changed.at(place.substring(0, name)))
                .set(
                        place.substring(name + 1),
                        Json.parse("{\"value\":" + value + "}").get("value"));
        return changed.toString();
    }

    private static OfflineVerifier.Report verify(String told, String certified) {
        return verifyDisks(disk("root", 4096, certified), disk("root", 4096, told));
    }

    private static String fact(String disk) {
        return "provisioning.MediumSanitized\",\"data\":{\"assetId\":\"vm-1\",\"disk\":" + disk + "}";
    }

    /** A bundle as a provider would make it, whatever it says. */
    private static OfflineVerifier.Report verifyDisks(String certified, String... told) {
        JsonNode disk = Json.parse(certified);
        String digest = Certificate.sha256Hex(
                ("vm-1 " + disk.get("bytes").asText() + " " + disk.get("name").asText() + "\n")
                        .getBytes(StandardCharsets.UTF_8));
        ObjectNode payload = Json.object();
        payload.putObject("manifest").put("media", 1).put("sha256", digest);
        payload.putArray("assets")
                .addObject()
                .put("id", "vm-1")
                .putArray("disks")
                .add(disk);
        ArrayNode named = payload.putArray("events");
        List<EvidenceBundle.Proven> proven = new ArrayList<>();
        List<String> facts =
                new ArrayList<>(Arrays.stream(told).map(SanitizationTest::fact).toList());
        facts.add("provisioning.TenantDisabled\",\"data\":{\"media\":1,\"manifestDigest\":\"" + digest + "\"}");
        for (String fact : facts) {
            String id = "event-" + proven.size();
            byte[] event = ("{\"specversion\":\"1.0\",\"id\":\"" + id + "\",\"type\":\"io.tenure." + fact + "}")
                    .getBytes(StandardCharsets.UTF_8);
            named.addObject().put("id", id).put("sha256", Certificate.sha256Hex(event));
            // A log of this one event.
            String checkpoint = new Checkpoint("log.example/tenure", 1, Merkle.hashLeaf(event)).sign(LOG);
            proven.add(new EvidenceBundle.Proven(event, new TlogProof(0, List.of(), checkpoint).text()));
        }
        String certificate = Certificate.sign(payload.toString().getBytes(StandardCharsets.UTF_8), KEY);
        String bundle = EvidenceBundle.bundle(
                certificate, List.of(KEY.publicKey()), LOG.verifier().vkey(), proven);
        return OfflineVerifier.document(bundle.getBytes(StandardCharsets.UTF_8), Optional.empty(), Optional.empty());
    }

    private static void assertFails(OfflineVerifier.Report report, String why) {
        assertThat(report.findings())
                .filteredOn(finding -> !finding.ok())
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.name()).isEqualTo("manifest");
                    assertThat(finding.detail()).contains(why);
                });
    }
}
