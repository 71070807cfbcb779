package io.tenure.kit.tracing;

import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.zipkin.ZipkinSpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Sends spans wherever the environment says: {@code tenure.tracing.otlp-endpoint} (OTLP over HTTP, for example
 * {@code http://collector:4318/v1/traces}), {@code tenure.tracing.zipkin-endpoint}, both or neither. Quarkus' own
 * exporter is fixed when a service is built, and cannot do without a collector.
 */
class SpanExport {

    @Produces
    @Singleton
    SpanProcessor processor(
            @ConfigProperty(name = "tenure.tracing.otlp-endpoint") Optional<String> otlp,
            @ConfigProperty(name = "tenure.tracing.zipkin-endpoint") Optional<String> zipkin) {
        List<SpanExporter> exporters = new ArrayList<>();
        otlp.map(endpoint ->
                        OtlpHttpSpanExporter.builder().setEndpoint(endpoint).build())
                .ifPresent(exporters::add);
        zipkin.map(endpoint ->
                        ZipkinSpanExporter.builder().setEndpoint(endpoint).build())
                .ifPresent(exporters::add);
        if (exporters.isEmpty()) {
            return SpanProcessor.composite();
        }
        // At most 2048 spans wait; further ones are dropped rather than held against the service.
        return BatchSpanProcessor.builder(new RedactedSpans(SpanExporter.composite(exporters)))
                .setScheduleDelay(Duration.ofMillis(500))
                .build();
    }
}
