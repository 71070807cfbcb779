package io.tenure.systemtests.deletion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.LifecycleFact.TenantDeleted;
import io.tenure.local.platform.Http;
import io.tenure.local.server.Directories;
import io.tenure.systemtests.harness.Running;
import io.tenure.systemtests.harness.SystemExtension;
import io.tenure.systemtests.harness.SystemUnderTest;
import io.tenure.systemtests.proof.Disks;
import io.tenure.systemtests.proof.Evidenced;
import io.tenure.systemtests.story.Story;
import io.tenure.verifier.offline.OfflineVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The data is not where it was when it is to be deleted: nobody gets a certificate for that. */
@Order(3)
@ExtendWith(SystemExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StorageGoneTest {

    private SystemUnderTest system;
    private Story movedAway;
    private Story oneDiskLost;

    @BeforeAll
    void prepare(SystemUnderTest system) {
        this.system = system;
        var first = Running.start("moved away", () -> Story.withAssets(system, "storage moved away", 1, 1));
        oneDiskLost = Story.withAssets(system, "one disk lost", 2, 0);
        movedAway = first.get();
    }

    /** As of a volume that is not mounted. */
    @Test
    void whatIsMovedAwayIsNeitherDeletedNorCertified(@TempDir Path elsewhere) throws IOException {
        movedAway.terminate();
        movedAway.awaitRetained();
        var place = system.disksOf(movedAway.tenantId());
        var before = Disks.of(place);
        move(place, elsewhere.resolve("tenant"));

        movedAway.await("a blocker says what to bring back", () -> blockers(movedAway)
                .contains("the asset that was disabled is not there"));
        assertThat(movedAway.state()).isEqualTo("DELETING");
        assertThat(certificate(movedAway).status()).isEqualTo(409);
        assertThat(Disks.of(elsewhere.resolve("tenant")))
                .as("nothing was touched on the way")
                .isEqualTo(before);

        move(elsewhere.resolve("tenant"), place);
        retry(movedAway);
        movedAway.awaitDeleted();
        movedAway.settle(StorageGoneTest::checkCertifiedOnce);
        assertThat(Files.exists(place)).isFalse();
    }

    /** It was searched for and not found: two people say so, and so do the certificate and the verifier. */
    @Test
    void whatIsLostIsAttestedByTwoPeopleAndStatedOnTheCertificate() throws IOException {
        oneDiskLost.terminate();
        oneDiskLost.awaitRetained();
        var disk = manifest(oneDiskLost).get(0);
        var asset = disk.get("assetId").asText();
        var place = system.disksOf(oneDiskLost.tenantId());
        try (var all = Files.walk(place)) {
            Files.delete(all.filter(Files::isRegularFile)
                    .filter(file -> place.relativize(file).toString().contains(asset))
                    .filter(file -> file.toString().endsWith(".img"))
                    .findFirst()
                    .orElseThrow());
        }
        oneDiskLost.await("a blocker says that a disk is missing", () -> blockers(oneDiskLost)
                .contains("are not there"));
        assertThat(certificate(oneDiskLost).status()).isEqualTo(409);

        var said = post(
                "operator",
                "/v1/terminations/" + oneDiskLost.terminationId() + "/losses",
                Map.of("assetId", asset, "disk", disk.get("name").asText(), "reason", "The volume is broken"));
        assertThat(said.status()).as(said.body()).isEqualTo(201);
        var attestation = "/v1/terminations/" + oneDiskLost.terminationId() + "/losses/"
                + said.json().get("id").asText() + "/attestation";
        assertThat(post("operator", attestation, null).status())
                .as("nobody is two people")
                .isEqualTo(409);
        var attested = post("admin", attestation, null);
        assertThat(attested.status()).as(attested.body()).isEqualTo(200);
        oneDiskLost.awaitDeleted();
        oneDiskLost.settle(StorageGoneTest::checkCertifiedOnce);

        var report = Evidenced.collect(oneDiskLost).verify();
        assertThat(report.ok()).as("%s", report.findings()).isTrue();
        assertThat(report.findings())
                .extracting(OfflineVerifier.Finding::detail)
                .contains("2 disk(s) were disabled, and 1 are proven sanitized at their full size; 1 are LOST, as two"
                        + " different people attested each");
    }

    /** A repeated command is answered once more, so not every fact is there once; these are. */
    private static void checkCertifiedOnce(Story story) {
        assertThat(story.state()).isEqualTo("DELETED");
        assertThat(story.facts(DeletionStarted.class)).hasSize(1);
        assertThat(story.facts(DeletionCertificateIssued.class)).hasSize(1);
        assertThat(story.facts(TenantDeleted.class)).hasSize(1);
    }

    private static void move(Path from, Path to) throws IOException {
        try (var all = Files.walk(from)) {
            for (var source : all.toList()) {
                var target = to.resolve(from.relativize(source).toString());
                if (Files.isDirectory(source)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(source, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
                Files.setPosixFilePermissions(target, Files.getPosixFilePermissions(source));
            }
        }
        Directories.delete(from);
    }

    private JsonNode manifest(Story story) {
        return system.get(
                        "lifecycle",
                        "/v1/terminations/" + story.terminationId() + "/manifest",
                        "Authorization",
                        "Bearer " + system.tokens().user("auditor"))
                .json()
                .get("items");
    }

    private static String blockers(Story story) {
        return story.termination().get("blockers").toString();
    }

    private Http.Answer certificate(Story story) {
        return system.get(
                "lifecycle",
                "/v1/terminations/" + story.terminationId() + "/certificate",
                "Authorization",
                "Bearer " + system.tokens().user("auditor"));
    }

    private void retry(Story story) {
        var answer = post(
                "operator",
                "/v1/terminations/" + story.terminationId() + "/retries",
                Map.of("reason", "The volume is mounted again"));
        assertThat(answer.status()).as(answer.body()).isEqualTo(204);
    }

    private Http.Answer post(String user, String path, Map<String, String> body) {
        return Http.json(
                "POST",
                system.url("lifecycle").resolve(path),
                body == null ? null : new HashMap<String, Object>(body),
                "Authorization",
                "Bearer " + system.tokens().user(user));
    }
}
