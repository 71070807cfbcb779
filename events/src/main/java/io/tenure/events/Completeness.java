package io.tenure.events;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Finds what a fact must have and has not: a component that is null without being {@link Nullable}, at any depth. */
final class Completeness {

    private static final ClassValue<List<RecordComponent>> COMPONENTS = new ClassValue<>() {
        @Override
        protected List<RecordComponent> computeValue(Class<?> type) {
            return Arrays.stream(type.getRecordComponents())
                    .filter(component -> !component.getType().isPrimitive())
                    .toList();
        }
    };

    private Completeness() {}

    /** The path of the first missing component, for example {@code disks[0].name}; empty if the fact is complete. */
    static Optional<String> missing(Fact fact) {
        return missing("", fact);
    }

    private static Optional<String> missing(String place, Object value) {
        if (value == null) {
            return Optional.of(place);
        }
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                Optional<String> missing = missing(place + "[" + i + "]", list.get(i));
                if (missing.isPresent()) {
                    return missing;
                }
            }
        } else if (value instanceof Record) {
            for (RecordComponent component : COMPONENTS.get(value.getClass())) {
                Object part = read(component, value);
                if (part != null || !component.isAnnotationPresent(Nullable.class)) {
                    Optional<String> missing =
                            missing(place.isEmpty() ? component.getName() : place + "." + component.getName(), part);
                    if (missing.isPresent()) {
                        return missing;
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Object read(RecordComponent component, Object value) {
        try {
            return component.getAccessor().invoke(value);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
