package io.tenure.lifecycle.certificate;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.restassured.path.json.JsonPath;
import io.tenure.events.EventCodec;
import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.LifecycleFact.TenantDeleted;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.events.Sanitization;
import io.tenure.events.Sanitization.CryptographicallyErased;
import io.tenure.events.Sanitization.ErasedByStorage;
import io.tenure.events.Sanitization.KeyCopy;
import io.tenure.events.Sanitization.NotCovered;
import io.tenure.events.Sanitization.Overwritten;
import io.tenure.events.Sanitization.ReadBack;
import io.tenure.events.Topic;
import io.tenure.kit.testing.TestRecords;
import io.tenure.kit.testing.TestTokens;
import io.tenure.lifecycle.LifecycleTest;
import io.tenure.lifecycle.Records;
import io.tenure.lifecycle.Records.Told;
import io.tenure.lifecycle.Story;
import io.tenure.verifier.certificate.Certificate;
import io.tenure.verifier.certificate.Certificate.NamedEvent;
import io.tenure.verifier.certificate.CertificateKey;
import io.tenure.verifier.certificate.CertificatePublicKey;
import io.tenure.verifier.note.Checkpoint;
import io.tenure.verifier.note.NoteKeys;
import io.tenure.verifier.note.NoteSigner;
import io.tenure.verifier.note.TlogProof;
import io.tenure.verifier.offline.EvidenceBundle;
import io.tenure.verifier.offline.EvidenceBundle.Proven;
import io.tenure.verifier.offline.OfflineVerifier;
import io.tenure.verifier.tree.Merkle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@LifecycleTest
class CertificateTest {

    @Test
    void saysWhatWasDoneAndNamesItsEvidence() {
        Story story = Story.deleted();
        Certificate certificate = Certificate.open(certificateOf(story), CertificatePublicKey.fromJwks(keys()));
        JsonPath said = new JsonPath(new String(certificate.payload(), StandardCharsets.UTF_8));

        assertThat(said.getString("terminationId")).isEqualTo(story.termination.toString());
        assertThat(said.getString("tenantId")).isEqualTo(story.tenant.toString());
        assertThat(said.getString("retention.policy")).isEqualTo("P30D");
        assertThat(said.getList("retention.warnings")).hasSize(3);
        assertThat(said.getInt("retention.notices")).isEqualTo(Story.NOTICES);
        assertThat(said.getInt("credentialsRevoked")).isEqualTo(1);
        assertThat(said.getInt("keysDestroyed")).isEqualTo(1);
        assertThat(said.getInt("ciphertextsDestroyed")).isEqualTo(3);
        assertThat(said.getList("matrixRows", String.class)).contains("P2.1", "P2.2b", "P2.3", "P4.4");
        assertThat(said.getList("assets.id", String.class))
                .containsExactlyInAnyOrder(story.vm.toString(), story.vdc.toString());
        Map<String, Object> disk = said.getMap("assets.find { it.kind == 'VM' }.disks[0]");
        assertThat(disk).containsEntry("name", "root").containsEntry("bytes", 4096);
        assertThat(said.getMap("assets.find { it.kind == 'VM' }.disks[0].sanitization"))
                .containsEntry("kind", "OVERWRITTEN")
                .containsEntry("method", "CLEAR")
                .containsEntry("technique", "single-pass overwrite with random data")
                .containsEntry("tool", "sandbox 1")
                .containsEntry("bytesVerified", 4096)
                .containsEntry("storage", "ext4")
                .containsEntry("readBack", "CACHE")
                .containsEntry("notCovered", List.of("BACKUPS"));
        for (String instant : List.of(
                "requestedAt",
                "assetsDisabledAt",
                "accessRevokedAt",
                "retention.startedAt",
                "retention.endsAt",
                "deletionStartedAt",
                "assetsDeletedAt",
                "inventoriedAt",
                "keysDestroyedAt",
                "issuedAt")) {
            assertThat(said.getString(instant)).as(instant).isNotNull();
        }

        assertThat(said.getList("confirmed.item"))
                .containsExactly(
                        "dataBackedUp",
                        "sensitiveDataErasedOrEncrypted",
                        "integrationsDisabled",
                        "usersDecommissioned",
                        "ownPoliciesFollowed");
        assertThat(said.getList("confirmed.row")).containsExactly("C2.1", "C2.2", "C2.3", "C2.3", "C2.4");
        assertThat(said.getList("confirmed.by"))
                .doesNotContainNull()
                .allMatch(by -> by.equals(said.get("confirmed[0].by")));
        assertThat(said.getList("confirmed[0].roles")).containsExactly("account-manager");
        assertThat(said.getList("confirmed.at")).allMatch(at -> at.equals(said.getString("requestedAt")));
        assertThat(said.getInt("manifest.media")).isEqualTo(1);
        assertThat(said.getString("manifest.sha256")).isEqualTo(story.manifestDigest());

        // Every event that it names was published with exactly these bytes, including this service's own.
        Map<String, byte[]> published = published(story);
        assertThat(certificate.events()).hasSize(18).allSatisfy(named -> assertThat(named.sha256())
                .isEqualTo(NamedEvent.of("", published.get(named.id())).sha256()));
        assertThat(said.getList("events.type", String.class))
                .contains("io.tenure.lifecycle.DeletionStarted", "io.tenure.provisioning.AssetSanitized");
    }

