package io.tenure.events;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds what a fact lacks: a component that is null and not {@link Nullable}, at any depth. */
final class Completeness {

    private record Component(String name, Method accessor, boolean required) {}

    private static final ClassValue<List<Component>> COMPONENTS = new ClassValue<>() {
        @Override
        protected List<Component> computeValue(Class<?> type) {
            return Arrays.stream(type.getRecordComponents())
                    .filter(component -> !component.getType().isPrimitive())
                    .map(component -> new Component(
                            component.getName(),
                            component.getAccessor(),
                            !component.getAnnotatedType().isAnnotationPresent(Nullable.class)))
                    .toList();
        }
    };

    private Completeness() {}

    /** The path of the first missing component, for example {@code disks[0].name}; empty if the fact is complete. */
    static Optional<String> missing(Fact fact) {
        return missing("", fact);
    }

    private static Optional<String> missing(String place, @Nullable Object value) {
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
            for (Component component : COMPONENTS.get(value.getClass())) {
                Object part = read(component, value);
                if (part != null || component.required) {
                    Optional<String> missing =
                            missing(place.isEmpty() ? component.name : place + "." + component.name, part);
                    if (missing.isPresent()) {
                        return missing;
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static @Nullable Object read(Component component, Object value) {
        try {
            return component.accessor.invoke(value);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
