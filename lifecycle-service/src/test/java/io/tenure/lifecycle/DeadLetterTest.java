package io.tenure.lifecycle;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tenure.events.CredentialFact.TenantAccessRestored;
import io.tenure.events.Fact;
import io.tenure.events.MediaDigest;
import io.tenure.events.NotificationFact.Channel;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.NotificationFact.NoticeKind;
import io.tenure.events.ProvisioningFact.TenantAssetsDeleted;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.kit.Ids;
import io.tenure.kit.testing.TestRecords;
import io.tenure.lifecycle.Records.Told;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** A record that can never be right becomes a dead letter with its reason; later records are processed. */
@LifecycleTest
class DeadLetterTest {

    @Test
    void anUnparsableRecord() {
        Story story = Story.requested();
        byte[] unparsable = "{\"specversion\":\"1.0\",\"secret\":".getBytes(StandardCharsets.UTF_8);
        TestRecords.publish("tenure.provisioning", story.tenant.toString(), unparsable);

        goesOn(story);
        ConsumerRecord<String, byte[]> letter = letter("tenure.provisioning.lifecycle.dlq", story);
        assertArrayEquals(unparsable, letter.value());
        assertEquals("not a CloudEvent in structured JSON", reason(letter));
    }

    @Test
    void anUnknownType() {
        Story story = Story.requested();
        Told known = story.nothingToDisable();
        byte[] unknown = new String(known.bytes(), StandardCharsets.UTF_8)
                .replace("TenantDisabled", "TenantVaporized")
                .getBytes(StandardCharsets.UTF_8);
        TestRecords.publish("tenure.provisioning", story.tenant.toString(), unknown);

        goesOn(story);
        ConsumerRecord<String, byte[]> letter = letter("tenure.provisioning.lifecycle.dlq", story);
        assertArrayEquals(unknown, letter.value());
        assertEquals("unknown event type", reason(letter));
    }

    /** An overwrite that claims to be a purge is no evidence: the disk stays unaccounted for. */
    @Test
    void aSanitizationThatSaysMoreThanItIs() {
        Story story = Story.deleting();
        Told honest = story.mediumSanitized();
        byte[] lie = new String(honest.bytes(), StandardCharsets.UTF_8)
                .replace("CLEAR", "PURGE")
                .getBytes(StandardCharsets.UTF_8);
        TestRecords.publish("tenure.provisioning", story.tenant.toString(), lie);

        ConsumerRecord<String, byte[]> letter = letter("tenure.provisioning.lifecycle.dlq", story);
        assertArrayEquals(lie, letter.value());
        assertEquals("data does not fit MediumSanitized", reason(letter));
        story.deletion().forEach(Told::publish);
        story.awaitState("DELETED");
    }

    @Test
    void aDeletionThatNobodyOrdered() {
        Story story = Story.retained();
        story.tell(new TenantAssetsDeleted(story.termination, 2, Time.now())).publish();

        assertEquals(
                "Nothing may be deleted: no deletion was started.",
                reason(letter("tenure.provisioning.lifecycle.dlq", story)));
        assertEquals("RETAINED", story.get().path("state"));
    }

    @Test
    void aRestorationThatNobodyOrdered() {
        Story story = Story.retained();
        story.tell(new TenantAccessRestored(story.termination, 1)).publish();

        assertEquals(
                "Nothing may be restored: the termination was not cancelled.",
                reason(letter("tenure.credential.lifecycle.dlq", story)));
    }

    @Test
    void aNoticeThatTheRetentionDoesNotHave() {
        Story story = Story.retained();
        story.tell(new NoticeDelivered(
                        Ids.next(),
                        NoticeKind.RETENTION_WARNING,
                        story.termination,
                        1,
                        Story.NOTICES,
                        Channel.EMAIL,
                        "<x@test.invalid>",
                        1))
                .publish();

        assertEquals("the retention has no such notice", reason(letter("tenure.notification.lifecycle.dlq", story)));
    }

    @Test
    void anotherTenantsTerminationAndAnUnknownOne() {
        Story story = Story.requested();
        Story stranger = Story.requested();
        for (Fact fact : List.of(
                new TenantDisabled(story.termination, 0, 0, MediaDigest.ofManifest(List.of())),
                new TenantDisabled(Ids.next(), 0, 0, MediaDigest.ofManifest(List.of())))) {
            stranger.tell(fact).publish();
        }
        await().until(() ->
                letters("tenure.provisioning.lifecycle.dlq", stranger).size() == 2);

        letters("tenure.provisioning.lifecycle.dlq", stranger)
                .forEach(letter -> assertEquals("the tenant has no such termination", reason(letter)));
        assertEquals("REQUESTED", story.get().path("state"));
        assertEquals("REQUESTED", stranger.get().path("state"));
        goesOn(stranger);
    }

    private static void goesOn(Story story) {
        story.disablement().forEach(Told::publish);
        story.awaitState("RETAINED");
    }

    private static ConsumerRecord<String, byte[]> letter(String topic, Story story) {
        await().until(() -> letters(topic, story).size() == 1);
        return letters(topic, story).getFirst();
    }

    private static List<ConsumerRecord<String, byte[]>> letters(String topic, Story story) {
        return TestRecords.read(topic, story.tenant.toString());
    }

    private static String reason(ConsumerRecord<String, byte[]> letter) {
        return new String(letter.headers().lastHeader("dead-letter-reason").value(), StandardCharsets.UTF_8);
    }
}
