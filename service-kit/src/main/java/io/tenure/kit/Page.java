package io.tenure.kit;

import io.tenure.kit.problem.Problem;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/**
 * One page of a list in ascending order of id, and so of age.
 *
 * @param next pass it as {@code cursor} to read on; absent on the last page
 */
public record Page<T>(List<T> items, String next) {

    /** How many items a page has where the caller does not say. */
    public static final String DEFAULT_LIMIT = "50";

    /** How many items a page has at most. */
    public static final int MAX_LIMIT = 200;

    /**
     * Makes a page from one item more than asked for.
     *
     * @param found up to {@code limit + 1} rows
     * @param id the id of a row, which becomes the cursor
     */
    public static <R, T> Page<T> of(List<R> found, int limit, Function<R, UUID> id, Function<R, T> view) {
        boolean more = found.size() > limit;
        List<R> shown = more ? found.subList(0, limit) : found;
        return new Page<>(
                shown.stream().map(view).toList(),
                more ? id.apply(shown.getLast()).toString() : null);
    }

    /** The id after which a page begins; the nil UUID for the first page. @throws Problem 400 if it is no cursor */
    public static UUID after(String cursor) {
        if (cursor == null) {
            return new UUID(0, 0);
        }
        try {
            return Ids.parse(cursor);
        } catch (IllegalArgumentException foreign) {
            throw Problem.invalid("cursor must be the value of 'next' of an earlier page.")
                    .with("parameter", "cursor");
        }
    }
}
