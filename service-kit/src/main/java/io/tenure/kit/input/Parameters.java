package io.tenure.kit.input;

import io.tenure.kit.Ids;
import io.tenure.kit.problem.Problem;
import io.tenure.kit.text.Text;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.ext.ParamConverter;
import jakarta.ws.rs.ext.ParamConverterProvider;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads the values of paths, queries and headers, and answers 400 with the parameter's name where one is malformed;
 * JAX-RS alone would answer a bare 404.
 */
@Provider
public class Parameters implements ParamConverterProvider {

    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]+");

    @Override
    @SuppressWarnings("unchecked")
    public <T> ParamConverter<T> getConverter(Class<T> rawType, Type genericType, Annotation[] annotations) {
        String name = name(annotations);
        Function<String, ?> reader = name == null ? null : reader(rawType, name);
        return reader == null ? null : new Converter<>((Function<String, T>) reader);
    }

    private static String name(Annotation[] annotations) {
        for (Annotation annotation : annotations) {
            switch (annotation) {
                case QueryParam query -> {
                    return query.value();
                }
                case PathParam path -> {
                    return path.value();
                }
                case HeaderParam header -> {
                    return header.value();
                }
                default -> {}
            }
        }
        return null;
    }

    private static Function<String, ?> reader(Class<?> type, String name) {
        if (type == String.class) {
            return value -> text(name, value);
        }
        if (type == UUID.class) {
            return value -> id(name, value);
        }
        if (type == int.class || type == Integer.class) {
            return value -> whole(name, value, Integer::valueOf);
        }
        if (type == long.class || type == Long.class) {
            return value -> whole(name, value, Long::valueOf);
        }
        if (type == boolean.class || type == Boolean.class) {
            return value -> switch (value) {
                case "true" -> true;
                case "false" -> false;
                default -> throw malformed(name, "must be true or false");
            };
        }
        if (type == Instant.class) {
            return value -> read(name, value, Instant::parse, "must be an instant such as 2026-11-01T00:00:00Z");
        }
        if (type.isEnum()) {
            return value -> constant(name, value, type.getEnumConstants());
        }
        return null;
    }

    /** PostgreSQL refuses NUL, and nothing that is looked up has any of the others. */
    private static String text(String name, String value) {
        Text.forbidden(value).ifPresent(codePoint -> {
            throw malformed(name, "has the character " + Text.name(codePoint) + ", which no text may have");
        });
        return value;
    }

    private static UUID id(String name, String value) {
        try {
            return Ids.parse(value);
        } catch (IllegalArgumentException notAnId) {
            throw new Problem(
                            400,
                            "malformed-id",
                            "An id is malformed",
                            name + " must be a UUID of 36 characters, as the API returned it.")
                    .with("parameter", name);
        }
    }

    private static <T> T whole(String name, String value, Function<String, T> spelling) {
        if (!WHOLE_NUMBER.matcher(value).matches()) {
            throw malformed(name, "must be a whole number");
        }
        return read(name, value, spelling, "is too large a number");
    }

    private static Object constant(String name, String value, Object[] constants) {
        return Arrays.stream(constants)
                .filter(constant -> ((Enum<?>) constant).name().equals(value))
                .findFirst()
                .orElseThrow(() -> malformed(
                        name,
                        "must be one of "
                                + Arrays.stream(constants).map(Object::toString).collect(Collectors.joining(", "))));
    }

    private static <T> T read(String name, String value, Function<String, T> spelling, String otherwise) {
        try {
            return spelling.apply(value);
        } catch (RuntimeException malformed) {
            throw malformed(name, otherwise);
        }
    }

    private static Problem malformed(String name, String why) {
        return Problem.invalid(name + " " + why + ".").with("parameter", name);
    }

    private record Converter<T>(Function<String, T> reader) implements ParamConverter<T> {

        @Override
        public T fromString(String value) {
            return value == null ? null : reader.apply(value);
        }

        @Override
        public String toString(T value) {
            return value.toString();
        }
    }
}
