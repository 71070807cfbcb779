package io.tenure.kit.page;

import io.tenure.kit.Ids;
import io.tenure.kit.problem.Problem;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.QueryParam;
import java.util.UUID;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

/**
 * Which page of a list a caller asks for: the query parameters of every list. A resource takes it as
 * {@code @Valid @BeanParam}.
 *
 * @param limit how many items the page has at most, from 1 to 200
 * @param cursor {@link Page#next} of the page before; null for the first page
 */
public record PageRequest(
        @QueryParam("limit") @DefaultValue("50") @Min(1) @Max(200)
        int limit,

        @QueryParam("cursor") @Parameter(description = "The 'next' of the page before")
        String cursor) {

    /** Whether it is the first page. */
    public boolean isFirst() {
        return cursor == null;
    }

    /** The id after which the page begins; the nil UUID for the first page. @throws Problem 400 if it is no cursor */
    public UUID after() {
        return after(new UUID(0, 0), Ids::parse);
    }

    /** The index after which the page begins; -1 for the first page. @throws Problem 400 if it is no cursor */
    public long afterIndex() {
        return after(-1L, PageRequest::index);
    }

    private <K> K after(K first, Function<String, K> reading) {
        if (isFirst()) {
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
