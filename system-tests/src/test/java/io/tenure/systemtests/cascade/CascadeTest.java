package io.tenure.systemtests.cascade;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenure.events.CredentialFact.CredentialReplayAttempted;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.local.platform.Http;
import io.tenure.local.platform.Services;
import io.tenure.systemtests.harness.Launcher;
import io.tenure.systemtests.harness.Running;
import io.tenure.systemtests.harness.SystemExtension;
import io.tenure.systemtests.harness.SystemUnderTest;
import io.tenure.systemtests.harness.Waiting;
import io.tenure.systemtests.proof.AuditLog;
import io.tenure.systemtests.proof.Disks;
import io.tenure.systemtests.proof.Evidenced;
import io.tenure.systemtests.proof.OnceOnly;
import io.tenure.systemtests.story.Customer;
import io.tenure.systemtests.story.Mailbox;
import io.tenure.systemtests.story.Story;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A tenant's life from order to certificate, one that was cancelled, and one that had nothing to do with it, all at
 * once.
 */
@Order(1)
@ExtendWith(SystemExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CascadeTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private SystemUnderTest system;
    private Running<Story> whole;
    private Running<Cancelled> cancelled;
    private Running<Neighbours> neighbours;

    /** What was seen of a termination that was cancelled. */
    private record Cancelled(
            Story story,
            Disks before,
            int terminationWhileRetained,
            int tenantWhileRetained,
            Disks after,
            boolean loginAfter,
            List<String> statuses) {}

    /** What was seen of a tenant while another one was terminated. */
    private record Neighbours(Story gone, Disks goneAfter, Story kept, Observed before, Observed after) {}

    /** Everything that the outside can see of a tenant. */
    private record Observed(Disks disks, List<String> answers, List<UUID> events, int mails) {}

    @BeforeAll
    void live(SystemUnderTest running) {
        system = running;
        whole = Running.start("whole", this::wholeLife);
        cancelled = Running.start("cancelled", this::cancel);
        neighbours = Running.start("neighbours", this::neighbours);
    }

    private Story wholeLife() {
        var story = Story.withAssets(system, "the whole cascade", 2, 1);
        var customer = new Customer(story);
        var token = customer.firstLogin();
        var again = customer.reveal(customer.usedToken());
        assertThat(again.status()).isEqualTo(410);
        assertThat(again.json().get("type").asText()).isEqualTo("urn:tenure:problem:credential-already-revealed");
        story.makeMachineInside(story.assets().getLast(), "database");
        assertThat(Disks.of(system.disksOf(story.tenantId())).files())
                .as("the disks are real files")
                .isNotEmpty();
        // The customer itself asks, through the portal.
        story.terminate(token);
        story.awaitDeleted();
        return story;
    }

    private Cancelled cancel() {
        var story = Story.withAssets(system, "a cancelled termination", 1, 1);
        var customer = new Customer(story);
        customer.firstLogin();
        story.makeMachineInside(story.assets().getLast(), "database");
        var before = Disks.of(system.disksOf(story.tenantId()));
        story.terminate();
        story.awaitRetained();
        // A token tells its time in whole seconds, and the second of the restriction counts as before it.
        var restricted = story.awaitFact(TenantAccessRestricted.class).notBefore();
        story.await(
                "the second of the restriction is over",
                () -> Instant.now().getEpochSecond() > restricted.getEpochSecond());
        var departing = new String[] {"Authorization", "Bearer " + customer.logIn()};
        var termination = system.get("lifecycle", "/v1/terminations/" + story.terminationId(), departing);
        var tenant = system.get("provisioning", "/v1/tenants/" + story.tenantId(), departing);
        story.cancel();
        story.awaitCancelled();
        return new Cancelled(
                story,
                before,
                termination.status(),
                tenant.status(),
                Disks.of(system.disksOf(story.tenantId())),
                customer.canLogIn(),
                List.copyOf(story.assetStatuses().values()));
    }

    private Neighbours neighbours() {
        var kept = Running.start("kept", () -> Story.withAssets(system, "the untouched neighbour", 1, 1));
        var gone = Story.withAssets(system, "the terminated neighbour", 1, 1);
        var keptStory = kept.get();
        var customer = new Customer(keptStory);
        customer.firstLogin();
        var link = customer.linkTo(keptStory.assets().getFirst());
        keptStory.await(
                "its own reveal is on the topic",
                () -> keptStory
                                .facts(io.tenure.events.CredentialFact.CredentialHandedOver.class)
                                .size()
                        == 1);
        var before = observe(keptStory);
        gone.terminate();
        gone.awaitDeleted();
        var after = observe(keptStory);
        assertThat(customer.canLogIn()).as("the neighbour still logs in").isTrue();
        var revealed = customer.reveal(link);
        assertThat(revealed.status())
                .as("the neighbour's link still shows its credential")
                .isEqualTo(200);
        system.sensitive().add("revealed secret", revealed.json().get("secret").asText());
        return new Neighbours(gone, Disks.of(system.disksOf(gone.tenantId())), keptStory, before, after);
    }

    private Observed observe(Story story) {
        var id = story.tenantId();
        var answers = List.of(
                        story.get("provisioning", "/v1/tenants/" + id),
                        story.get("provisioning", "/v1/tenants/" + id + "/assets"),
                        story.get("credential", "/v1/tenants/" + id + "/credentials"),
                        story.get("lifecycle", "/v1/terminations?tenantId=" + id),
                        story.get("notification", "/v1/notices?tenantId=" + id))
                .stream()
                .map(answer -> answer.status() + " " + answer.header("ETag") + " " + withoutMeasurements(answer.body()))
                .toList();
        return new Observed(
                Disks.of(system.disksOf(id)),
                answers,
                story.events().stream().map(Event::id).toList(),
                new Mailbox(system.platform().mail(), story.contact().email())
                        .messages()
                        .size());
    }

    /** A data center is measured now and then, whatever becomes of its neighbours. */
    private static String withoutMeasurements(String body) {
        return body.replaceAll("\"storageUsedBytes\":\\d+,\"measuredAt\":\"[^\"]*\",", "");
    }

    @Test
    void everythingHappensOnceAndInOrder() {
        var story = whole.get();
        story.settle(OnceOnly::checkDeleted);
        assertThat(Disks.of(system.disksOf(story.tenantId())).files())
                .as("nothing is left on disk")
                .isEmpty();
        assertThat(story.facts(CredentialReplayAttempted.class)).hasSize(1);
    }

    @Test
    void everyRecordIsAValidEventUnderItsTenantsKey() throws IOException {
        var story = whole.get();
        system.journal().catchUp();
        var caused = false;
        for (var record : system.journal().records(story.tenantId())) {
            var event = record.event().orElseThrow();
            JsonNode json = JSON.readTree(record.value());
            assertThat(record.key()).isEqualTo(story.tenantId().toString());
            assertThat(record.headers()).containsEntry("content-type", EventCodec.CONTENT_TYPE);
            assertThat(record.topic()).isEqualTo(event.source().replace("/tenure/", "tenure."));
            assertThat(json.get("specversion").asText()).isEqualTo("1.0");
            assertThat(json.get("datacontenttype").asText()).isEqualTo("application/json");
            assertThat(json.get("dataschema").asText()).startsWith("/tenure/schemas/");
            assertThat(event.id().version()).isEqualTo(7);
            assertThat(event.traceparent())
                    .as("%s carries its trace", event.type())
                    .isNotNull();
            if (event.fact() instanceof TerminationRequested requested) {
                assertThat(requested.terminationId()).isEqualTo(story.terminationId());
                caused = true;
            }
            if (event.source().equals("/tenure/lifecycle")) {
                assertThat(event.correlationId()).as(event.type()).isEqualTo(story.terminationId());
            }
        }
        assertThat(caused).isTrue();
    }

    @Test
    void theCertificateVerifiesOfflineWithAProofOfEachEvent(@TempDir Path dir)
            throws IOException, InterruptedException {
        var story = whole.get();
        var evidence = Evidenced.collect(story);
        var report = evidence.verify();
        assertThat(report.kind()).isEqualTo("bundle");
        assertThat(report.ok()).as("%s", report.findings()).isTrue();

        var payload = JSON.readTree(java.util.Base64.getUrlDecoder()
                .decode(JSON.readTree(evidence.certificate()).get("payload").asText()));
        assertThat(payload.get("tenantId").asText()).isEqualTo(story.tenantId().toString());
        assertThat(payload.get("terminationId").asText())
                .isEqualTo(story.terminationId().toString());
        var named = new HashSet<String>();
        payload.get("events").forEach(e -> named.add(e.get("type").asText()));
        assertThat(named)
                .anyMatch(t -> t.endsWith(".AssetSanitized"))
                .anyMatch(t -> t.endsWith(".TenantKeysDestroyed"));

        // One changed character anywhere in the evidence, and it does not hold.
        var changed = evidence.bundle().replaceFirst("\"payload\":\"([A-Za-z0-9_-]{40}).", "\"payload\":\"$1A");
        if (changed.equals(evidence.bundle())) {
            changed = evidence.bundle().replaceFirst("\"payload\":\"([A-Za-z0-9_-]{40}).", "\"payload\":\"$1B");
        }
        assertThat(evidence.verify(changed).ok()).isFalse();

        // The same with the command that an auditor has.
        assertThat(verifyCommand(dir, evidence, evidence.bundle())).isZero();
        assertThat(verifyCommand(dir, evidence, changed)).isNotZero();
    }

    private static int verifyCommand(Path dir, Evidenced evidence, String bundle)
            throws IOException, InterruptedException {
        var file = Files.writeString(dir.resolve("bundle.json"), bundle);
        var vkey = Files.writeString(dir.resolve("vkey"), evidence.vkey());
        var jwks = Files.writeString(dir.resolve("jwks.json"), evidence.jwks());
        return Launcher.run(
                        "verify", file.toString(), "--log-key", vkey.toString(), "--certificate-keys", jwks.toString())
                .status();
    }

    @Test
    void theCustomerIsToldByMailAndReceivesTheCertificate() {
        var story = whole.get();
        var mailbox = new Mailbox(system.platform().mail(), story.contact().email());
        mailbox.byMessageId().forEach((id, copies) -> assertThat(copies).as(id).hasSize(1));
        var delivered = story.facts(NoticeDelivered.class).stream()
                .filter(n -> n.kind() == NoticeKind.DELETION_CERTIFICATE)
                .findFirst()
                .orElseThrow();
        var mail = mailbox.byMessageId().get(delivered.messageId()).getFirst();
        var attached = Mailbox.attachment(mail, "application/jose+json").orElseThrow();
        assertThat(new String(attached, StandardCharsets.UTF_8))
                .as("the mailed certificate is the one that the API serves")
                .isEqualTo(story.get("lifecycle", "/v1/terminations/" + story.terminationId() + "/certificate")
                        .body());
        assertThat(Mailbox.texts(mail)).as("text and HTML").hasSize(2);
        var hash = story.facts(DeletionCertificateIssued.class).getFirst().sha256();
        assertThat(Mailbox.texts(mail)).anyMatch(text -> text.contains(hash));
    }

    @Test
    void oneTraceSpansAllFiveServices() {
        var story = whole.get();
        var requested = story.events().stream()
                .filter(e -> e.fact() instanceof TerminationRequested)
                .findFirst()
                .orElseThrow();
        var trace = requested.traceparent().split("-")[1];
        Waiting.untilAsserted("the trace is in Zipkin", () -> {
            var spans = Http.get(system.platform().zipkin().url().resolve("/api/v2/trace/" + trace))
                    .json();
            Set<String> services = new HashSet<>();
            spans.forEach(span ->
                    services.add(span.path("localEndpoint").path("serviceName").asText()));
            assertThat(services)
                    .containsAll(
                            Services.ALL.stream().map(Services.Service::client).toList());
        });
        story.events().stream()
                .filter(e -> story.terminationId().equals(e.correlationId()))
                .filter(e -> !(e.fact() instanceof io.tenure.events.AdministrativeActionPerformed))
                .forEach(e -> assertThat(e.traceparent())
                        .as("%s is part of the trace", e.type())
                        .contains(trace));
    }

    @Test
    void theAuditLogHoldsEveryEventByteForByte() {
        var story = whole.get();
        AuditLog.checkHoldsExactly(story);
    }

    @Test
    void aTerminationThatIsCancelledLeavesTheTenantAsItWas() {
        var seen = cancelled.get();
        seen.story().settle(OnceOnly::checkCancelled);
        assertThat(seen.before().files()).as("there are disks to compare").isNotEmpty();
        assertThat(seen.after()).as("every byte of every disk is as it was").isEqualTo(seen.before());
        assertThat(seen.terminationWhileRetained())
                .as("its administrator sees the termination during the retention")
                .isEqualTo(200);
        assertThat(seen.tenantWhileRetained()).as("and nothing else").isEqualTo(403);
        assertThat(seen.loginAfter()).as("and is let in afterwards").isTrue();
        assertThat(seen.statuses()).containsOnly("PROVISIONED");
    }

    @Test
    void aTenantBesideATerminatedOneIsUntouchedToTheByte() {
        var seen = neighbours.get();
        seen.gone().settle(OnceOnly::checkDeleted);
        assertThat(seen.goneAfter().files()).isEmpty();
        assertThat(seen.before().disks().files())
                .as("there are disks to compare")
                .isNotEmpty();
        assertThat(seen.after()).isEqualTo(seen.before());
        seen.kept().settle(OnceOnly::checkProvisioned);
    }
}
