package io.tenure.credential;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.quarkus.arc.Unremovable;
import io.tenure.credential.KeycloakTestResource.KeycloakStart;
import io.tenure.credential.identity.InMemoryIdentities;
import io.tenure.events.CredentialFact.CredentialReplayAttempted;
import io.tenure.events.CredentialFact.TenantKeysDestroyed;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.kit.Ids;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Follows secrets and link tokens through a tenant's whole life, and searches every place where they must not be. */
@CredentialTest
class SecrecyTest {

    KeycloakStart keycloak;

    /** The service gets its own token from Keycloak; without it, it cannot ask lifecycle. */
    @BeforeEach
    void keycloakAnswers() throws Exception {
        keycloak.server().get(3, TimeUnit.MINUTES);
    }

    private static final List<String> TOPICS =
            List.of("tenure.credential", "tenure.provisioning.credential.dlq", "tenure.lifecycle.credential.dlq");

    @Inject
    InMemoryIdentities identities;

    @Inject
    CapturedSpans spans;

    @Test
    void neitherSecretsNorTokensAreAnywhere() throws Exception {
        Logger root = Logger.getLogger("");
        Level before = root.getLevel();
        CapturedLogs logs = new CapturedLogs();
        root.addHandler(logs);
        root.setLevel(Level.FINE);
        List<String> hidden = new ArrayList<>();
        Tenant tenant = new Tenant();
        try {
            identities.failNext(tenant.id, 1);
            tenant.publishCreated();
            UUID credential = tenant.credentialOf(tenant.id);
            UUID vm = tenant.newVm();
            hidden.add(identities.usersOf(tenant.id).getFirst().password);
            for (UUID shown : List.of(credential, vm)) {
                String superseded = tenant.link(shown);
                String token = tenant.link(shown);
                hidden.add(superseded);
                hidden.add(token);
                assertPlainNowhereInDatabase(hidden);
                Tenant.redeem(superseded).statusCode(410);
                hidden.add(Tenant.redeem(token).statusCode(200).extract().path("secret"));
                Tenant.redeem(token).statusCode(410);
                assertPlainNowhereInDatabase(hidden);
            }
            String malformed = "never-to-be-seen-" + Ids.next();
            hidden.add(malformed);
            Tenant.redeem(malformed).statusCode(400);
            tenant.awaitFact(CredentialReplayAttempted.class);
            UUID termination = Ids.next();
            tenant.publish(new TerminationRequested(termination));
            tenant.publish(new DeletionStarted(termination, Tenant.MANIFEST));
            tenant.awaitFact(TenantKeysDestroyed.class);
        } finally {
            root.removeHandler(logs);
            root.setLevel(before);
        }

        assertTrue(logs.text.size() > 10, "logs were captured");
        assertNowhere("a log", hidden, logs.text);
        await().until(() -> spans.text.stream().anyMatch(span -> span.contains("/v1/reveals")));
        assertNowhere("a span", hidden, spans.text);
        assertNowhere(
                "the metrics",
                hidden,
                List.of(given().get("/q/metrics").then().extract().asString()));
        for (String topic : TOPICS) {
            assertNowhere(
                    topic,
                    hidden,
                    Tenant.read(topic).stream().map(SecrecyTest::text).toList());
        }
        assertTrue(tenant.records().size() > 10);
        assertPlainNowhereInDatabase(hidden);
    }

    private static void assertNowhere(String place, List<String> hidden, Iterable<String> texts) {
        for (String text : texts) {
            for (String secret : hidden) {
                assertFalse(text.contains(secret), () -> place + " contains what must be hidden: " + text);
            }
        }
    }

    /** Every row of every table, with binary columns also read as text. */
    private static void assertPlainNowhereInDatabase(List<String> hidden) {
        for (List<String> table : Database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")) {
            for (List<String> row : Database.query("SELECT t::text FROM " + table.getFirst() + " t")) {
                for (String secret : hidden) {
                    String inBytea = HexFormat.of().formatHex(secret.getBytes(StandardCharsets.UTF_8));
                    assertFalse(row.getFirst().contains(secret), () -> table + " holds a secret");
                    assertFalse(row.getFirst().contains(inBytea), () -> table + " holds a secret in binary");
                }
            }
        }
    }

    private static String text(ConsumerRecord<String, byte[]> record) {
        StringBuilder text = new StringBuilder(new String(record.value(), StandardCharsets.UTF_8));
        record.headers().forEach(header -> text.append(new String(header.value(), StandardCharsets.UTF_8)));
        return text.toString();
    }

    private static final class CapturedLogs extends Handler {

        private final ConcurrentLinkedQueue<String> text = new ConcurrentLinkedQueue<>();

        @Override
        public void publish(LogRecord record) {
            if (String.valueOf(record.getLoggerName()).startsWith("org.apache.http")) {
                // The test's own HTTP client may log what it receives.
                return;
            }
            StringWriter line = new StringWriter();
            line.append(record.getLoggerName()).append(' ').append(record.getMessage());
            if (record instanceof org.jboss.logmanager.ExtLogRecord formatted) {
                line.append(' ').append(formatted.getFormattedMessage());
            }
            if (record.getThrown() != null) {
                record.getThrown().printStackTrace(new PrintWriter(line));
            }
            text.add(line.toString());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    /** Every span that ends, with its attributes and events. */
    @Singleton
    @Unremovable
    public static class CapturedSpans implements SpanProcessor {

        private final ConcurrentLinkedQueue<String> text = new ConcurrentLinkedQueue<>();

        @Override
        public void onStart(Context parent, ReadWriteSpan span) {}

        @Override
        public boolean isStartRequired() {
            return false;
        }

        @Override
        public void onEnd(ReadableSpan span) {
            text.add(span.toSpanData().toString());
        }

        @Override
        public boolean isEndRequired() {
            return true;
        }
    }
}
