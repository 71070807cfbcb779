package io.tenure.notification.channel.mail;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.events.CredentialFact.CredentialHandedOver;
import io.tenure.events.CredentialFact.CredentialIssued;
import io.tenure.events.CredentialFact.CredentialRevoked;
import io.tenure.events.CredentialFact.Target;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.Fact;
import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.NotificationFact.Channel;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.NotificationFact.NoticeFailed;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.MovableClock;
import io.tenure.kit.testing.TestRecords;
import io.tenure.local.testing.TestInfra;
import io.tenure.notification.NotificationTest;
import io.tenure.notification.outside.Logged;
import io.tenure.notification.outside.MailDoor;
import io.tenure.notification.outside.Received;
import io.tenure.notification.outside.Services;
import io.tenure.notification.outside.Topics;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@NotificationTest
class DeliveryTest {

    private final UUID tenant = Ids.next();
    private final UUID credential = Ids.next();
    private final UUID target = Ids.next();
    private final UUID termination = Ids.next();
    private final String email = "admin-" + tenant + "@customer.example";

    @Inject
    Services services;

    @Inject
    MailDoor door;

    @Inject
    MovableClock clock;

    @Inject
    Pool pool;

    @Inject
    Logged logged;

    TestInfra infra;

    @BeforeEach
    void aTenant() {
        services.tenant(tenant, "Müller & Söhne <GmbH>", "Erika Mustermann", email);
    }

    @AfterEach
    void open() {
        door.set(MailDoor.Mode.OPEN);
        door.beforeTheYes(() -> {});
    }

    @ParameterizedTest
    @EnumSource(Target.class)
    void aNewCredentialComesAsALink(Target kind) {
        publish("credential", new CredentialIssued(credential, kind, target, in(Duration.ofDays(3))));

        Received mail = onlyMail();
        String link = services.links(credential).getFirst();
        assertEquals(1, services.links(credential).size());
        assertTrue(mail.text().contains("\r\n" + link + "\r\n"), mail.text());
        assertTrue(mail.html().contains("href=\"" + link + "\""), mail.html());
        for (String part : List.of(mail.text(), mail.html())) {
            assertTrue(part.contains("4 March 2031, 05:06 UTC"), part);
            assertTrue(part.contains("Erika Mustermann"), part);
            assertTrue(part.contains("support@provider.example"), part);
            assertTrue(part.contains("Example Cloud"), part);
            assertTrue(part.contains(kind == Target.TENANT ? "your administrator account" : target.toString()), part);
        }
        assertTrue(mail.text().contains("Müller & Söhne <GmbH>"), mail.text());
        assertTrue(mail.html().contains("Müller &amp; Söhne &lt;GmbH&gt;"), mail.html());
        assertTrue(mail.subject().startsWith("Müller & Söhne <GmbH>: access to "), mail.subject());
        String guidance =
                new String(mail.attachments().get("guidance-networking-vpn-encryption.txt"), StandardCharsets.UTF_8);
        assertTrue(guidance.contains("WireGuard") && guidance.contains("LUKS2") && guidance.contains("Networking"));
        NoticeDelivered delivered = onlyDelivered();
        assertEquals(NoticeKind.CREDENTIAL_READY, delivered.kind());
        assertEquals(Channel.EMAIL, delivered.channel());
        assertEquals(mail.header("Message-ID"), delivered.messageId());
        assertEquals(1, delivered.attempts());
    }

    @Test
    void everyMessageIsAccessibleAndLoadsNothing() {
        publishAllKinds();
        await().until(() -> delivered().size() == 4);

        door.received(email).stream().map(Received::of).forEach(mail -> {
            assertTrue(mail.html().contains("<html lang=\"en\">"));
            assertTrue(mail.html().matches("(?s).*<title>[^<]+</title>.*<main.*<h1[^>]*>[^<]+</h1>.*"), mail.html());
            assertFalse(mail.html().matches("(?si).*(<img|<script|<link|<iframe|url\\(|@import|src=).*"), mail.html());
            assertFalse(mail.text().contains("<p"), mail.text());
            assertEquals("auto-generated", mail.header("Auto-Submitted"));
            assertEquals("Tenure <notices@provider.example>", mail.header("From"));
            assertTrue(mail.header("Content-Type").startsWith("multipart/"), mail.header("Content-Type"));
        });
    }

    @Test
    void anEventThatComesAgainSendsNothingAgain() {
        Event event = event("credential", new CredentialIssued(credential, Target.VM, target, in(Duration.ofDays(3))));
        // The same cause in another event, as from a producer that lost its state.
        Event again = event("credential", event.fact());
        Event last = event("credential", new CredentialIssued(Ids.next(), Target.VDC, target, in(Duration.ofDays(3))));
        Topics.publish(event, event, again, event, last);

        await().until(() -> delivered().size() == 2 && openTasks() == 0);
        assertEquals(2, notices());
        assertEquals(2, door.received(email).size());
    }

