package io.tenure.kit.problem;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a domain type refuses what its rules do not allow. Mapped once for each door: a request is answered with 409, a
 * record goes to the dead letter at once, because a repetition would meet the same rule.
 */
public final class Refusal extends RuntimeException {

    private final String slug;
    private final Map<String, Object> details = new LinkedHashMap<>();

    /**
     * @param slug stable name; a problem's {@code type} is {@code urn:tenure:problem:<slug>}
     * @param rule the rule that was met, and what to do; without secrets and personal data
     */
    public Refusal(String slug, String rule) {
        super(rule, null, false, false);
        this.slug = slug;
    }

    /** Adds what a program needs in order to choose otherwise, for example the values that are allowed. */
    public Refusal with(String name, Object value) {
        details.put(name, value);
        return this;
    }

    /** Stable name of the rule, as in {@code urn:tenure:problem:<slug>}. */
    public String slug() {
        return slug;
    }

    /** What {@link #with} added. */
    public Map<String, Object> details() {
        return Map.copyOf(details);
    }
}
