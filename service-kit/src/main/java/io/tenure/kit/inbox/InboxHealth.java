package io.tenure.kit.inbox;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Tells whether records wait for the database. That does not make the service unready: a database that refuses writes still
 * answers reads, and one that is gone has a check of its own.
 */
@Readiness
@ApplicationScoped
class InboxHealth implements HealthCheck {

    private final Circuit circuit;

    InboxHealth(Circuit circuit) {
        this.circuit = circuit;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("Inbox").up();
        circuit.openSince().ifPresent(since -> response.withData("databaseAwaySince", since.toString())
                .withData("recordsWaiting", circuit.waiting()));
        return response.build();
    }
}
