package io.tenure.kit.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes problems as RFC 9457 documents, also where no resource is reached yet. */
@Singleton
public class ProblemDocuments {

    static final String MEDIA_TYPE = "application/problem+json";

    private final ObjectMapper mapper;

    ProblemDocuments(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /** @param path what was called, without its query */
    String write(Problem problem, String path) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", problem.type());
        document.put("title", problem.title());
        document.put("status", problem.status());
        document.put("detail", problem.getMessage());
        document.put("instance", path);
        document.putAll(problem.extensions());
        SpanContext span = Span.current().getSpanContext();
        if (span.isValid()) {
            document.put("traceId", span.getTraceId());
        }
        try {
            return mapper.writeValueAsString(document);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("A problem document cannot be written", impossible);
        }
    }

    /** Ends a request with a problem. */
    public void answer(RoutingContext context, Problem problem) {
        context.response()
                .setStatusCode(problem.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, MEDIA_TYPE)
                .end(write(problem, context.request().path()));
    }
}