    /** For each way of sanitizing a disk, certificate and fact agree, and the verifier names the way. */
    @ParameterizedTest
    @MethodSource("ways")
    void tellsEachWayOfSanitizationAsItsFactDoes(Sanitization way, String words) {
        Story story = Story.deleting();
        story.deletion(new SanitizedDisk("root", 4096, way)).forEach(Told::publish);
        story.awaitState("DELETED");

        String jws = certificateOf(story);
        Map<String, byte[]> published = published(story);
        NoteSigner log = NoteKeys.generate("log.test/tenure");
        List<Proven> proven = Certificate.open(jws, CertificatePublicKey.fromJwks(keys())).events().stream()
                .map(named -> proven(published.get(named.id()), log))
                .toList();
        String bundle = EvidenceBundle.bundle(
                jws, CertificatePublicKey.fromJwks(keys()), log.verifier().vkey(), proven);

        OfflineVerifier.Report report = OfflineVerifier.document(
                bundle.getBytes(StandardCharsets.UTF_8),
                Optional.of(log.verifier().vkey()),
                Optional.of(keys()));
        assertThat(report.findings()).allMatch(OfflineVerifier.Finding::ok);
        assertThat(report.findings()).anySatisfy(finding -> {
            assertThat(finding.name()).isEqualTo("disk root of " + story.vm + ", 4096 byte(s)");
            assertThat(finding.detail()).contains(words);
        });
    }

    static Stream<Arguments> ways() {
        Instant at = Instant.parse("2026-11-23T22:00:00.120Z");
        return Stream.of(
                arguments(
                        new Overwritten("zeros", "sandbox 1", 1, 0, 4096, null, "ext4", ReadBack.DEVICE, List.of()),
                        "Clear (NIST SP 800-88 Rev. 2): overwritten"),
                arguments(
                        new CryptographicallyErased(
                                "vault/4711",
                                "AES-256-XTS",
                                "luks 2",
                                List.of(new KeyCopy("vault", KeyCopy.Fate.DESTROYED, at)),
                                "ceph",
                                List.of(NotCovered.SNAPSHOTS)),
                        "Purge (NIST SP 800-88 Rev. 2): cryptographically erased"),
                arguments(
                        new ErasedByStorage("discard", "array 3", "san", "task 12 succeeded", List.of()),
                        "Clear (NIST SP 800-88 Rev. 2): erased by the storage"));
    }

    /** Proven by a log that contains only this event. */
    private static Proven proven(byte[] event, NoteSigner log) {
        String checkpoint = new Checkpoint("log.test/tenure", 1, Merkle.hashLeaf(event)).sign(log);
        return new Proven(event, new TlogProof(0, List.of(), checkpoint).text());
    }

    /** Every event of the story's tenant, as it is on Kafka. */
    private static Map<String, byte[]> published(Story story) {
        Map<String, byte[]> published = new HashMap<>();
        for (Topic topic : Topic.values()) {
            TestRecords.read(topic.topicName(), story.tenant.toString())
                    .forEach(record -> published.put(
                            new EventCodec().decode(record.value()).id().toString(), record.value()));
        }
        return published;
    }

