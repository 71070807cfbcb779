package io.tenure.events;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** One of each fact, every component filled with a value of its own. */
final class Facts {

    private int next = 1;

    private Facts() {}

    /** All facts' classes, in alphabetical order of their wire names. */
    static Stream<Class<? extends Fact>> classes() {
        return EventType.all().entrySet().stream()
                .sorted(java.util.Map.Entry.comparingByKey())
                .map(java.util.Map.Entry::getValue);
    }

    static Fact filled(Class<? extends Fact> fact) {
        return (Fact) new Facts().value(fact);
    }

    static Event event(Fact fact) {
        return new Event(
                new UUID(1, 2),
                "/tenure/lifecycle",
                "/v1/terminations/1",
                Instant.parse("2026-11-23T22:10:00.123456Z"),
                new UUID(3, 4),
                new UUID(5, 6),
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                fact);
    }

    private Object value(Type type) {
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            Type element = list.getActualTypeArguments()[0];
            return List.of(value(element), value(element));
        }
        Class<?> plain = (Class<?>) type;
        if (plain == UUID.class) {
            return new UUID(7, next++);
        } else if (plain == Instant.class) {
            return Instant.parse("2026-11-23T22:00:00Z").plusNanos(next++);
        } else if (plain == String.class) {
            return "text " + next++ + " \"ü\"";
        } else if (plain == int.class) {
            return next++;
        } else if (plain == long.class) {
            return Integer.MAX_VALUE + (long) next++;
        } else if (plain.isEnum()) {
            return plain.getEnumConstants()[next++ % plain.getEnumConstants().length];
        } else if (plain.isRecord()) {
            return record(plain);
        }
        throw new AssertionError("a fact has a component of a type that the contract does not use yet: " + plain);
    }

    private Object record(Class<?> type) {
        try {
            List<Class<?>> types = new ArrayList<>();
            List<Object> values = new ArrayList<>();
            for (RecordComponent component : type.getRecordComponents()) {
                types.add(component.getType());
                values.add(value(component.getGenericType()));
            }
            return type.getDeclaredConstructor(types.toArray(Class[]::new)).newInstance(values.toArray());
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
