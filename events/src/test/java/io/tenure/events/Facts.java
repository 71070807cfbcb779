package io.tenure.events;

import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.events.Sanitization.CryptographicallyErased;
import io.tenure.events.Sanitization.ErasedByStorage;
import io.tenure.events.Sanitization.KeyCopy;
import io.tenure.events.Sanitization.KeyCopy.Fate;
import io.tenure.events.Sanitization.NotCovered;
import io.tenure.events.Sanitization.Overwritten;
import io.tenure.events.Sanitization.ReadBack;
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

    /** One sanitized in each way: what proves it cannot be just any value. */
    static List<SanitizedDisk> sanitized() {
        List<NotCovered> notCovered = List.of(NotCovered.SNAPSHOTS, NotCovered.BACKUPS);
        Instant at = Instant.parse("2026-11-23T22:00:00.000001Z");
        return List.of(
                new SanitizedDisk(
                        "disk.img",
                        4100,
                        new Overwritten(
                                "random \"ü\"",
                                "sandbox/1",
                                2,
                                4096,
                                4,
                                "ab".repeat(32),
                                "ext4",
                                ReadBack.CACHE,
                                notCovered)),
                new SanitizedDisk(
                        "hole.img",
                        4096,
                        new Overwritten("zeros", "sandbox/1", 1, 0, 4096, null, "xfs", ReadBack.DEVICE, List.of())),
                new SanitizedDisk(
                        "luks.img",
                        1L << 40,
                        new CryptographicallyErased(
                                "vault/4711",
                                "AES-256-XTS",
                                "luks/2",
                                List.of(
                                        new KeyCopy("vault primary", Fate.DESTROYED, at),
                                        new KeyCopy("header", Fate.DESTROYED, at)),
                                "ceph",
                                notCovered)),
                new SanitizedDisk(
                        "backed-up.img",
                        1L << 40,
                        new CryptographicallyErased(
                                "vault/4712",
                                "AES-256-XTS",
                                "luks/2",
                                List.of(
                                        new KeyCopy("vault primary", Fate.DESTROYED, at),
                                        new KeyCopy("vault backup", Fate.EXPIRES, at.plusSeconds(1))),
                                "ceph",
                                List.of())),
                new SanitizedDisk(
                        "volume-1",
                        1L << 30,
                        new ErasedByStorage("secure discard", "array/3", "san", "task 12 succeeded", notCovered)));
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
        } else if (plain == SanitizedDisk.class) {
            return sanitized().get(next++ % sanitized().size());
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
