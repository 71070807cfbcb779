package io.tenure.kit.problem;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.tenure.kit.CommitUnknownException;
import io.tenure.kit.Failures;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.text.ForbiddenCharacterException;
import io.tenure.kit.text.Text;
import jakarta.inject.Singleton;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.CharConversionException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns every failure of a request into {@code application/problem+json} (RFC 9457). */
@Singleton
class ProblemMappers {

    private static final Logger LOG = Logger.getLogger(ProblemMappers.class);

    private final ProblemDocuments documents;

    ProblemMappers(ProblemDocuments documents) {
        this.documents = documents;
    }

    @ServerExceptionMapper
    Response problem(Problem problem, UriInfo uri) {
        Response.ResponseBuilder answer = Response.status(problem.status());
        if (problem.extensions().get("retryAfter") instanceof Number seconds) {
            answer.header(HttpHeaders.RETRY_AFTER, seconds);
        }
        if (problem.status() == 401) {
            // A resource answers 401 only to a token that was read and found to be worth nothing (RFC 6750, 3.1).
            answer.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"");
        }
        return answer.type(ProblemDocuments.MEDIA_TYPE)
                .entity(documents.write(problem, uri.getPath()))
                .build();
    }

    @ServerExceptionMapper
    Response refused(Refusal refusal, UriInfo uri) {
        Problem problem = Problem.conflict(refusal.slug(), refusal.getMessage());
        refusal.details().forEach(problem::with);
        return problem(problem, uri);
    }

    @ServerExceptionMapper
    Response unauthorized(UnauthorizedException failure, UriInfo uri) {
        return challenge(uri);
    }

    @ServerExceptionMapper
    Response unauthenticated(AuthenticationFailedException failure, UriInfo uri) {
        return challenge(uri);
    }

    @ServerExceptionMapper
    Response forbidden(ForbiddenException failure, UriInfo uri) {
        return problem(
                new Problem(403, "forbidden", "Not allowed", "Your token's roles do not allow this operation."), uri);
    }

    @ServerExceptionMapper
    Response invalid(ConstraintViolationException failure, UriInfo uri) {
        List<Map<String, String>> violations = failure.getConstraintViolations().stream()
                .map(violation -> Map.of("field", field(violation), "message", violation.getMessage()))
                .sorted((a, b) -> a.get("field").compareTo(b.get("field")))
                .toList();
        String detail = violations.stream()
                .map(violation -> violation.get("field") + " " + violation.get("message"))
                .collect(Collectors.joining("; "));
        return problem(Problem.invalid(detail + ".").with("violations", violations), uri);
    }

    @ServerExceptionMapper
    Response malformed(MismatchedInputException failure, UriInfo uri) {
        return problem(malformed(failure), uri);
    }

    /** The body is not in the encoding that its first bytes announce. */
    @ServerExceptionMapper
    Response undecodable(CharConversionException failure, UriInfo uri) {
        return problem(malformedJson(), uri);
    }

    @ServerExceptionMapper
    Response web(WebApplicationException failure, UriInfo uri) {
        // Jackson wraps what is thrown while it reads.
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof Problem problem) {
                return problem(problem, uri);
            }
        }
        if (failure.getCause() instanceof JsonProcessingException json) {
            return problem(malformed(json), uri);
        }
        int status = failure.getResponse().getStatus();
        if (status == 404 && failure.getCause() != null) {
            // JAX-RS could not read a parameter that Parameters does not know.
            return problem(Problem.invalid("A parameter is malformed. See the OpenAPI document."), uri);
        }
        return problem(
                switch (status) {
                    case 404 -> new Problem(404, "not-found", "Not found", "There is nothing at this address.");
                    case 405 ->
                        new Problem(405, "method-not-allowed", "Method not allowed", "See the OpenAPI document.");
                    case 406 ->
                        new Problem(406, "not-acceptable", "Not acceptable", "Ask for a media type that is offered.");
                    case 413 ->
                        new Problem(413, "too-large", "Too large", "The body is larger than this operation allows.");
                    case 415 ->
                        new Problem(415, "unsupported-media-type", "Unsupported media type", "Send application/json.");
                    default ->
                        new Problem(
                                status,
                                status < 500 ? "invalid-request" : "internal-error",
                                Response.Status.fromStatusCode(status) == null
                                        ? "Refused"
                                        : Response.Status.fromStatusCode(status).getReasonPhrase(),
                                status < 500
                                        ? "The request could not be understood. See the OpenAPI document."
                                        : "The operation failed.");
                },
                uri);
    }

    @ServerExceptionMapper
    Response unexpected(Throwable failure, UriInfo uri) {
        if (Failures.isOutage(failure)) {
            LOG.warnf("Answering 503: %s", failure.getClass().getName());
            return problem(
                    new Problem(503, "unavailable", "Temporarily unavailable", afterAnOutage(failure))
                            .with("retryAfter", 2),
                    uri);
        }
        LOG.error("Request failed", failure);
        return problem(
                new Problem(
                        500,
                        "internal-error",
                        "The operation failed",
                        "Report the traceId to the operator before you send the request again."),
                uri);
    }

    private static String afterAnOutage(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CommitUnknownException) {
                return "It is not known whether the request was carried out. With the same Idempotency-Key it can be sent"
                        + " again without harm; without one, look first at what it was about.";
            }
        }
        return UnitOfWork.hasCommitted()
                ? "A change was made before the failure. With the same Idempotency-Key the request can be sent again without"
                        + " harm; without one, look first at what it was about."
                : "Nothing was changed. Send the same request again later.";
    }

    private Response challenge(UriInfo uri) {
        Problem problem = new Problem(
                401,
                "unauthorized",
                "Not authenticated",
                "Send a valid, unexpired bearer token that was made for this service.");
        return Response.status(problem.status())
                .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
                .type(ProblemDocuments.MEDIA_TYPE)
                .entity(documents.write(problem, uri.getPath()))
                .build();
    }

    private static Problem malformed(JsonProcessingException failure) {
        if (failure instanceof UnrecognizedPropertyException unknown) {
            return new Problem(
                            400,
                            "unknown-field",
                            "The request has a field that is not accepted",
                            "Remove the field '" + unknown.getPropertyName() + "'. Accepted here: "
                                    + unknown.getKnownPropertyIds().stream()
                                            .map(Object::toString)
                                            .sorted()
                                            .collect(Collectors.joining(", "))
                                    + ".")
                    .with("field", unknown.getPropertyName());
        }
        if (failure instanceof JsonMappingException mapping
                && !mapping.getPath().isEmpty()) {
            String field = mapping.getPath().stream()
                    .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : "." + step.getFieldName())
                    .collect(Collectors.joining())
                    .replaceFirst("^\\.", "");
            String what = failure instanceof ForbiddenCharacterException forbidden
                    ? "has the character " + Text.name(forbidden.codePoint()) + ", which no text may have"
                    : "has the wrong type or form";
            return Problem.invalid("The value of '" + field + "' " + what + ". See the OpenAPI document.")
                    .with("field", field)
                    .with("violations", List.of(Map.of("field", field, "message", what)));
        }
        if (failure instanceof StreamReadException unreadable && isRepeated(unreadable)) {
            JsonParser parser = (JsonParser) unreadable.getProcessor();
            String field = parser.getParsingContext().getCurrentName();
            return new Problem(
                            400,
                            "repeated-field",
                            "The request has a field twice",
                            "Send the field '" + field + "' once.")
                    .with("field", field);
        }
        return malformedJson();
    }

    /** Jackson has no type for it. */
    private static boolean isRepeated(StreamReadException failure) {
        return failure.getOriginalMessage().startsWith("Duplicate field")
                && failure.getProcessor() instanceof JsonParser;
    }

    private static Problem malformedJson() {
        return new Problem(400, "malformed-json", "The body is not valid JSON", "Send one well-formed JSON value.");
    }

    private static String field(ConstraintViolation<?> violation) {
        // The path begins with method and parameter; the caller knows only what lies below.
        List<String> nodes = StreamSupport.stream(violation.getPropertyPath().spliterator(), false)
                .filter(node -> node.getKind() != ElementKind.CONTAINER_ELEMENT)
                .map(Path.Node::toString)
                .toList();
        return String.join(
                ".", nodes.size() > 2 ? nodes.subList(2, nodes.size()) : nodes.subList(nodes.size() - 1, nodes.size()));
    }
}
