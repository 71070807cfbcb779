package io.tenure.systemtests.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tenure.events.CredentialFact.CredentialHandedOver;
import io.tenure.events.CredentialFact.CredentialIssued;
import io.tenure.events.Event;
import io.tenure.events.Fact;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.LifecycleFact.TenantDeleted;
import io.tenure.events.LifecycleFact.TerminationCancelled;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.events.ProvisioningFact.TenantContactErased;
import io.tenure.events.ProvisioningFact.VdcProvisioned;
import io.tenure.events.ProvisioningFact.VmProvisioned;
import io.tenure.local.platform.Http;
import io.tenure.systemtests.harness.SystemUnderTest;
import io.tenure.systemtests.harness.TestedTenant;
import io.tenure.systemtests.harness.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** One tenant's way through the system, driven over REST as the CRM and the portal do it. */
public final class Story implements TestedTenant {

    /** Small, so that many fit; every byte of it is still overwritten and read back. */
    private static final int DISK_MIB = 4;

    private static final int CUSTOMERS_DISK_BYTES = 1 << 20;

    private final SystemUnderTest system;
    private final String label;
    private final Contact contact;
    private final UUID tenantId;
    private final List<UUID> assets = new ArrayList<>();
    private int credentials = 1;
    private UUID terminationId;
    private final List<String> expectedDeadLetters = new CopyOnWriteArrayList<>();
    private volatile Consumer<Story> check;

    private Story(SystemUnderTest system, String label, Contact contact, UUID tenantId) {
        this.system = system;
        this.label = label;
        this.contact = contact;
        this.tenantId = tenantId;
    }

    /** A new tenant; returns when the API has accepted it. */
    public static Story begin(SystemUnderTest system, String label) {
        var contact = Contact.invent(system.sensitive());
        var body = new HashMap<String, Object>();
        body.put("name", "Tenant of " + label);
        body.put("contact", contact.asBody());
        body.put("allowedLocations", List.of("de-fra-1"));
        body.put("backup", "CUSTOMER");
        var answer =
                system.post("provisioning", "/v1/tenants", body, system.tokens().crm());
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        var story = new Story(
                system, label, contact, UUID.fromString(answer.json().get("id").asText()));
        system.register(story);
        return story;
    }

    /** A new tenant with machines and a data center, all handed over: every credential's mail has arrived. */
    public static Story withAssets(SystemUnderTest system, String label, int vms, int vdcs) {
        var story = begin(system, label);
        story.order(vms, vdcs);
        story.awaitHandedOver();
        return story;
    }

    /** Orders, and does not wait. */
    public void order(int vms, int vdcs) {
        for (int i = 1; i <= vms; i++) {
            orderVm("vm-" + i);
        }
        for (int i = 1; i <= vdcs; i++) {
            var body = Map.<String, Object>of(
                    "name",
                    "vdc-" + i,
                    "vcpus",
                    4,
                    "memoryMiB",
                    4096,
                    "storageMiB",
                    4 * DISK_MIB,
                    "location",
                    "de-fra-1");
            accept("/v1/tenants/" + tenantId + "/vdcs", body);
        }
    }

    /** Orders one more machine, and does not wait. */
    public UUID orderVm(String name) {
        var body = Map.of(
                "name",
                name,
                "image",
                image(),
                "vcpus",
                1,
                "memoryMiB",
                512,
                "diskMiB",
                DISK_MIB,
                "location",
                "de-fra-1");
        return accept("/v1/tenants/" + tenantId + "/vms", body);
    }

