package io.tenure.events;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The names of facts on the wire: {@code io.tenure.<domain>.<PastTenseFact>}. */
public final class EventType {

    private static final Map<String, Class<? extends Fact>> BY_NAME = new TreeMap<>();

    static {
        records(Fact.class).forEach(fact -> BY_NAME.put(of(fact), fact));
    }

    private EventType() {}

    /** The wire name of a fact's class. */
    public static String of(Class<? extends Fact> fact) {
        return "io.tenure." + domain(fact) + "." + fact.getSimpleName();
    }

    /** The class behind a wire name; empty for a type that this version does not know. */
    public static Optional<Class<? extends Fact>> classOf(String type) {
        return Optional.ofNullable(BY_NAME.get(type));
    }

    /** All facts by wire name, in alphabetical order. */
    public static Map<String, Class<? extends Fact>> all() {
        return Map.copyOf(BY_NAME);
    }

    /** The domain part of a fact's name: the producing service, or {@code admin} for what every service publishes. */
    public static String domain(Class<? extends Fact> fact) {
        if (AdministrativeActionPerformed.class == fact) {
            return "admin";
        }
        return fact.getEnclosingClass().getSimpleName().replace("Fact", "").toLowerCase(Locale.ROOT);
    }

    @SuppressWarnings("unchecked")
    private static Stream<Class<? extends Fact>> records(Class<?> sealedType) {
        return sealedType.isRecord()
                ? Stream.of((Class<? extends Fact>) sealedType)
                : Arrays.stream(sealedType.getPermittedSubclasses()).flatMap(EventType::records);
    }
}
