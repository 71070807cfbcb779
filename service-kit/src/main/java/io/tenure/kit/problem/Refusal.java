package io.tenure.kit.problem;

/**
 * How a domain type refuses what its rules do not allow. Mapped once for each door: a request is answered with 409, a record
 * goes to the dead letter at once, because a repetition would meet the same rule.
 */
public final class Refusal extends RuntimeException {

    private final String slug;

    /**
     * @param slug stable name; a problem's {@code type} is {@code urn:tenure:problem:<slug>}
     * @param rule the rule that was met, and what to do; without secrets and personal data
     */
    public Refusal(String slug, String rule) {
        super(rule, null, false, false);
        this.slug = slug;
    }

    /** Stable name of the rule, as in {@code urn:tenure:problem:<slug>}. */
    public String slug() {
        return slug;
    }
}
