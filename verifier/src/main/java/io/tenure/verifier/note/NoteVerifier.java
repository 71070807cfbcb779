package io.tenure.verifier.note;

import io.tenure.verifier.VerificationException;
import io.tenure.verifier.encoding.Ed25519;
import io.tenure.verifier.encoding.StrictBase64;
import io.tenure.verifier.tree.Merkle;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Verifies notes with one public key (C2SP signed-note, signature type 1: Ed25519). The key travels as a
 * <em>vkey</em> line, {@code <name>+<key id>+<base64>}.
 */
public final class NoteVerifier {

    static final String SIGNATURE_PREFIX = "\u2014 ";

    private static final byte ED25519 = 1;
    private static final int KEY_ID_LENGTH = 4;

    /** The specification has verifiers accept 16 and lets them stop somewhere. */
    private static final int MAX_SIGNATURES = 64;

    private final String name;
    private final byte[] publicKey;
    private final byte[] keyId;

    NoteVerifier(String name, byte[] publicKey) {
        this.name = name;
        this.publicKey = publicKey;
        MessageDigest digest = Merkle.sha256();
        digest.update((name + "\n").getBytes(StandardCharsets.UTF_8));
        digest.update(ED25519);
        this.keyId = Arrays.copyOf(digest.digest(publicKey), KEY_ID_LENGTH);
    }

    /**
     * Reads a vkey line; one line break at its end is allowed.
     *
     * @throws VerificationException if it is malformed, or its key id does not belong to its name and key
     */
    public static NoteVerifier parse(String vkey) {
        String line = vkey.endsWith("\n") ? vkey.substring(0, vkey.length() - 1) : vkey;
        String[] parts = line.split("\\+", 3);
        if (parts.length != 3) {
            throw new VerificationException("the log key is not <name>+<key id>+<base64>");
        }
        NoteVerifier verifier;
        try {
            verifier = new NoteVerifier(NoteKeys.requireName(parts[0]), decodeKey(parts[2]));
        } catch (IllegalArgumentException e) {
            throw new VerificationException("the log key cannot be read: " + e.getMessage());
        }
        if (!verifier.vkey().equals(line)) {
            throw new VerificationException("the log key's id does not belong to its name and key");
        }
        return verifier;
    }

    /** The public key line. */
    public String vkey() {
        return name + "+" + keyId() + "+" + encodeKey(publicKey);
    }

    public String name() {
        return name;
    }

    /** Eight lower-case hexadecimal digits. */
    public String keyId() {
        return HexFormat.of().formatHex(keyId);
    }

    byte[] keyIdBytes() {
        return keyId.clone();
    }

    /**
     * The text of a note, once this key's signature on it has been verified. Well-formed signatures of other keys are
     * ignored, as the specification demands.
     *
     * @throws VerificationException if the note is malformed, or has no signature of this key, or a wrong one
     */
    public String open(String note) {
        if (!note.endsWith("\n") || note.chars().anyMatch(c -> c < ' ' && c != '\n')) {
            throw new VerificationException("the note is malformed");
        }
        int split = note.lastIndexOf("\n\n");
        if (split < 0 || split + 2 == note.length()) {
            throw new VerificationException("the note has no signature");
        }
        String text = note.substring(0, split + 1);
        String[] lines = note.substring(split + 2, note.length() - 1).split("\n", -1);
        if (lines.length > MAX_SIGNATURES) {
            throw new VerificationException("the note has more than " + MAX_SIGNATURES + " signatures");
        }
        boolean verified = false;
        for (String line : lines) {
            verified |= verifies(line, text);
        }
        if (!verified) {
            throw new VerificationException("the note is not signed by the key " + name + "+" + keyId());
        }
        return text;
    }

    private boolean verifies(String line, String text) {
        int space = line.lastIndexOf(' ');
        if (!line.startsWith(SIGNATURE_PREFIX) || space <= SIGNATURE_PREFIX.length()) {
            throw new VerificationException("a signature line of the note is malformed");
        }
        byte[] signed = StrictBase64.decode(line.substring(space + 1), "a signature of the note");
        if (signed.length <= KEY_ID_LENGTH) {
            throw new VerificationException("a signature line of the note is malformed");
        }
        boolean mine = line.substring(SIGNATURE_PREFIX.length(), space).equals(name)
                && Arrays.equals(signed, 0, KEY_ID_LENGTH, keyId, 0, KEY_ID_LENGTH);
        if (!mine) {
            return false;
        }
        byte[] signature = Arrays.copyOfRange(signed, KEY_ID_LENGTH, signed.length);
        if (!Ed25519.verify(publicKey, text.getBytes(StandardCharsets.UTF_8), signature)) {
            throw new VerificationException("the signature of the key " + name + "+" + keyId() + " is wrong");
        }
        return true;
    }

    static byte[] decodeKey(String base64) {
        byte[] key = StrictBase64.decode(base64, "the key");
        if (key.length != 1 + Ed25519.KEY_LENGTH || key[0] != ED25519) {
            throw new VerificationException("the key is not an Ed25519 note key");
        }
        return Arrays.copyOfRange(key, 1, key.length);
    }

    static String encodeKey(byte[] raw) {
        return Base64.getEncoder().encodeToString(Ed25519.concat(new byte[] {ED25519}, raw));
    }

    @Override
    public String toString() {
        return vkey();
    }
}
