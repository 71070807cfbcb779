package io.tenure.verifier.encoding;

import io.tenure.verifier.VerificationException;
import java.util.Base64;

/**
 * Base 64 (RFC 4648) with exactly one spelling for each value. The JDK's decoder ignores the unused low bits of the
 * last character and missing padding, so that two different files could carry the same signature; here a second
 * spelling is refused, which lets a single changed bit of a file be noticed wherever it is.
 */
public final class StrictBase64 {

    private StrictBase64() {}

    /**
     * Decodes the standard alphabet, with padding.
     *
     * @param what names the text in the message
     * @throws VerificationException if it is not spelled so
     */
    public static byte[] decode(String text, String what) {
        return decode(text, what, Base64.getDecoder(), Base64.getEncoder());
    }

    /**
     * Decodes the alphabet for addresses, without padding.
     *
     * @param what names the text in the message
     * @throws VerificationException if it is not spelled so
     */
    public static byte[] decodeUrl(String text, String what) {
        return decode(text, what, Base64.getUrlDecoder(), Base64.getUrlEncoder().withoutPadding());
    }

    private static byte[] decode(String text, String what, Base64.Decoder decoder, Base64.Encoder encoder) {
        byte[] bytes;
        try {
            bytes = decoder.decode(text);
        } catch (IllegalArgumentException e) {
            throw new VerificationException(what + " is not valid base64");
        }
        if (!encoder.encodeToString(bytes).equals(text)) {
            throw new VerificationException(what + " is not canonical base64");
        }
        return bytes;
    }
}
