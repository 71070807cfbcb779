package io.tenure.benchmarks.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenure.benchmarks.load.ClosedLoop;
import io.tenure.benchmarks.load.HttpLoad;
import io.tenure.benchmarks.run.Bench;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Clients that order tenants, each with a connection of its own; also of an endpoint that takes the same and does
 * nothing.
 */
public record Commands(Bench bench, HttpLoad http, String path) implements AutoCloseable {

    /** How many clients at once. */
    public static final int CLIENTS = 32;

    /** The command. */
    public static final String TENANTS = "/v1/tenants";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] BODY = """
            {"name": "Customer plc", "allowedLocations": ["de-fra-1"], "backup": "CUSTOMER",
             "contact": {"name": "Ada Lovelace", "email": "ada@customer.example", "phone": "+49 69 1234567"}}""".getBytes(StandardCharsets.UTF_8);

    /**
     * Connects the clients.
     *
     * @param service its base address
     * @param path of the operation
     */
    public static Commands open(Bench bench, URI service, String path) throws IOException {
        return new Commands(bench, HttpLoad.open(service, CLIENTS), path);
    }

    /** One with a key of its own; a {@link ClosedLoop.Op}. */
    public void post(int client, long sequence) throws IOException {
        post(client, UUID.randomUUID().toString());
    }

    /** @return the body of the answer, which tells what was made */
    String post(int client, String key) throws IOException {
        var answer = http.post(
                client,
                path,
                BODY,
                "Authorization",
                "Bearer " + bench.token("account-manager"),
                "Idempotency-Key",
                key);
        if (answer.status() != 201) {
            throw new IllegalStateException(path + " answered " + answer.status() + ": " + answer.body());
        }
        return answer.body();
    }

    static String idOf(String body) throws IOException {
        return JSON.readTree(body).get("id").asText();
    }

    @Override
    public void close() throws IOException {
        http.close();
    }
}