    @Test
    void isAnnouncedWithTheHashOfItsPayloadBeforeTheTenantIsGone() {
        Story story = Story.deleted();
        Certificate certificate = Certificate.open(certificateOf(story), CertificatePublicKey.fromJwks(keys()));
        await().until(() -> Records.published(story.tenant, TenantDeleted.class).size() == 1);

        var published = Records.published(story.tenant);
        var issued =
                (DeletionCertificateIssued) published.get(published.size() - 2).fact();
        assertThat(published.getLast().fact()).isInstanceOf(TenantDeleted.class);
        assertThat(issued.sha256())
                .isEqualTo(NamedEvent.of("", certificate.payload()).sha256());
        assertThat(new JsonPath(new String(certificate.payload(), StandardCharsets.UTF_8)).getString("id"))
                .isEqualTo(issued.certificateId().toString());
    }

    @Test
    void aFlippedBitOrAForeignKeyFails(@TempDir Path dir) throws Exception {
        Story story = Story.deleted();
        byte[] certificate = certificateOf(story).getBytes(StandardCharsets.UTF_8);
        Optional<String> keys = Optional.of(keys());
        Path file = dir.resolve("certificate.json");
        Files.write(file, certificate);
        assertThat(OfflineVerifier.file(file, Optional.empty(), keys).ok()).isTrue();

        // Every seventh byte, so that payload, header and signature are all covered.
        for (int at = 0; at < certificate.length; at += 7) {
            byte[] flipped = certificate.clone();
            flipped[at] ^= 1;
            assertThat(OfflineVerifier.document(flipped, Optional.empty(), keys).ok())
                    .as("byte " + at)
                    .isFalse();
        }
        String foreign =
                CertificatePublicKey.jwks(List.of(CertificateKey.generate().publicKey()));
        assertThatThrownBy(() -> Certificate.open(
                        new String(certificate, StandardCharsets.UTF_8), CertificatePublicKey.fromJwks(foreign)))
                .hasMessageContaining("none of the given keys");
    }

    @Test
    void doesNotExistBeforeTheDeletionIsComplete() {
        Story story = Story.retained();
        Story.as("account-manager")
                .get("/v1/terminations/{id}/certificate", story.termination)
                .then()
                .statusCode(409)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:tenure:problem:certificate-not-issued"));
    }

    @Test
    void isServedTheSameToAllWhoMaySeeIt() {
        Story story = Story.deleted();
        String certificate = certificateOf(story);
        for (String role : List.of("account-manager", "csp-admin", "service")) {
            assertThat(Story.as(role)
                            .get("/v1/terminations/{id}/certificate", story.termination)
                            .asString())
                    .isEqualTo(certificate);
        }
        assertThat(given().auth()
                        .oauth2(TestTokens.departing("lifecycle", story.tenant))
                        .get("/v1/terminations/{id}/certificate", story.termination)
                        .asString())
                .isEqualTo(certificate);
    }

    @Test
    void theServiceItselfCanNeitherChangeNorRemoveOne() throws Exception {
        Story story = Story.deleted();
        for (String statement : List.of(
                "UPDATE certificate SET jws = ''",
                "DELETE FROM certificate",
                "TRUNCATE certificate",
                "UPDATE evidence SET sha256 = ''",
                "DELETE FROM evidence",
                "DELETE FROM termination")) {
            try (Connection connection = Story.connect();
                    var attempt = connection.createStatement()) {
                assertThatThrownBy(() -> attempt.execute(statement))
                        .as(statement)
                        .isInstanceOfSatisfying(SQLException.class, refused -> assertThat(refused.getSQLState())
                                .isEqualTo("42501"));
            }
        }
        certificateOf(story);
    }

    private static String certificateOf(Story story) {
        return Story.as("auditor")
                .get("/v1/terminations/{id}/certificate", story.termination)
                .then()
                .statusCode(200)
                .contentType("application/jose+json")
                .extract()
                .asString();
    }

    private static String keys() {
        return given().get("/v1/certificate-keys")
                .then()
                .statusCode(200)
                .extract()
                .asString();
    }
}