    /** Does as the customer does inside its own data center, where the provider has no say: makes a machine with a disk. */
    public void makeMachineInside(UUID vdc, String name) {
        var machine =
                system.disksOf(tenantId).resolve(vdc.toString()).resolve("vms").resolve(name);
        var content = new byte[CUSTOMERS_DISK_BYTES];
        ThreadLocalRandom.current().nextBytes(content);
        try {
            Files.createDirectories(machine);
            Files.write(machine.resolve("disk.img"), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private UUID accept(String path, Map<String, ?> body) {
        var answer = system.post("provisioning", path, body, system.tokens().crm());
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        var id = UUID.fromString(answer.json().get("id").asText());
        assets.add(id);
        credentials++;
        return id;
    }

    /** The id of a hardened image. */
    public String image() {
        var images = get("provisioning", "/v1/images");
        assertThat(images.status()).as(images.body()).isEqualTo(200);
        return images.json().get("items").get(0).get("id").asText();
    }

    /** Returns when all that was ordered is there and each credential's mail has arrived. */
    public void awaitHandedOver() {
        await(
                "everything is provisioned",
                () -> facts(VmProvisioned.class).size()
                                + facts(VdcProvisioned.class).size()
                        == assets.size());
        await("every credential is issued", () -> facts(CredentialIssued.class).size() == credentials);
        await(
                "every hand-over is mailed",
                () -> facts(NoticeDelivered.class).stream()
                                .filter(n -> n.kind() == NoticeKind.CREDENTIAL_READY)
                                .count()
                        == credentials);
    }

    /** Requests the termination as the CRM does. */
    public Story terminate() {
        return terminate(system.tokens().crm());
    }

    /** Requests the termination as whoever has this token. */
    public Story terminate(String token) {
        var answer = requestKnown(system.url("lifecycle"), token);
        assertThat(answer.status()).as(answer.body()).isIn(202, 200);
        terminationId = UUID.fromString(answer.json().get("id").asText());
        return this;
    }

    /**
     * Requests the termination until it is answered by a service that knows the tenant: lifecycle hears of a new one by its
     * event. Asked again after a crash, it answers with the termination that it has, if it has one.
     */
    public Http.Answer requestKnown(URI lifecycle, String token) {
        return system.persistently(
                label + ": the termination is answered", 404, () -> requestTermination(lifecycle, token));
    }

    /** Sends the request to this replica, once; the answer is the caller's to judge. */
    public Http.Answer requestTermination(URI lifecycle, String token) {
        var checklist = Map.of(
                "dataBackedUp", true,
                "sensitiveDataErasedOrEncrypted", true,
                "usersDecommissioned", true,
                "integrationsDisabled", true,
                "ownPoliciesFollowed", true);
        return Http.json(
                "POST",
                lifecycle.resolve("/v1/terminations"),
                Map.of("tenantId", tenantId.toString(), "checklist", checklist),
                "Idempotency-Key",
                // One that follows a cancellation is another one.
                tenantId + "/" + terminationId,
                "Authorization",
                "Bearer " + token);
    }

    /** Takes over what a request's answer said. */
    public void terminatedAs(UUID termination) {
        terminationId = termination;
    }

    /** Cancels the termination. */
    public void cancel() {
        var answer = system.post(
                "lifecycle",
                "/v1/terminations/" + terminationId + "/cancellation",
                null,
                system.tokens().crm());
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
    }

    /** The termination's state as the API shows it. */
    public String state() {
        return termination().get("state").asText();
    }

    /** The termination as the API shows it. */
    public JsonNode termination() {
        var answer = get("lifecycle", "/v1/terminations/" + terminationId);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    /** Returns when the termination is retained, by its fact and by the API. */
    public void awaitRetained() {
        awaitFact(RetentionStarted.class);
        await("the termination is RETAINED", () -> state().equals("RETAINED"));
    }

    /** Returns when the termination is cancelled, by its fact and by the API. */
    public void awaitCancelled() {
        awaitFact(TerminationCancelled.class);
        await("the termination is CANCELLED", () -> state().equals("CANCELLED"));
        await(
                "what nobody had seen is issued anew",
                () -> facts(CredentialIssued.class).size() == firstCredentials().size() + unseen().size());
    }

    /** The first credential of each target. */
    public List<CredentialIssued> firstCredentials() {
        var first = new LinkedHashMap<UUID, CredentialIssued>();
        facts(CredentialIssued.class).forEach(issued -> first.putIfAbsent(issued.targetId(), issued));
        return List.copyOf(first.values());
    }

    /** Those of them that were revoked before anybody saw them, of a termination that was cancelled. */
    public List<CredentialIssued> unseen() {
        if (facts(TerminationCancelled.class).isEmpty()) {
            return List.of();
        }
        var seen = facts(CredentialHandedOver.class).stream()
                .map(CredentialHandedOver::credentialId)
                .toList();
        return firstCredentials().stream()
                .filter(issued -> !seen.contains(issued.credentialId()))
                .toList();
    }

    /** Returns when the tenant is deleted, certified, told so, and forgotten. */
    public void awaitDeleted() {
        awaitFact(TenantDeleted.class);
        await("the termination is DELETED", () -> state().equals("DELETED"));
        await("the certificate is mailed", () -> facts(NoticeDelivered.class).stream()
                .anyMatch(n -> n.kind() == NoticeKind.DELETION_CERTIFICATE));
        await("the contact is erased", () -> !facts(TenantContactErased.class).isEmpty());
    }

    /** Returns when such a fact is on its topic. */
    public <F extends Fact> F awaitFact(Class<F> type) {
        return awaitFact(type, fact -> true);
    }

    /** Returns when such a fact is on its topic. */
    public <F extends Fact> F awaitFact(Class<F> type, Predicate<F> which) {
        await(type.getSimpleName() + " is on its topic", () -> facts(type).stream()
                .anyMatch(which));
        return facts(type).stream().filter(which).findFirst().orElseThrow();
    }

    /** Returns when the condition holds. */
    public void await(String what, Callable<Boolean> condition) {
        Waiting.until(label + ": " + what, condition);
    }

    /** The tenant's events of all topics so far, each once. */
    public List<Event> events() {
        return system.journal().events(tenantId);
    }

    /** The facts of one type so far, each event once. */
    public <F extends Fact> List<F> facts(Class<F> type) {
        return events().stream()
                .map(Event::fact)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    /** The ids of what was ordered. */
    public List<UUID> assets() {
        return List.copyOf(assets);
    }

    /** Status of each asset by id, as the API shows them. */
    public Map<String, String> assetStatuses() {
        var answer = get("provisioning", "/v1/tenants/" + tenantId + "/assets");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        var statuses = new HashMap<String, String>();
        answer.json()
                .get("items")
                .forEach(a -> statuses.put(a.get("id").asText(), a.get("status").asText()));
        return statuses;
    }

    /** A GET as the CRM. */
    public Http.Answer get(String service, String path) {
        return system.get(
                service, path, "Authorization", "Bearer " + system.tokens().crm());
    }

    /** The system that the tenant lives in. */
    public SystemUnderTest system() {
        return system;
    }

    @Override
    public String label() {
        return label;
    }

    /** Its administrator's contact. */
    public Contact contact() {
        return contact;
    }

    @Override
    public UUID tenantId() {
        return tenantId;
    }

    /** Its termination; null while there is none. */
    public UUID terminationId() {
        return terminationId;
    }

    /** How many credentials its orders and itself ask for. */
    public int credentials() {
        return credentials;
    }

    @Override
    public String chronicle() {
        return Chronicle.of(this);
    }

    @Override
    public boolean isSettled() {
        return check != null;
    }

    /** Checks it, now and once more when all tests are over. */
    public void settle(Consumer<Story> check) {
        check.accept(this);
        this.check = check;
    }

    @Override
    public void recheck() {
        check.accept(this);
    }

    /** A test provokes a dead letter of this tenant. */
    public void expectDeadLetter(String topic) {
        expectedDeadLetters.add(topic);
    }

    @Override
    public List<String> expectedDeadLetters() {
        return List.copyOf(expectedDeadLetters);
    }
}
