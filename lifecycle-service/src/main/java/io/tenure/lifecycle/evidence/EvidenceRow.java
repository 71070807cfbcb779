package io.tenure.lifecycle.evidence;

import io.tenure.events.Event;
import io.tenure.verifier.certificate.Certificate.NamedEvent;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Immutable;

/** A fact of a termination, byte for byte as it was published. */
@Entity
@Immutable
@Table(name = "evidence")
public class EvidenceRow {

    @Id
    private UUID eventId;

    private UUID terminationId;
    private String type;
    private String subject;
    private UUID resourceId;
    private Instant occurredAt;
    private String sha256;
    private byte[] event;

    /** For the persistence provider. */
    protected EvidenceRow() {}

    /** A fact that this service publishes about a termination. */
    EvidenceRow(Event event, byte[] bytes) {
        this.eventId = event.id();
        this.terminationId = event.correlationId();
        this.type = event.type();
        this.subject = event.subject();
        this.occurredAt = event.time();
        this.sha256 = sha256(event, bytes);
        this.event = bytes;
    }

    static String sha256(Event event, byte[] bytes) {
        return NamedEvent.of(event.id().toString(), bytes).sha256();
    }

    public UUID eventId() {
        return eventId;
    }

    UUID terminationId() {
        return terminationId;
    }

    /** CloudEvents {@code type}. */
    public String type() {
        return type;
    }

    /** The API's path of what changed. */
    public String subject() {
        return subject;
    }

    public Instant occurredAt() {
        return occurredAt;
    }

    /** Of the event's exact bytes, 64 lower-case hexadecimal digits. */
    public String sha256() {
        return sha256;
    }

    /** The event's exact bytes. */
    public byte[] event() {
        return event;
    }
}
