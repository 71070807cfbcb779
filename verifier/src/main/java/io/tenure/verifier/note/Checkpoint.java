package io.tenure.verifier.note;

import io.tenure.verifier.VerificationException;
import io.tenure.verifier.encoding.Decimal;
import io.tenure.verifier.encoding.StrictBase64;
import io.tenure.verifier.tree.Merkle;
import java.util.Base64;

/**
 * What a log signs: how large its tree is and what its root hash is (C2SP tlog-checkpoint, without extension lines).
 *
 * @param origin the log's name, also the name of its key
 * @param size entries in the tree
 * @param root root hash, 32 bytes
 */
public record Checkpoint(String origin, long size, byte[] root) {

    public Checkpoint {
        if (origin.isEmpty() || origin.indexOf('\n') >= 0 || size < 0 || !Merkle.isHash(root)) {
            throw new VerificationException("the checkpoint is malformed");
        }
    }

    /** The text to be signed. */
    public String text() {
        return origin + "\n" + size + "\n" + Base64.getEncoder().encodeToString(root) + "\n";
    }

    /** The signed note that the log publishes. */
    public String sign(NoteSigner signer) {
        return signer.sign(text());
    }

    /**
     * Opens a signed checkpoint.
     *
     * @throws VerificationException if the signature is not the key's, the text is malformed or carries extension
     *     lines, or the origin is not the key's name
     */
    public static Checkpoint open(String note, NoteVerifier key) {
        Checkpoint checkpoint = parse(key.open(note));
        if (!checkpoint.origin.equals(key.name())) {
            throw new VerificationException("the checkpoint's origin is not the name of the key that signed it");
        }
        return checkpoint;
    }

    private static Checkpoint parse(String text) {
        String[] lines = text.split("\n", -1);
        if (lines.length != 4 || !lines[3].isEmpty()) {
            throw new VerificationException("the checkpoint is not origin, size and root");
        }
        long size = Decimal.parse(lines[1], "tree size");
        return new Checkpoint(lines[0], size, StrictBase64.decode(lines[2], "the root hash"));
    }
}