    @Test
    void aRefusedMessageIsTriedUntilItIsTaken() {
        door.set(MailDoor.Mode.BUSY);
        publish("credential", new CredentialIssued(credential, Target.VM, target, in(Duration.ofDays(3))));
        await().until(() -> failed().size() >= 2);
        assertEquals("RETRYING", state(NoticeKind.CREDENTIAL_READY));
        door.set(MailDoor.Mode.OPEN);

        NoticeDelivered delivered = onlyDelivered();
        List<NoticeFailed> failed = failed();
        assertEquals(failed.size() + 1, delivered.attempts());
        failed.forEach(failure -> {
            assertEquals("SMTP 451", failure.reason());
            assertEquals(delivered.noticeId(), failure.noticeId());
        });
        assertEquals(1, failed.getFirst().attempts());
        assertEquals(1, door.received(email).size());
    }

    @Test
    void aMailServerOutOfReachIsWaitedFor() {
        door.set(MailDoor.Mode.SHUT);
        publish("lifecycle", retention());
        await().until(() -> !failed().isEmpty());
        door.set(MailDoor.Mode.OPEN);

        onlyDelivered();
        // Whether the client notices the closed connection depends on timing.
        assertTrue(Set.of("SMTP unreachable", "SMTP timeout")
                .contains(failed().getFirst().reason()));
        assertEquals(1, door.received(email).size());
    }

    @Test
    void aMessageWhoseAcceptanceWasLostIsRepeatedUnderItsMessageId() {
        door.set(MailDoor.Mode.LOSING_THE_YES);
        publish("lifecycle", retention());
        await().until(() -> !failed().isEmpty());
        door.set(MailDoor.Mode.OPEN);

        NoticeDelivered delivered = onlyDelivered();
        List<Received> mails = door.received(email).stream().map(Received::of).toList();
        assertTrue(mails.size() >= 2);
        mails.forEach(mail -> assertEquals(delivered.messageId(), mail.header("Message-ID")));
        assertEquals("<" + delivered.noticeId() + "@provider.example>", delivered.messageId());
    }

    @Test
    void aMessageThatLeftIsNotRepeatedBecauseTheDatabaseIsAway() throws Exception {
        CountDownLatch taken = new CountDownLatch(1);
        CountDownLatch away = new CountDownLatch(1);
        door.beforeTheYes(() -> {
            taken.countDown();
            try {
                assertTrue(away.await(1, TimeUnit.MINUTES));
            } catch (InterruptedException ended) {
                throw new AssertionError(ended);
            }
        });
        publish("lifecycle", retention());
        assertTrue(taken.await(1, TimeUnit.MINUTES));
        infra.postgres().stop();
        away.countDown();
        // Wait until the service has noticed the outage before the database comes back.
        await().until(() -> logged.lines().stream().anyMatch(line -> line.contains("Tasks cannot be claimed")));
        infra.postgres().start();

        NoticeDelivered delivered = onlyDelivered();
        assertEquals(1, delivered.attempts());
        assertEquals(1, door.received(email).size());
    }

    @Test
    void aRepeatedLinkIsAMessageOfItsOwn() {
        door.set(MailDoor.Mode.LOSING_THE_YES);
        publish("credential", new CredentialIssued(credential, Target.VM, target, in(Duration.ofDays(3))));
        await().until(() -> !failed().isEmpty());
        door.set(MailDoor.Mode.OPEN);

        onlyDelivered();
        List<Received> mails = door.received(email).stream().map(Received::of).toList();
        // The first link is void by now, so a receiver must not drop the second message as a repetition.
        assertNotEquals(mails.getFirst().header("Message-ID"), mails.getLast().header("Message-ID"));
        assertTrue(mails.getLast().text().contains(services.links(credential).getLast()));
    }

