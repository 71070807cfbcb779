package io.tenure.notification.channel.mail;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.events.CredentialFact.CredentialIssued;
import io.tenure.events.CredentialFact.Target;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.NotificationFact.NoticeFailed;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.MovableClock;
import io.tenure.kit.testing.TestRecords;
import io.tenure.notification.NotificationTest;
import io.tenure.notification.outside.Logged;
import io.tenure.notification.outside.MailDoor;
import io.tenure.notification.outside.Services;
import io.tenure.notification.outside.Topics;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Contacts and links pass through this service and leave nothing behind (matrix rows P5.4 and P8.2). */
@NotificationTest
class ConfidentialityTest {

    private final UUID tenant = Ids.next();
    private final UUID credential = Ids.next();

    @Inject
    Services services;

    @Inject
    MailDoor door;

    @Inject
    MovableClock clock;

    @Inject
    Logged logged;

    @Inject
    Pool pool;

    @AfterEach
    void open() {
        door.set(MailDoor.Mode.OPEN);
    }

    @Test
    void noContactAndNoLinkIsKeptPublishedOrLogged() {
        String email = "leak-" + tenant + "@customer.example";
        String name = "Leakage " + tenant;
        services.tenant(tenant, "Tenant " + name, name, email);
        door.set(MailDoor.Mode.BUSY);
        Topics.publish(
                Topics.event(
                        "credential",
                        tenant,
                        null,
                        new CredentialIssued(
                                credential,
                                Target.VM,
                                Ids.next(),
                                clock.instant().plus(Duration.ofDays(3)))),
                Topics.event(
                        "lifecycle",
                        tenant,
                        null,
                        new RetentionStarted(
                                Ids.next(),
                                clock.instant(),
                                clock.instant().plus(Duration.ofDays(30)),
                                List.of(clock.instant().plus(Duration.ofDays(1))),
                                "Europe/Berlin")));
        await().until(() -> Topics.said(tenant, NoticeFailed.class).size() >= 2);
        door.set(MailDoor.Mode.SHUT);
        await().until(() -> Topics.said(tenant, NoticeFailed.class).stream()
                .anyMatch(failure -> !failure.reason().equals("SMTP 451")));
        services.tenant(tenant, "Tenant " + name, name, email + "\r\n" + name);
        await().until(() -> Topics.said(tenant, NoticeFailed.class).stream()
                .anyMatch(failure -> failure.reason().equals("contact unusable")));
        services.tenant(tenant, "Tenant " + name, name, email);
        door.set(MailDoor.Mode.OPEN);
        await().until(() -> Topics.said(tenant, NoticeDelivered.class).size() == 2);
        assertEquals(2, door.received(email).size());

        List<String> left = new ArrayList<>(logged.lines());
        assertTrue(left.stream().anyMatch(line -> line.contains("notice-delivery")), "failed attempts are logged");
        TestRecords.read("tenure.notification", tenant.toString())
                .forEach(record -> left.add(new String(record.value(), StandardCharsets.UTF_8)));
        int published = left.size();
        for (String table : List.of("notice", "task", "inbox", "outbox", "idempotency_key", "tenant_key")) {
            pool.query("SELECT row_to_json(t)::text FROM " + table + " t")
                    .execute()
                    .await()
                    .indefinitely()
                    .forEach(row -> left.add(row.getString(0)));
        }
        assertTrue(left.size() > published);
        List<String> secrets = new ArrayList<>(List.of(email, name, "leak-", "+49 69 1234567"));
        secrets.addAll(services.links(credential));
        services.links(credential).forEach(link -> secrets.add(link.substring(link.indexOf('#'))));
        for (String secret : secrets) {
            left.forEach(line -> assertFalse(line.contains(secret), line));
        }
    }
}
