package io.tenure.audit;

import io.tenure.audit.log.LogEntry;
import io.tenure.events.AdministrativeActionPerformed;
import io.tenure.events.Event;
import io.tenure.events.EventCodec;
import io.tenure.events.ProvisioningFact.TenantDisabled;
import io.tenure.events.Topic;
import io.tenure.kit.Ids;
import io.tenure.verifier.tree.Merkle;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Events as the other services publish them. */
public record Sample(UUID id, UUID tenantId, UUID correlationId, byte[] bytes) {

    public static final String TYPE = "io.tenure.provisioning.TenantDisabled";

    public static Sample of(UUID tenantId, UUID correlationId) {
        UUID id = Ids.next();
        Event event = new Event(
                id,
                "/tenure/provisioning",
                "/v1/tenants/" + tenantId,
                Instant.parse("2026-11-01T10:15:30.123456Z"),
                tenantId,
                correlationId,
                null,
                new TenantDisabled(tenantId, 2, 3, "ab".repeat(32)));
        return new Sample(id, tenantId, correlationId, new EventCodec().encode(event));
    }

    /** An event that any service may publish on its own topic. */
    public static Sample on(Topic topic, UUID tenantId) {
        UUID id = Ids.next();
        Event event = new Event(
                id,
                topic.source(),
                "/v1/tenants/" + tenantId,
                Instant.parse("2026-11-01T10:15:30.123456Z"),
                tenantId,
                null,
                null,
                new AdministrativeActionPerformed(
                        "sample.make", "/v1/tenants/" + tenantId, "somebody", List.of("auditor"), null, tenantId));
        return new Sample(id, tenantId, null, new EventCodec().encode(event));
    }

    public static Sample of(UUID tenantId) {
        return of(tenantId, null);
    }

    public static List<Sample> several(int count, UUID tenantId) {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            samples.add(of(tenantId));
        }
        return samples;
    }

    /** The event as input of the sequencer. */
    public LogEntry entry() {
        return new LogEntry(
                id,
                bytes,
                Merkle.hashLeaf(bytes),
                TYPE,
                tenantId,
                correlationId,
                Instant.parse("2026-11-01T10:15:30.123456Z"),
                "/tenure/provisioning",
                "tenure.provisioning",
                0,
                0);
    }
}
