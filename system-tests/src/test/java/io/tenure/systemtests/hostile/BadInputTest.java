package io.tenure.systemtests.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.local.platform.Http;
import io.tenure.local.server.KafkaAccess;
import io.tenure.local.server.KeycloakServer;
import io.tenure.systemtests.harness.Launcher;
import io.tenure.systemtests.harness.Running;
import io.tenure.systemtests.harness.SystemExtension;
import io.tenure.systemtests.harness.SystemUnderTest;
import io.tenure.systemtests.harness.Waiting;
import io.tenure.systemtests.proof.AuditLog;
import io.tenure.systemtests.proof.OnceOnly;
import io.tenure.systemtests.story.Contact;
import io.tenure.systemtests.story.Customer;
import io.tenure.systemtests.story.Story;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the system must refuse, across services, with tokens that Keycloak really issued and records on the real topics. */
@Order(2)
@ExtendWith(SystemExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Something that each service protects. */
    private static final Map<String, String> PROTECTED = Map.of(
            "provisioning", "/v1/tenants",
            "lifecycle", "/v1/terminations",
            "credential", "/v1/tenants/019aa0f1-0000-7000-8000-000000000000/credentials",
            "audit", "/v1/events",
            "notification", "/v1/notices");

    private SystemUnderTest system;
    private Story own;
    private Story other;
    private String tenantAdmin;
    private Running<List<String>> stillAcceptedWhenExpired;
    private Running<Story> replayed;

    @BeforeAll
    void prepare(SystemUnderTest system) {
        this.system = system;
        stillAcceptedWhenExpired = Running.start("expiry", this::useAShortLivedToken);
        replayed = Running.start("replay", this::sufferADeadLetter);
        var second = Running.start("other", () -> Story.withAssets(system, "a tenant that others look for", 1, 0));
        own = Story.withAssets(system, "a tenant that looks at others", 1, 1);
        tenantAdmin = new Customer(own).firstLogin();
        other = second.get();
    }

    @Test
    void aMissingATamperedAndAWronglyAddressedTokenAreRefusedByEveryService() {
        var valid = system.tokens().user("auditor");
        var parts = valid.split("\\.");
        var signature = parts[2];
        var tampered =
                parts[0] + "." + parts[1] + "." + (signature.startsWith("A") ? "B" : "A") + signature.substring(1);
        PROTECTED.forEach((service, path) -> {
            var missing = Http.get(system.url(service).resolve(path));
            assertUnauthorized(service + ", no token", missing);
            assertThat(missing.header("WWW-Authenticate")).startsWith("Bearer");
            assertUnauthorized(service + ", tampered", get(service, path, tampered));
            assertUnauthorized(service + ", no JWT", get(service, path, "some-text"));
        });
        // Each service's own token is good where that service calls, and nowhere else.
        assertUnauthorized(
                "wrong audience",
                get("lifecycle", PROTECTED.get("lifecycle"), system.tokens().service("audit")));
        assertUnauthorized(
                "wrong audience",
                get("audit", PROTECTED.get("audit"), system.tokens().service("credential")));
        assertUnauthorized(
                "wrong audience",
                get(
                        "provisioning",
                        PROTECTED.get("provisioning"),
                        system.tokens().service("audit")));
    }

    @Test
    void anExpiredTokenIsRefusedByEveryService() {
        assertThat(stillAcceptedWhenExpired.get())
                .as("services that accepted it")
                .isEmpty();
    }

    /** A client of Keycloak whose tokens live for seconds: accepted at first, refused by all once they are expired. */
    private List<String> useAShortLivedToken() {
        var keycloak = system.platform().keycloak();
        var secrets = system.platform().secrets();
        var admin = system.sensitive()
                .add(
                        "bearer token",
                        Http.form(
                                        URI.create(keycloak.url() + "/realms/master/protocol/openid-connect/token"),
                                        Map.of(
                                                "grant_type",
                                                "password",
                                                "client_id",
                                                "admin-cli",
                                                "username",
                                                KeycloakServer.ADMIN,
                                                "password",
                                                secrets.password("keycloak-admin")))
                                .json()
                                .get("access_token")
                                .asText());
        var clients = URI.create(keycloak.url() + "/admin/realms/tenure/clients");
        var bearer = "Bearer " + admin;
        var crm = Http.get(URI.create(clients + "?clientId=crm"), "Authorization", bearer)
                .json()
                .get(0);
        var secret = system.sensitive().add("client secret", UUID.randomUUID().toString());
        ObjectNode client = JSON.createObjectNode()
                .put("clientId", "short-lived")
                .put("secret", secret)
                .put("publicClient", false)
                .put("serviceAccountsEnabled", true)
                .put("standardFlowEnabled", false);
        client.putObject("attributes").put("access.token.lifespan", "4");
        ArrayNode mappers = client.putArray("protocolMappers");
        crm.get("protocolMappers").forEach(mapper -> mappers.add(((ObjectNode) mapper.deepCopy()).without("id")));
        var made = Http.json("POST", clients, client, "Authorization", bearer);
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        var token = system.sensitive()
                .add(
                        "bearer token",
                        Http.form(
                                        URI.create(keycloak.realmUrl() + "/protocol/openid-connect/token"),
                                        Map.of(
                                                "grant_type",
                                                "client_credentials",
                                                "client_id",
                                                "short-lived",
                                                "client_secret",
                                                secret))
                                .json()
                                .get("access_token")
                                .asText());
        assertThat(get("provisioning", PROTECTED.get("provisioning"), token).status())
                .as("while it is valid it only lacks a role")
                .isEqualTo(403);
        Waiting.until(
                "the token is expired",
                () -> get("provisioning", PROTECTED.get("provisioning"), token).status() == 401);
        var accepted = new ArrayList<String>();
        PROTECTED.forEach((service, path) -> {
            if (get(service, path, token).status() != 401) {
                accepted.add(service);
            }
        });
        return accepted;
    }

    @Test
    void aTokenWithoutTheRoleIsRefused() {
        var operator = system.tokens().user("operator");
        var answer = post("provisioning", "/v1/tenants", Map.of("name", "x"), operator);
        assertThat(answer.status()).as(answer.body()).isEqualTo(403);
        assertThat(answer.json().get("type").asText()).isEqualTo("urn:tenure:problem:forbidden");
        var credential = get("credential", "/v1/tenants/" + own.tenantId() + "/credentials", operator)
                .json()
                .get("items")
                .get(0)
                .get("id")
                .asText();
        assertThat(post("credential", "/v1/credentials/" + credential + "/links", null, operator)
                        .status())
                .as("the provider's staff cannot make a link to a customer's credential")
                .isEqualTo(403);
    }

    @Test
    void anotherTenantsResourcesAnswerAsIfTheyDidNotExist() {
        var before = other.events().size();
        var theirVm = other.assets().getFirst();
        var theirCredential = other.get("credential", "/v1/tenants/" + other.tenantId() + "/credentials")
                .json();
        var theirEvent = other.events().getFirst().id();
        var absent = UUID.fromString("019aa0f1-0000-7000-8000-000000000000");

        assertThat(get("provisioning", "/v1/tenants/" + own.tenantId(), tenantAdmin)
                        .status())
                .isEqualTo(200);
        sameAnswer("provisioning", "/v1/tenants/%s", other.tenantId(), absent);
        sameAnswer("provisioning", "/v1/tenants/%s/assets", other.tenantId(), absent);
        sameAnswer("provisioning", "/v1/vms/%s", theirVm, absent);
        sameAnswer("credential", "/v1/tenants/%s/credentials", other.tenantId(), absent);
        sameAnswer("notification", "/v1/notices?tenantId=%s", other.tenantId(), absent);
        sameAnswer("audit", "/v1/events?tenantId=%s", other.tenantId(), absent);
        sameAnswer("audit", "/v1/events/%s", theirEvent, absent);
        sameAnswer("lifecycle", "/v1/terminations?tenantId=%s", other.tenantId(), absent);
        var credentialId = theirCredential.path("items").path(0).path("id").asText();
        if (!credentialId.isEmpty()) {
            assertNotFound(post("credential", "/v1/credentials/" + credentialId + "/links", null, tenantAdmin));
        }
        assertNotFound(other.requestTermination(system.url("lifecycle"), tenantAdmin));
        assertNotFound(post(
                "provisioning",
                "/v1/tenants/" + other.tenantId() + "/vms",
                Map.of(
                        "name",
                        "intruder",
                        "image",
                        own.image(),
                        "vcpus",
                        1,
                        "memoryMiB",
                        512,
                        "diskMiB",
                        4,
                        "location",
                        "de-fra-1"),
                tenantAdmin));
        system.journal().catchUp();
        assertThat(other.events()).as("nothing happened to the other tenant").hasSize(before);
    }

    private void sameAnswer(String service, String path, UUID theirs, UUID absent) {
        var answer = get(service, path.formatted(theirs), tenantAdmin);
        var reference = get(service, path.formatted(absent), tenantAdmin);
        assertThat(answer.status()).as(path).isEqualTo(reference.status());
        assertThat(withoutRequest(answer, theirs)).as(path).isEqualTo(withoutRequest(reference, absent));
    }

    private static Object withoutRequest(Http.Answer answer, UUID id) {
        var json = answer.json();
        return json instanceof ObjectNode object
                ? object.without(List.of("traceId")).toString().replace(id.toString(), "ID")
                : json;
    }

    @Test
    void fieldsThatNobodyMayAskForAreRefusedByName() {
        var body = new HashMap<String, Object>();
        var contact =
                new HashMap<String, Object>(Contact.invent(system.sensitive()).asBody());
        contact.put("passportNumber", system.sensitive().add("passport number", "C01X00T478"));
        body.put("name", "curious");
        body.put("contact", contact);
        body.put("allowedLocations", List.of("de-fra-1"));
        body.put("backup", "CUSTOMER");
        var answer = post("provisioning", "/v1/tenants", body, system.tokens().crm());
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().get("type").asText()).isEqualTo("urn:tenure:problem:unknown-field");
        assertThat(answer.json().get("detail").asText()).contains("passportNumber");
        assertThat(answer.body()).doesNotContain("C01X00T478");
    }

    @Test
    void aTerminationWithoutItsChecklistOrOfNobodyIsRefused() {
        var crm = system.tokens().crm();
        var bare = post(
                "lifecycle",
                "/v1/terminations",
                Map.of("tenantId", own.tenantId().toString()),
                crm);
        assertThat(bare.status()).as(bare.body()).isEqualTo(400);
        assertThat(bare.json().get("detail").asText()).contains("dataBackedUp");
        var nobody = post("lifecycle", "/v1/terminations", Map.of("tenantId", "not-an-id"), crm);
        assertThat(nobody.status()).as(nobody.body()).isEqualTo(400);
        assertThat(own.get("lifecycle", "/v1/terminations?tenantId=" + own.tenantId())
                        .json()
                        .get("items"))
                .isEmpty();
    }

    @Test
    void recordsThatAreNoEventsGoToTheDeadLettersAndTheRestGoesOn() {
        var key = own.tenantId().toString();
        var garbage = "{\"specversion\":\"1.0\",".getBytes(StandardCharsets.UTF_8);
        var stranger = UUID.randomUUID().toString();
        var unknown = """
                {"specversion":"1.0","id":"%s","source":"/tenure/provisioning","type":"io.tenure.provisioning.NeverHeardOf",\
                "subject":"/v1/tenants/%s","time":"2026-11-01T00:00:00Z","tenantid":"%s","datacontenttype":"application/json",\
                "data":{}}""".formatted(UUID.randomUUID(), stranger, stranger).getBytes(StandardCharsets.UTF_8);
        system.journal().publish("tenure.provisioning", key, garbage);
        system.journal().publish("tenure.provisioning", stranger, unknown);
        system.journal().publish("tenure.provisioning", key, null);
        var after = own.orderVm("vm-after-garbage");

        for (var consumer : List.of("lifecycle", "credential", "audit")) {
            Waiting.until(
                    consumer + " puts both aside",
                    () -> system.journal().deadLetters(consumer, key).size() == 2);
            var letters = system.journal().deadLetters(consumer, key);
            own.expectDeadLetter("tenure.provisioning." + consumer + ".dlq");
            own.expectDeadLetter("tenure.provisioning." + consumer + ".dlq");
            assertThat(letters.getFirst().value())
                    .as("the dead letter is the record, byte for byte")
                    .isEqualTo(garbage);
            assertThat(letters.getLast().value()).isNull();
            for (var letter : letters) {
                assertThat(letter.headers())
                        .containsEntry("dead-letter-topic", "tenure.provisioning")
                        .containsKeys("dead-letter-reason", "dead-letter-partition", "dead-letter-offset");
                assertThat(letter.headers().get("dead-letter-reason")).isNotBlank();
            }
        }
        for (var consumer : List.of("lifecycle", "credential")) {
            Waiting.until(
                    consumer + " puts the unknown fact aside",
                    () -> system.journal().deadLetters(consumer, stranger).size() == 1);
        }
        Waiting.until(
                "the audit log holds the unknown fact",
                () -> AuditLog.entries(system, "tenantId=" + stranger).size() == 1);

        own.awaitHandedOver();
        assertThat(own.assetStatuses())
                .as("the tenant's next order is carried out")
                .containsEntry(after.toString(), "PROVISIONED");
    }

    @Test
    void replayBringsADeadLetterBackOnceItsCauseIsGone() {
        var story = replayed.get();
        story.awaitDeleted();
        story.settle(OnceOnly::checkDeleted);
    }

    /**
     * A termination that ends in a dead letter, because lifecycle's database refuses its next step, and is brought
     * back.
     */
    private Story sufferADeadLetter() {
        var story = Story.withAssets(system, "a dead letter replayed", 1, 0);
        var key = story.tenantId().toString();
        var defect = system.gates().refuse("lifecycle", story.tenantId(), RetentionStarted.class);
        story.terminate();
        story.await(
                "lifecycle gives up",
                () -> !system.journal().deadLetters("lifecycle", key).isEmpty());
        var letter = system.journal().deadLetters("lifecycle", key).getFirst();
        story.expectDeadLetter(letter.topic());
        assertThat(story.state()).isEqualTo("DISABLING");
        var kafka = system.kafkaSettings(KafkaAccess.ADMIN).toString();
        var looked = Launcher.run("replay", letter.topic(), "--dry-run", "--kafka-config", kafka);
        assertThat(looked.status()).as(looked.output()).isZero();
        assertThat(looked.output()).contains(key);
        assertThat(story.state()).as("a look changes nothing").isEqualTo("DISABLING");

        defect.open();
        var done = Launcher.run("replay", letter.topic(), "--kafka-config", kafka);
        assertThat(done.status()).as(done.output()).isZero();
        story.awaitFact(RetentionStarted.class);
        var again = Launcher.run("replay", letter.topic(), "--kafka-config", kafka);
        assertThat(again.status()).as(again.output()).isZero();
        assertThat(again.output()).as("what was replayed is not replayed again").doesNotContain(key);
        return story;
    }

    private static void assertUnauthorized(String what, Http.Answer answer) {
        assertThat(answer.status()).as(what).isEqualTo(401);
        assertThat(answer.header("Content-Type")).as(what).startsWith("application/problem+json");
        assertThat(answer.json().get("type").asText()).as(what).isEqualTo("urn:tenure:problem:unauthorized");
    }

    private static void assertNotFound(Http.Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(404);
        assertThat(answer.json().get("type").asText()).isEqualTo("urn:tenure:problem:not-found");
    }

    private Http.Answer get(String service, String path, String token) {
        return Http.get(system.url(service).resolve(path), "Authorization", "Bearer " + token);
    }

    private Http.Answer post(String service, String path, Object body, String token) {
        return Http.json("POST", system.url(service).resolve(path), body, "Authorization", "Bearer " + token);
    }
}
