package io.tenure.credential.reveal;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The secret part of a one-time link: 256 random bits in base64url. Does not print or serialise itself. */
@Schema(type = SchemaType.STRING, pattern = LinkToken.PATTERN, description = "The part of the link after #")
public final class LinkToken {

    static final String PATTERN = "^[A-Za-z0-9_-]{43}$";

    private static final Pattern FORM = Pattern.compile(PATTERN);
    private static final int BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String value;

    private LinkToken(String value) {
        this.value = value;
    }

    static LinkToken random() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return new LinkToken(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /** @throws IllegalArgumentException if the text is not a token; the message does not quote it */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static LinkToken parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("not a link token");
        }
        return new LinkToken(text);
    }

    /** SHA-256 of the token, the only thing stored of it. 256 random bits need neither salt nor stretching. */
    byte[] hash() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The token itself, for the link. */
    String expose() {
        return value;
    }

    @Override
    public String toString() {
        return "***";
    }
}
