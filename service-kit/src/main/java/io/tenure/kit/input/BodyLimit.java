package io.tenure.kit.input;

import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.tenure.kit.problem.Problem;
import io.tenure.kit.problem.ProblemDocuments;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.ConstrainedTo;
import jakarta.ws.rs.RuntimeType;
import jakarta.ws.rs.ext.Provider;
import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Answers a body over {@code quarkus.http.limits.max-body-size} with a problem document, where Quarkus would answer with an
 * empty 413: by its Content-Length before anything is read, or as soon as a chunked body is over the limit.
 */
@Provider
@ConstrainedTo(RuntimeType.SERVER)
public class BodyLimit implements ReaderInterceptor {

    private static final int BEFORE_QUARKUS = RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT - 1;
    private static final int AFTER_QUARKUS = RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT + 1;

    /** How long a sender whose body was refused may go on, in milliseconds, so that it sees the answer. */
    private static final long LINGER = 2000;

    private final ProblemDocuments documents;
    private final long limit;

    BodyLimit(
            ProblemDocuments documents, @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize limit) {
        this.documents = documents;
        this.limit = limit.asLongValue();
    }

    void guard(@Observes Router router) {
        router.route().order(BEFORE_QUARKUS).handler(this::checkLength);
        // What has no length is counted here while it is read.
        router.route().order(AFTER_QUARKUS).handler(context -> {
            context.remove(VertxHttpRecorder.MAX_REQUEST_SIZE_KEY);
            context.next();
        });
    }

    private void checkLength(RoutingContext context) {
        String length = context.request().getHeader(HttpHeaders.CONTENT_LENGTH);
        context.addEndHandler(done -> hangUp(context));
        if (length != null && Long.parseLong(length) > limit) {
            documents.answer(context, tooLarge());
        } else {
            context.next();
        }
    }

    /** Lets a sender that was answered early finish sending, and closes the connection if that takes too long. */
    private static void hangUp(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (!request.isEnded()) {
            request.handler(discarded -> {});
            request.resume();
            context.vertx().setTimer(LINGER, late -> {
                if (!request.isEnded()) {
                    request.connection().close();
                }
            });
        }
    }

    @Override
    public Object aroundReadFrom(ReaderInterceptorContext context) throws IOException {
        context.setInputStream(new Counted(context.getInputStream()));
        return context.proceed();
    }

    private Problem tooLarge() {
        return new Problem(413, "too-large", "Too large", "Send at most " + limit + " bytes.");
    }

    private final class Counted extends FilterInputStream {

        private long read;

        Counted(InputStream body) {
            super(body);
        }

        @Override
        public int read() throws IOException {
            int next = super.read();
            count(next < 0 ? 0 : 1);
            return next;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = super.read(target, offset, length);
            count(count);
            return count;
        }

        private void count(int more) {
            read += Math.max(0, more);
            if (read > limit) {
                throw tooLarge();
            }
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
