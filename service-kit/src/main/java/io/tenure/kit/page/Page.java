package io.tenure.kit.page;

import io.tenure.kit.Ids;
import io.tenure.kit.problem.Problem;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/**
 * One page of a list in ascending order of id, and so of age; of the log, in ascending order of index.
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
     * @param key what the list is sorted by, an id or an index, which becomes the cursor
     */
    public static <R, T> Page<T> of(List<R> found, int limit, Function<R, ?> key, Function<R, T> view) {
        boolean more = found.size() > limit;
        List<R> shown = more ? found.subList(0, limit) : found;
        return new Page<>(
                shown.stream().map(view).toList(),
                more ? key.apply(shown.getLast()).toString() : null);
    }

    /** The id after which a page begins; the nil UUID for the first page. @throws Problem 400 if it is no cursor */
    public static UUID after(String cursor) {
        return after(cursor, new UUID(0, 0), Ids::parse);
    }

    /** The index after which a page begins; -1 for the first page. @throws Problem 400 if it is no cursor */
    public static long afterIndex(String cursor) {
        return after(cursor, -1L, Page::index);
    }

    private static <K> K after(String cursor, K first, Function<String, K> reading) {
        if (cursor == null) {
            return first;
        }
        try {
            return reading.apply(cursor);
        } catch (IllegalArgumentException foreign) {
            throw Problem.invalid("cursor must be the value of 'next' of an earlier page.")
                    .with("parameter", "cursor");
        }
    }

    /** Reads an index in its only spelling; {@link Long#parseLong} takes signs, leading zeros and foreign digits too. */
    private static long index(String text) {
        long index = Long.parseLong(text);
        if (index < 0 || !Long.toString(index).equals(text)) {
            throw new IllegalArgumentException("not an index");
        }
        return index;
    }
}
