package io.tenure.audit.ingest;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Not ready while the log cannot grow; database and broker have their own checks. */
@Readiness
@ApplicationScoped
class IngestHealth implements HealthCheck {

    private final EventConsumer consumer;

    IngestHealth(EventConsumer consumer) {
        this.consumer = consumer;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("Audit log").withData("size", consumer.size());
        consumer.trouble().ifPresent(trouble -> response.withData("trouble", trouble));
        return response.status(consumer.trouble().isEmpty()).build();
    }
}
