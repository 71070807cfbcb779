package io.tenure.verifier.note;

import io.tenure.verifier.VerificationException;
import io.tenure.verifier.encoding.Decimal;
import io.tenure.verifier.encoding.StrictBase64;
import io.tenure.verifier.tree.Merkle;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A proof that an entry is in a log, good without any server: the entry's index, its inclusion proof and the signed
 * checkpoint that the proof leads to (C2SP tlog-proof v1).
 *
 * @param index zero-based position of the entry
 * @param hashes sibling hashes from the leaf upwards
 * @param checkpoint the signed checkpoint, verbatim
 * @param extra unauthenticated data beside the proof; Tenure puts the entry itself here when the proof stands alone in
 *     a file. Null if absent
 */
public record TlogProof(long index, List<byte[]> hashes, String checkpoint, byte[] extra) {

    static final String HEADER = "c2sp.org/tlog-proof@v1\n";

    /** An inclusion proof for a tree of 2^63 entries; also keeps a hostile file from growing a list without end. */
    private static final int MAX_HASHES = 63;

    public TlogProof {
        hashes = List.copyOf(hashes);
    }

    public TlogProof(long index, List<byte[]> hashes, String checkpoint) {
        this(index, hashes, checkpoint, null);
    }

    /** The same proof with the entry that it proves, as one self-contained file. */
    public TlogProof with(byte[] entry) {
        return new TlogProof(index, hashes, checkpoint, entry);
    }

    /** The file's text. */
    public String text() {
        StringBuilder text = new StringBuilder(HEADER);
        if (extra != null) {
            text.append("extra ")
                    .append(Base64.getEncoder().encodeToString(extra))
                    .append('\n');
        }
        text.append("index ").append(index).append('\n');
        for (byte[] hash : hashes) {
            text.append(Base64.getEncoder().encodeToString(hash)).append('\n');
        }
        return text.append('\n').append(checkpoint).toString();
    }

    /** @throws VerificationException if the text is not a tlog-proof v1 in its canonical spelling */
    public static TlogProof parse(String text) {
        if (!text.startsWith(HEADER)) {
            throw new VerificationException("the proof does not begin with " + HEADER.strip());
        }
        int end = text.indexOf("\n\n");
        if (end < 0) {
            throw new VerificationException("the proof carries no checkpoint");
        }
        String body = text.substring(Math.min(HEADER.length(), end), end);
        List<String> lines = new ArrayList<>(List.of(body.split("\n", -1)));
        byte[] extra = null;
        if (!lines.isEmpty() && lines.getFirst().startsWith("extra ")) {
            extra = StrictBase64.decode(lines.removeFirst().substring("extra ".length()), "the proof's extra data");
        }
        if (lines.isEmpty() || !lines.getFirst().startsWith("index ")) {
            throw new VerificationException("the proof has no index line");
        }
        long index = Decimal.parse(lines.removeFirst().substring("index ".length()), "index");
        if (lines.size() > MAX_HASHES) {
            throw new VerificationException("the proof has too many hashes");
        }
        List<byte[]> hashes = lines.stream()
                .map(line -> StrictBase64.decode(line, "a hash of the proof"))
                .toList();
        return new TlogProof(index, hashes, text.substring(end + 2), extra);
    }

    /**
     * Checks that the entry is where the proof says, under a checkpoint which the log signed.
     *
     * @return that checkpoint
     * @throws VerificationException if the signature or the proof is wrong
     */
    public Checkpoint verify(byte[] entry, NoteVerifier logKey) {
        Checkpoint signed = Checkpoint.open(checkpoint, logKey);
        if (!Merkle.includes(index, signed.size(), Merkle.hashLeaf(entry), hashes, signed.root())) {
            throw new VerificationException(
                    "the proof does not lead from the entry to the root that the log signed for " + signed.size()
                            + " entries");
        }
        return signed;
    }
}
