package io.tenure.verifier.note;

import io.tenure.verifier.encoding.Ed25519;

/** Makes the key pair of a log. */
public final class NoteKeys {

    private NoteKeys() {}

    /**
     * A fresh Ed25519 key pair.
     *
     * @param name the key's name, for a log its origin: not empty, without spaces, line breaks or plus signs
     */
    public static NoteSigner generate(String name) {
        return new NoteSigner(name, Ed25519.newSeed());
    }

    static String requireName(String name) {
        boolean fits = !name.isEmpty()
                && name.codePoints()
                        .noneMatch(c -> c == '+'
                                || Character.isISOControl(c)
                                || Character.isWhitespace(c)
                                || Character.isSpaceChar(c));
        if (!fits) {
            throw new IllegalArgumentException("a key name is not empty and has no spaces and no plus signs");
        }
        return name;
    }
}
