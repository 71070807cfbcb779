package io.tenure.kit.problem;

import jakarta.ws.rs.ext.ParamConverter;
import jakarta.ws.rs.ext.ParamConverterProvider;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.UUID;

/** Reads ids in paths and queries, and says so when one is malformed; JAX-RS alone would answer a bare 404. */
@Provider
public class IdParameters implements ParamConverterProvider {

    @Override
    @SuppressWarnings("unchecked")
    public <T> ParamConverter<T> getConverter(Class<T> rawType, Type genericType, Annotation[] annotations) {
        return rawType == UUID.class ? (ParamConverter<T>) new Converter() : null;
    }

    private static final class Converter implements ParamConverter<UUID> {

        @Override
        public UUID fromString(String value) {
            if (value == null) {
                return null;
            }
            // UUID.fromString accepts shortened groups; an id has exactly one spelling.
            if (value.length() != 36) {
                throw malformed();
            }
            try {
                return UUID.fromString(value);
            } catch (IllegalArgumentException notAnId) {
                throw malformed();
            }
        }

        @Override
        public String toString(UUID value) {
            return value.toString();
        }

        private static Problem malformed() {
            return new Problem(
                    400,
                    "malformed-id",
                    "An id is malformed",
                    "Ids are UUIDs of 36 characters, as the API returned them.");
        }
    }
}
