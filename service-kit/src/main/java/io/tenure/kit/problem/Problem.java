package io.tenure.kit.problem;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request that cannot be served, as an RFC 9457 problem. Its {@code detail} tells the caller what to do about it and
 * contains neither secrets nor personal data.
 */
public final class Problem extends RuntimeException {

    /** What every problem's {@code type} begins with; its slug follows. */
    public static final String TYPES = "urn:tenure:problem:";

    private final int status;
    private final String slug;
    private final String title;
    private final Map<String, Object> extensions = new LinkedHashMap<>();

    /**
     * @param status HTTP status, 400 to 599
     * @param slug stable name; the document's {@code type} is {@code urn:tenure:problem:<slug>}
     * @param title the same for every occurrence
     * @param detail what happened here and what to do
     */
    public Problem(int status, String slug, String title, String detail) {
        super(detail, null, false, false);
        this.status = status;
        this.slug = slug;
        this.title = title;
    }

    /** Adds a member to the document. */
    public Problem with(String member, Object value) {
        extensions.put(member, value);
        return this;
    }

    public int status() {
        return status;
    }

    public String type() {
        return TYPES + slug;
    }

    public String title() {
        return title;
    }

    public Map<String, Object> extensions() {
        return Map.copyOf(extensions);
    }

    /**
     * 404, also for what belongs to another tenant, so that its existence is not revealed.
     *
     * @param what for example {@code tenant}
     */
    public static Problem notFound(String what) {
        return new Problem(404, "not-found", "Not found", "There is no such " + what + ". Check the id.");
    }

    /** 404 for what this service learns of through events: something made a moment ago may not be known here yet. */
    public static Problem notFoundYet(String what) {
        return new Problem(
                404,
                "not-found",
                "Not found",
                "There is no such " + what
                        + " here. Check the id; one that was created a moment ago is known here within"
                        + " seconds, so send the request again.");
    }

    /** 400 for input that is well-formed JSON but not allowed. */
    public static Problem invalid(String detail) {
        return new Problem(400, "invalid-request", "The request is not valid", detail);
    }

    /** 409 for a command that the present state does not allow. */
    public static Problem conflict(String slug, String detail) {
        return new Problem(409, slug, "The present state does not allow this", detail);
    }
}
