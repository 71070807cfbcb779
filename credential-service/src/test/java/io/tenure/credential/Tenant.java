package io.tenure.credential;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;

import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.tenure.events.CredentialFact;
import io.tenure.events.CredentialFact.CredentialIssued;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.Fact;
import io.tenure.events.LifecycleFact;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.ProvisioningFact.BackupResponsibility;
import io.tenure.events.ProvisioningFact.TenantCreated;
import io.tenure.events.ProvisioningFact.VdcProvisioned;
import io.tenure.events.ProvisioningFact.VmProvisioned;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.Lifecycle;
import io.tenure.kit.testing.TestRecords;
import io.tenure.kit.testing.TestTokens;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** One tenant as the service sees it: facts from Kafka in, REST in, facts out. */
public final class Tenant {

    private static final EventCodec CODEC = new EventCodec();

    /** Digest of a manifest; this service does not check it. */
    public static final String MANIFEST = "ab".repeat(32);

    public final UUID id = Ids.next();
    public final String administrator = TestTokens.ofTenant("credential", id);

    /** A tenant that the service does not know yet. */
    public Tenant() {}

    /** A tenant with its administrator's identity and credential. */
    public static Tenant created() {
        Tenant tenant = new Tenant();
        tenant.publishCreated();
        tenant.credentialOf(tenant.id);
        return tenant;
    }

    public UUID publishCreated() {
        return publish(new TenantCreated(id, List.of("de-fra-1"), BackupResponsibility.CUSTOMER));
    }

    /** @return the credential of a new VM */
    public UUID newVm() {
        UUID vm = Ids.next();
        publishVm(vm);
        return credentialOf(vm);
    }

    public UUID publishVm(UUID vm) {
        return publish(new VmProvisioned(vm, "debian-13", 1, 512, 1024, "de-fra-1"));
    }

    /** @return the credential of a new VDC */
    public UUID newVdc() {
        UUID vdc = Ids.next();
        publish(new VdcProvisioned(vdc, 4, 4096, 10240, "de-fra-1"));
        return credentialOf(vdc);
    }

    /** Publishes a fact of another service. @return the event's id */
    public UUID publish(Fact fact) {
        UUID eventId = Ids.next();
        publish(eventId, fact);
        return eventId;
    }

    public void publish(UUID eventId, Fact fact) {
        if (fact instanceof DeletionStarted started) {
            Lifecycle.orders(started.terminationId(), id, started.manifestDigest());
        }
        forge(eventId, fact);
    }

    /** Publishes a fact that the other service itself does not confirm. */
    public void forge(UUID eventId, Fact fact) {
        String service = fact instanceof LifecycleFact ? "lifecycle" : "provisioning";
        Event event =
                new Event(eventId, "/tenure/" + service, "/v1/tenants/" + id, Instant.now(), id, null, null, fact);
        TestRecords.publish("tenure." + service, id.toString(), CODEC.encode(event));
    }

    /** Waits until the service has received an event. */
    public static void awaitReceived(UUID eventId) {
        await().until(() -> Database.value("SELECT event_id FROM inbox WHERE event_id = ?", eventId) != null);
    }

    /** Waits for the credential of the tenant itself, a VM or a VDC to be announced. */
    public UUID credentialOf(UUID target) {
        return await().until(
                        () -> facts(CredentialIssued.class).stream()
                                .filter(issued -> issued.targetId().equals(target))
                                .map(CredentialIssued::credentialId)
                                .findFirst()
                                .orElse(null),
                        found -> found != null);
    }

    /** Waits for the first fact of a kind. */
    public <T extends CredentialFact> T awaitFact(Class<T> kind) {
        return await().until(() -> facts(kind), found -> !found.isEmpty()).getFirst();
    }

    /** Everything of one kind that the service has published about this tenant so far, in order. */
    public <T> List<T> facts(Class<T> kind) {
        return records().stream()
                .map(record -> CODEC.decode(record.value()).fact())
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    /** Everything that the service has published about this tenant so far, in order. */
    public List<ConsumerRecord<String, byte[]>> records() {
        return read("tenure.credential").stream()
                .filter(record -> id.toString().equals(record.key()))
                .toList();
    }

    /** All records of a topic so far. */
    public static List<ConsumerRecord<String, byte[]>> read(String topic) {
        return TestRecords.read(topic);
    }

    /** Asks for a link with a token. */
    public static ValidatableResponse requestLink(String token, Object credential) {
        return given().auth()
                .oauth2(token)
                .post("/v1/credentials/{id}/links", credential)
                .then();
    }

    /** @return the token of a new link, made for the letter to the customer */
    public String link(UUID credential) {
        String url = requestLink(TestTokens.of("credential", "service"), credential)
                .statusCode(201)
                .extract()
                .path("url");
        return url.substring(url.indexOf('#') + 1);
    }

    public static ValidatableResponse redeem(String linkToken) {
        return given().contentType(ContentType.JSON)
                .body("{\"token\":\"" + linkToken + "\"}")
                .post("/v1/reveals")
                .then();
    }

    public ValidatableResponse list() {
        return given().auth()
                .oauth2(TestTokens.of("credential", "service"))
                .get("/v1/tenants/{id}/credentials", id)
                .then();
    }

    /** The status that the API shows for a credential. */
    public String status(UUID credential) {
        return list().statusCode(200).extract().path("items.find { it.id == '" + credential + "' }.status");
    }
}
