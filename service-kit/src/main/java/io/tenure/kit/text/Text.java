package io.tenure.kit.text;

import java.text.Normalizer;
import java.util.OptionalInt;

/** What all text that people and clients send has in common. */
public final class Text {

    /**
     * {@link #forbidden} as a character class of ECMA-262, for contracts. Without unassigned characters and those
     * beyond the basic plane, which patterns cannot name in a way that every tool reads.
     */
    public static final String FORBIDDEN_CLASS = "\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f"
            + "\\u2028-\\u202e\\u2060-\\u206f\\ue000-\\uf8ff\\ufeff\\ufff9-\\ufffb\\ufffd";

    private static final int REPLACEMENT = 0xfffd;

    private Text() {}

    /** The text in Unicode's normal form C, without blanks at its ends; no-break spaces are blanks. */
    public static String normalised(String text) {
        String composed = Normalizer.normalize(text, Normalizer.Form.NFC);
        int start = 0;
        int end = composed.length();
        while (start < end && isBlank(composed.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(composed.charAt(end - 1))) {
            end--;
        }
        return composed.substring(start, end);
    }

    /** Every blank character of Unicode is in the basic plane. */
    private static boolean isBlank(char character) {
        return Character.isWhitespace(character) || Character.isSpaceChar(character);
    }

    /**
     * The first code point that no text may have: control and format characters (bidirectional overrides and isolates,
     * zero-width characters, also inside emoji), line and paragraph separators, private use, lone surrogates,
     * characters unknown to this Java's Unicode, and U+FFFD, which decoders leave in the place of broken bytes. With
     * them, different texts can look alike.
     */
    public static OptionalInt forbidden(String text) {
        return text.codePoints().filter(Text::isForbidden).findFirst();
    }

    private static boolean isForbidden(int codePoint) {
        if (codePoint == REPLACEMENT) {
            return true;
        }
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> true;
            default -> false;
        };
    }

    /** How a problem names a code point: {@code U+202E}. */
    public static String name(int codePoint) {
        return "U+%04X".formatted(codePoint);
    }

    /** Characters as people count them in contracts: code points. */
    public static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
