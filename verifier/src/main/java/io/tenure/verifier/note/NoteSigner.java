package io.tenure.verifier.note;

import io.tenure.verifier.VerificationException;
import io.tenure.verifier.encoding.Ed25519;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Signs notes (C2SP signed-note, signature type 1: Ed25519). Holds a private key: never log it; {@link #toString()} is
 * the public key.
 */
public final class NoteSigner {

    private static final String PREFIX = "PRIVATE+KEY+";

    private final byte[] seed;
    private final NoteVerifier verifier;

    NoteSigner(String name, byte[] seed) {
        this.seed = seed;
        this.verifier = new NoteVerifier(NoteKeys.requireName(name), Ed25519.publicKeyOf(seed));
    }

    /**
     * Reads a private key line, {@code PRIVATE+KEY+<name>+<key id>+<base64>}; space around it is ignored.
     *
     * @throws IllegalArgumentException if it is not such a line, without repeating any of it
     */
    public static NoteSigner parse(String line) {
        String key = line.strip();
        if (!key.startsWith(PREFIX)) {
            throw new IllegalArgumentException("the line is not a private note key: it does not begin with " + PREFIX);
        }
        String[] parts = key.substring(PREFIX.length()).split("\\+", 3);
        if (parts.length != 3) {
            throw new IllegalArgumentException("the private note key is not <name>+<key id>+<base64>");
        }
        try {
            NoteSigner signer = new NoteSigner(parts[0], NoteVerifier.decodeKey(parts[2]));
            if (!signer.privateKeyLine().equals(key)) {
                throw new IllegalArgumentException("the private note key's id does not belong to its name and key");
            }
            return signer;
        } catch (VerificationException e) {
            throw new IllegalArgumentException("the private note key cannot be read: " + e.getMessage());
        }
    }

    /** The line that {@link #parse} reads. It is the secret itself: write it to a file only its owner can read. */
    public String privateKeyLine() {
        return PREFIX + verifier.name() + "+" + verifier.keyId() + "+" + NoteVerifier.encodeKey(seed);
    }

    /** The public half. */
    public NoteVerifier verifier() {
        return verifier;
    }

    /**
     * The whole signed note: the text, an empty line, one signature line.
     *
     * @param text ends in a line break and contains no other control characters
     */
    public String sign(String text) {
        if (!text.endsWith("\n") || text.chars().anyMatch(c -> c < ' ' && c != '\n')) {
            throw new IllegalArgumentException("a note's text ends in a line break and has no control characters");
        }
        byte[] signature = Ed25519.sign(seed, text.getBytes(StandardCharsets.UTF_8));
        byte[] signed = Ed25519.concat(verifier.keyIdBytes(), signature);
        return text + "\n" + NoteVerifier.SIGNATURE_PREFIX + verifier.name() + " "
                + Base64.getEncoder().encodeToString(signed) + "\n";
    }

    @Override
    public String toString() {
        return verifier.vkey();
    }
}