    @Test
    void theContactIsWaitedFor() {
        services.refuse(tenant, 503);
        publish("lifecycle", retention());
        await().until(() -> failed().size() >= 2);
        services.refuse(tenant, 0);

        onlyDelivered();
        failed().forEach(failure -> assertEquals("contact unavailable: HTTP 503", failure.reason()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a@b.example\r\nRCPT TO:<x@evil.example>", "a@b.example, x@evil.example", "<x>", "a b@c.example"
            })
    void anAddressThatIsNoneGoesNowhereUntilItIsCorrected(String address) {
        services.tenant(tenant, "Acme", "Erika Mustermann", address);
        publish("lifecycle", retention());
        await().until(() -> failed().size() >= 2);
        assertEquals("contact unusable", failed().getFirst().reason());
        services.tenant(tenant, "Acme", "Erika Mustermann", email);

        onlyDelivered();
        assertEquals(1, door.received(email).size());
        assertEquals(List.of(), door.received("evil.example"));
    }

    @Test
    void aNameCannotAddHeadersOrRecipients() throws Exception {
        services.tenant(
                tenant,
                "Acme\r\nBcc: spy@evil.example\r\n\r\nInjected body\nX-Evil: 1",
                "Erika\r\nTo: spy@evil.example",
                email);
        publish("lifecycle", retention());

        Received mail = onlyMail();
        assertTrue(mail.subject().startsWith("Acme Bcc: spy@evil.example Injected body X-Evil: 1:"), mail.subject());
        assertEquals(null, mail.header("Bcc"));
        assertEquals(null, mail.header("X-Evil"));
        assertEquals(1, mail.message().getAllRecipients().length);
        assertEquals(email, mail.header("To"));
        assertTrue(mail.text().startsWith("Hello Erika To: spy@evil.example,\r\n"), mail.text());
    }

    @Test
    void aVoidCredentialNeedsNoMail() {
        services.refuse(credential, 410);
        publish("credential", new CredentialIssued(credential, Target.VM, target, in(Duration.ofDays(3))));

        await().until(() -> notices() == 1 && openTasks() == 0);
        assertEquals("CANCELLED", state(NoticeKind.CREDENTIAL_READY));
        assertEquals(List.of(), door.received(email));
        assertEquals(List.of(), delivered());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCredentialThatIsShownOrRevokedMeanwhileNeedsNoMail(boolean shown) {
        door.set(MailDoor.Mode.BUSY);
        publish("credential", new CredentialIssued(credential, Target.VM, target, in(Duration.ofDays(3))));
        await().until(() -> !failed().isEmpty());
        publish(
                "credential",
                shown ? new CredentialHandedOver(credential, Ids.next()) : new CredentialRevoked(credential, null));
        await().until(() -> "CANCELLED".equals(state(NoticeKind.CREDENTIAL_READY)));
        door.set(MailDoor.Mode.OPEN);

        await().until(() -> openTasks() == 0);
        assertEquals(List.of(), door.received(email));
        assertEquals(List.of(), delivered());
    }

    @Test
    void aFactWithoutWhatANoticeNeedsGoesToTheDeadLetter() {
        Topics.publishRaw(
                "tenure.lifecycle",
                tenant,
                new String(new EventCodec().encode(event("lifecycle", retention())), StandardCharsets.UTF_8)
                        .replace("retentionEndsAt", "somethingElse"));
        publish("lifecycle", retention());

        onlyDelivered();
        await().until(() -> TestRecords.read("tenure.lifecycle.notification.dlq", tenant.toString())
                        .size()
                == 1);
        assertEquals(1, notices());
    }

    private void publishAllKinds() {
        services.certificate(termination, CertificateTest.certificate("{}"));
        publish("credential", new CredentialIssued(credential, Target.VM, target, in(Duration.ofDays(3))));
        publish(
                "lifecycle",
                new RetentionStarted(
                        termination,
                        clock.instant(),
                        in(Duration.ofDays(30)),
                        List.of(Instant.now()),
                        "Europe/Berlin"));
        publish("lifecycle", new DeletionCertificateIssued(termination, Ids.next(), CertificateTest.sha256("{}")));
    }

    private RetentionStarted retention() {
        return new RetentionStarted(termination, clock.instant(), in(Duration.ofDays(30)), List.of(), "Europe/Berlin");
    }

    private Instant in(Duration duration) {
        return clock.instant().plus(duration);
    }

    private Event event(String service, Fact fact) {
        return Topics.event(service, tenant, service.equals("lifecycle") ? termination : null, fact);
    }

    private void publish(String service, Fact fact) {
        Topics.publish(event(service, fact));
    }

    private List<NoticeDelivered> delivered() {
        return Topics.said(tenant, NoticeDelivered.class);
    }

    private List<NoticeFailed> failed() {
        return Topics.said(tenant, NoticeFailed.class);
    }

    private NoticeDelivered onlyDelivered() {
        await().until(() -> !delivered().isEmpty() && openTasks() == 0);
        assertEquals(1, delivered().size());
        return delivered().getFirst();
    }

    private Received onlyMail() {
        onlyDelivered();
        assertEquals(1, door.received(email).size());
        return Received.of(door.received(email).getFirst());
    }

    private long openTasks() {
        return count("SELECT count(*) FROM task WHERE tenant_id = $1");
    }

    private long notices() {
        return count("SELECT count(*) FROM notice WHERE tenant_id = $1");
    }

    private long count(String sql) {
        return pool.preparedQuery(sql)
                .execute(Tuple.of(tenant))
                .await()
                .indefinitely()
                .iterator()
                .next()
                .getLong(0);
    }

    private String state(NoticeKind kind) {
        return pool.preparedQuery("SELECT state FROM notice WHERE tenant_id = $1 AND kind = $2")
                .execute(Tuple.of(tenant, kind.name()))
                .await()
                .indefinitely()
                .iterator()
                .next()
                .getString(0);
    }
}
