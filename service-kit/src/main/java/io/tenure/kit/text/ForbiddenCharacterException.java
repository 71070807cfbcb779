package io.tenure.kit.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.io.Serial;

/** A string of a body has a character that no text may have. Does not quote the string. */
public final class ForbiddenCharacterException extends MismatchedInputException {

    @Serial
    private static final long serialVersionUID = 1;

    private final int codePoint;

    public ForbiddenCharacterException(JsonParser parser, int codePoint) {
        super(parser, "A character that no text may have", String.class);
        this.codePoint = codePoint;
    }

    /** The first such character. */
    public int codePoint() {
        return codePoint;
    }
}
