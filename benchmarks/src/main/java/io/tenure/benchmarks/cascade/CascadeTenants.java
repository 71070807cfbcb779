package io.tenure.benchmarks.cascade;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenure.benchmarks.load.HttpLoad;
import io.tenure.benchmarks.run.Bench;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Tenants with a machine each, made and terminated over REST as the CRM does. */
final class CascadeTenants implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CONNECTIONS = 8;
    private static final long LIMIT_SECONDS = 120;

    /** One of them, when its termination was accepted, and the trace in which that lies. */
    record Terminated(FactWatch.Seen seen, Instant accepted, String traceId) {}

    private record Ordered(UUID id, FactWatch.Seen seen) {}

    private final Bench bench;
    private final FactWatch watch;
    private final HttpLoad provisioning;
    private final HttpLoad lifecycle;
    private final Deque<Ordered> ready = new ArrayDeque<>();
    private int made;

    CascadeTenants(Bench bench, FactWatch watch, URI provisioning, URI lifecycle) throws IOException {
        this.bench = bench;
        this.watch = watch;
        this.provisioning = HttpLoad.open(provisioning, 1);
        this.lifecycle = HttpLoad.open(lifecycle, CONNECTIONS);
    }

    /** Makes so many, and returns when all were handed over. */
    void make(int count) throws Exception {
        var image = JSON.readTree(provisioning
                        .get(0, "/v1/images", "Authorization", bearer())
                        .bytes())
                .at("/items/0/id")
                .asText();
        var ordered = new ArrayList<Ordered>();
        for (int i = 0; i < count; i++) {
            made++;
            var id = UUID.fromString(order(
                    "/v1/tenants",
                    Map.of(
                            "name",
                            "Cascade " + made,
                            "allowedLocations",
                            List.of("de-fra-1"),
                            "backup",
                            "CUSTOMER",
                            "contact",
                            Map.of(
                                    "name",
                                    "Ada Lovelace",
                                    "email",
                                    "ada@customer.example",
                                    "phone",
                                    "+49 69 1234567"))));
            order(
                    "/v1/tenants/" + id + "/vms",
                    Map.of(
                            "name",
                            "vm-1",
                            "image",
                            image,
                            "vcpus",
                            1,
                            "memoryMiB",
                            512,
                            "diskMiB",
                            1,
                            "location",
                            "de-fra-1"));
            ordered.add(new Ordered(id, watch.of(id)));
        }
        for (var tenant : ordered) {
            tenant.seen().handedOver().get(LIMIT_SECONDS, TimeUnit.SECONDS);
            ready.add(tenant);
        }
    }

    private String order(String path, Map<String, ?> body) throws IOException {
        return JSON.readTree(accepted(provisioning, 0, path, body)).get("id").asText();
    }

    /** Requests the termination of the next tenant; returns when it is accepted. */
    Terminated terminate(int connection) throws IOException {
        Ordered tenant;
        synchronized (ready) {
            tenant = ready.remove();
        }
        var body = Map.of(
                "tenantId",
                tenant.id().toString(),
                "checklist",
                Map.of(
                        "dataBackedUp", true,
                        "sensitiveDataErasedOrEncrypted", true,
                        "usersDecommissioned", true,
                        "integrationsDisabled", true,
                        "ownPoliciesFollowed", true));
        // Of a UUIDv4, so that no two are the same.
        var traceId = UUID.randomUUID().toString().replace("-", "");
        accepted(
                lifecycle,
                connection,
                "/v1/terminations",
                body,
                "traceparent",
                "00-" + traceId + "-00000000000000c1-01");
        return new Terminated(tenant.seen(), Instant.now(), traceId);
    }

    int connections() {
        return CONNECTIONS;
    }

    private byte[] accepted(HttpLoad http, int connection, String path, Map<String, ?> body, String... more)
            throws IOException {
        var headers = new ArrayList<>(List.of(
                "Authorization", bearer(), "Idempotency-Key", UUID.randomUUID().toString()));
        headers.addAll(List.of(more));
        var answer = http.post(
                connection,
                path,
                JSON.writeValueAsString(body).getBytes(StandardCharsets.UTF_8),
                headers.toArray(String[]::new));
        if (answer.status() / 100 != 2) {
            throw new IOException(path + " answered " + answer.status() + ": " + answer.body());
        }
        return answer.bytes();
    }

    private String bearer() {
        return "Bearer " + bench.token("crm");
    }

    @Override
    public void close() throws IOException {
        provisioning.close();
        lifecycle.close();
    }
}
