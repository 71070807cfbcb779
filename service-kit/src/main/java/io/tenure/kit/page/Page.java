package io.tenure.kit.page;

import java.util.List;
import java.util.function.Function;

/**
 * One page of a list in ascending order of id, and so of age; of the log, in ascending order of index.
 *
 * @param next pass it as {@code cursor} to read on; absent on the last page
 */
public record Page<T>(List<T> items, String next) {

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
}
