package io.tenure.notification.channel.mail;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.events.CredentialFact.CredentialIssued;
import io.tenure.events.CredentialFact.Target;
import io.tenure.events.NotificationFact.NoticeFailed;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.MovableClock;
import io.tenure.notification.NotificationTest;
import io.tenure.notification.outside.MailDoor;
import io.tenure.notification.outside.Services;
import io.tenure.notification.outside.Topics;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How addresses are written in SMTP, and which are refused. */
@NotificationTest
class AddressTest {

    private final UUID tenant = Ids.next();

    @Inject
    Services services;

    @Inject
    MailDoor door;

    @Inject
    MovableClock clock;

    @Test
    void aDomainIsWrittenAsItsALabels() {
        String written = "admin-" + tenant + "@xn--bcher-kva.example";
        mailTo("admin-" + tenant + "@bücher.example");

        await().until(() -> !door.received(tenant.toString()).isEmpty());
        assertEquals(1, door.received(written).size(), "the header");
        assertTrue(door.recipients().contains(written), "the envelope");
    }

    @ParameterizedTest
    @CsvSource({
        "jürgen-%s@customer.example, address needs SMTPUTF8",
        "ada-%s@customer.example., address not deliverable",
        "ada-%s@localhost, address not deliverable"
    })
    void anAddressThatSmtpDoesNotTakeIsNeverWritten(String address, String reason) {
        mailTo(address.formatted(tenant));

        await().until(() -> !failed().isEmpty());
        assertEquals(reason, failed().getFirst().reason());
        assertEquals(List.of(), door.received(tenant.toString()));
    }

    private void mailTo(String address) {
        services.tenant(tenant, "Customer plc", "Erika Mustermann", address);
        Topics.publish(Topics.event(
                "credential",
                tenant,
                null,
                new CredentialIssued(
                        Ids.next(), Target.VM, Ids.next(), clock.instant().plus(Duration.ofDays(3)))));
    }

    private List<NoticeFailed> failed() {
        return Topics.said(tenant, NoticeFailed.class);
    }
}
