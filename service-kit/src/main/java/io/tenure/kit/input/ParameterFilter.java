package io.tenure.kit.input;

import io.tenure.kit.problem.Problem;
import io.tenure.kit.text.Text;
import jakarta.inject.Singleton;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.MediaType;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Refuses query parameters that the operation does not have, and parameters that are repeated or empty: otherwise a
 * misspelt filter would list everything, and an empty Idempotency-Key would protect nothing.
 */
@Singleton
class ParameterFilter {

    private static final int SHOWN = 64;

    private final Map<Method, Declared> known = new ConcurrentHashMap<>();

    private record Declared(SortedSet<String> query, SortedSet<String> headers) {

        static Declared by(Method method) {
            return new Declared(
                    names(method, QueryParam.class, QueryParam::value),
                    names(method, HeaderParam.class, HeaderParam::value));
        }

        private static <A extends Annotation> SortedSet<String> names(
                Method method, Class<A> kind, Function<A, String> name) {
            return Arrays.stream(method.getParameters())
                    .flatMap(Declared::single)
                    .map(place -> place.getAnnotation(kind))
                    .filter(Objects::nonNull)
                    .map(name)
                    .collect(Collectors.toCollection(TreeSet::new));
        }

        /** The parameter itself, or each of those that a record holds. */
        private static Stream<AnnotatedElement> single(Parameter parameter) {
            return parameter.isAnnotationPresent(BeanParam.class)
                    ? Arrays.stream(parameter.getType().getRecordComponents()).map(RecordComponent::getAccessor)
                    : Stream.of(parameter);
        }
    }

    @ServerRequestFilter
    void check(ResourceInfo resource, ContainerRequestContext request) {
        Method method = resource.getResourceMethod();
        if (isPage(method)) {
            return;
        }
        Declared declared = known.computeIfAbsent(method, Declared::by);
        request.getUriInfo().getQueryParameters().forEach((name, values) -> {
            if (!declared.query.contains(name)) {
                throw unknown(name, declared.query);
            }
            mustComeOnce(name, values);
        });
        for (String header : declared.headers) {
            List<String> values = request.getHeaders().get(header);
            if (values != null) {
                mustComeOnce(header, values);
            }
        }
    }

    /** People follow links to pages, and mail programs add parameters of their own to links. */
    private static boolean isPage(Method method) {
        Produces produces = method.getAnnotation(Produces.class);
        return produces != null && List.of(produces.value()).contains(MediaType.TEXT_HTML);
    }

    /** JAX-RS would treat an empty one as absent, and use the first of several. */
    private static void mustComeOnce(String name, List<String> values) {
        if (values.size() != 1 || values.getFirst().isEmpty()) {
            throw Problem.invalid(name + " must be given once, with a value.").with("parameter", name);
        }
    }

    private static Problem unknown(String name, SortedSet<String> accepted) {
        String shown = Text.length(name) > SHOWN ? "a long one" : name;
        return new Problem(
                        400,
                        "unknown-parameter",
                        "The request has a query parameter that is not accepted",
                        "Remove '" + shown + "'. Accepted here: "
                                + (accepted.isEmpty() ? "none" : String.join(", ", accepted)) + ".")
                .with("parameter", shown);
    }
}
