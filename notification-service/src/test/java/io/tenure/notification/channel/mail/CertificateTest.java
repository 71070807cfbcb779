package io.tenure.notification.channel.mail;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.events.Fact;
import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.NotificationFact.NoticeFailed;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.kit.Ids;
import io.tenure.notification.NotificationTest;
import io.tenure.notification.outside.MailDoor;
import io.tenure.notification.outside.Received;
import io.tenure.notification.outside.Services;
import io.tenure.notification.outside.Topics;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NotificationTest
class CertificateTest {

    private final UUID tenant = Ids.next();
    private final UUID termination = Ids.next();
    private final String email = "admin-" + tenant + "@customer.example";

    @Inject
    Services services;

    @Inject
    MailDoor door;

    @BeforeEach
    void aTenant() {
        services.tenant(tenant, "Acme", "Erika Mustermann", email);
    }

    @Test
    void theCertificateIsAttachedByteForByte() {
        byte[] certificate = certificate("{\"tenant\": \"gone\"}");
        services.certificate(termination, certificate);
        publish(new DeletionCertificateIssued(termination, Ids.next(), sha256("{\"tenant\": \"gone\"}")));

        Received mail = onlyMail();
        String file = "deletion-certificate-" + termination + ".json";
        assertArrayEquals(certificate, mail.attachments().get(file));
        for (String part : List.of(mail.text(), mail.html())) {
            assertTrue(part.contains(file), part);
            assertTrue(part.contains(sha256("{\"tenant\": \"gone\"}")), part);
        }
        NoticeDelivered delivered = onlyDelivered();
        assertEquals(NoticeKind.DELETION_CERTIFICATE, delivered.kind());
        assertEquals(termination, delivered.terminationId());
    }

    @Test
    void anotherCertificateThanAnnouncedIsNotSent() {
        services.certificate(termination, certificate("{\"forged\": true}"));
        publish(new DeletionCertificateIssued(termination, Ids.next(), sha256("{}")));
        await().until(() -> !failed().isEmpty());
        assertEquals(
                "certificate differs from the one announced",
                failed().getFirst().reason());
        services.certificate(termination, "not even JSON".getBytes(StandardCharsets.UTF_8));
        await().until(() -> failed().getLast().reason().equals("certificate unreadable"));
        assertEquals(List.of(), door.received(email));

        services.certificate(termination, certificate("{}"));
        onlyDelivered();
    }

    private void publish(Fact fact) {
        Topics.publish(Topics.event("lifecycle", tenant, termination, fact));
    }

    private List<NoticeFailed> failed() {
        return Topics.said(tenant, NoticeFailed.class);
    }

    private NoticeDelivered onlyDelivered() {
        await().until(() -> Topics.said(tenant, NoticeDelivered.class).size() == 1);
        return Topics.said(tenant, NoticeDelivered.class).getFirst();
    }

    private Received onlyMail() {
        onlyDelivered();
        assertEquals(1, door.received(email).size());
        return Received.of(door.received(email).getFirst());
    }

    /** Has the form of the lifecycle service's certificates; the signature is not checked here. */
    static byte[] certificate(String payload) {
        return ("{\"payload\":\"%s\",\"protected\":\"e30\",\"signature\":\"c2ln\"}"
                        .formatted(Base64.getUrlEncoder()
                                .withoutPadding()
                                .encodeToString(payload.getBytes(StandardCharsets.UTF_8))))
                .getBytes(StandardCharsets.UTF_8);
    }

    static String sha256(String payload) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(payload.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
