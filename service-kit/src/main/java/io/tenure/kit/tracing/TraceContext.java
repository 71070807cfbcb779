package io.tenure.kit.tracing;

import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes W3C trace context out of the running code and puts it back later, so that one trace spans what waits in a
 * table.
 */
public final class TraceContext {

    private static final String TRACEPARENT = "traceparent";
    private static final TextMapGetter<String> SINGLE = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String carrier) {
            return List.of(TRACEPARENT);
        }

        @Override
        public String get(String carrier, String key) {
            return TRACEPARENT.equals(key) ? carrier : null;
        }
    };

    private TraceContext() {}

    /** The {@code traceparent} of the current span; null outside a trace. */
    public static String current() {
        return of(Context.current());
    }

    /** The {@code traceparent} of a context; null if it holds no span. */
    public static String of(Context context) {
        Map<String, String> carrier = new HashMap<>();
        W3CTraceContextPropagator.getInstance().inject(context, carrier, Map::put);
        return carrier.get(TRACEPARENT);
    }

    /** The context that {@code traceparent} tells of; the root context if it is null or malformed. */
    public static Context parse(String traceparent) {
        return W3CTraceContextPropagator.getInstance().extract(Context.root(), traceparent, SINGLE);
    }
}
