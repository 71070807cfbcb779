package io.tenure.verifier.tree;

import io.tenure.verifier.VerificationException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * The hashes of an RFC 6962 Merkle tree over SHA-256, and the two proofs about it: that an entry is in a tree
 * (inclusion), and that a tree is an unchanged beginning of a larger one (consistency).
 */
public final class Merkle {

    /** Length of every hash, in bytes. */
    public static final int HASH_LENGTH = 32;

    private static final byte LEAF_PREFIX = 0;
    static final byte NODE_PREFIX = 1;

    private Merkle() {}

    /** The root of a tree without entries: SHA-256 of nothing (RFC 6962, 2.1). */
    public static byte[] emptyRoot() {
        return sha256().digest();
    }

    /** The hash of an entry: {@code SHA-256(0x00 || entry)}. */
    public static byte[] hashLeaf(byte[] entry) {
        MessageDigest digest = sha256();
        digest.update(LEAF_PREFIX);
        return digest.digest(entry);
    }

    /** The hash of an inner node: {@code SHA-256(0x01 || left || right)}. */
    public static byte[] hashNode(byte[] left, byte[] right) {
        MessageDigest digest = sha256();
        digest.update(NODE_PREFIX);
        digest.update(left);
        return digest.digest(right);
    }

    /** Whether {@code proof} shows that {@code leafHash} is entry {@code index} of the tree with {@code root}. */
    public static boolean includes(long index, long size, byte[] leafHash, List<byte[]> proof, byte[] root) {
        try {
            return MessageDigest.isEqual(rootFromInclusion(index, size, leafHash, proof), root);
        } catch (VerificationException e) {
            return false;
        }
    }

    /**
     * The root that an inclusion proof leads to (RFC 9162, 2.1.3.2); the caller compares it with a signed one.
     *
     * @param index zero-based position of the entry, below {@code size}
     * @param size entries in the tree
     * @param proof sibling hashes from the leaf upwards
     * @throws VerificationException if the proof has not exactly the length that index and size call for
     */
    public static byte[] rootFromInclusion(long index, long size, byte[] leafHash, List<byte[]> proof) {
        if (index < 0 || index >= size) {
            throw new VerificationException("index " + index + " is outside a tree of " + size + " entries");
        }
        requireHash(leafHash);
        long fn = index;
        long sn = size - 1;
        byte[] r = leafHash;
        for (byte[] p : proof) {
            requireHash(p);
            if (sn == 0) {
                throw new VerificationException("the inclusion proof is too long");
            }
            if ((fn & 1) == 1 || fn == sn) {
                r = hashNode(p, r);
                while ((fn & 1) == 0 && fn != 0) {
                    fn >>>= 1;
                    sn >>>= 1;
                }
            } else {
                r = hashNode(r, p);
            }
            fn >>>= 1;
            sn >>>= 1;
        }
        if (sn != 0) {
            throw new VerificationException("the inclusion proof is too short");
        }
        return r;
    }

    /**
     * Whether {@code proof} shows that the tree of {@code size1} entries with {@code root1} is the beginning of the
     * tree of {@code size2} entries with {@code root2} (RFC 9162, 2.1.4.2). Anything follows from an empty tree, so
     * for {@code size1} zero only an empty proof from the empty root is accepted.
     */
    public static boolean consistent(long size1, long size2, byte[] root1, byte[] root2, List<byte[]> proof) {
        if (size1 < 0 || size1 > size2) {
            return false;
        }
        if (size1 == size2) {
            return proof.isEmpty()
                    && MessageDigest.isEqual(root1, root2)
                    && (size1 > 0 || MessageDigest.isEqual(root1, emptyRoot()));
        }
        if (!isHash(root1) || !isHash(root2) || !proof.stream().allMatch(Merkle::isHash)) {
            return false;
        }
        if (size1 == 0) {
            return proof.isEmpty() && MessageDigest.isEqual(root1, emptyRoot());
        }
        if (proof.isEmpty()) {
            return false;
        }
        boolean powerOfTwo = Long.bitCount(size1) == 1;
        long fn = size1 - 1;
        long sn = size2 - 1;
        while ((fn & 1) == 1) {
            fn >>>= 1;
            sn >>>= 1;
        }
        byte[] fr = powerOfTwo ? root1 : proof.getFirst();
        byte[] sr = fr;
        for (byte[] c : powerOfTwo ? proof : proof.subList(1, proof.size())) {
            if (sn == 0) {
                return false;
            }
            if ((fn & 1) == 1 || fn == sn) {
                fr = hashNode(c, fr);
                sr = hashNode(c, sr);
                while ((fn & 1) == 0 && fn != 0) {
                    fn >>>= 1;
                    sn >>>= 1;
                }
            } else {
                sr = hashNode(sr, c);
            }
            fn >>>= 1;
            sn >>>= 1;
        }
        return sn == 0 && MessageDigest.isEqual(fr, root1) && MessageDigest.isEqual(sr, root2);
    }

    /** A fresh digest of the tree's hash. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Whether this has the length of a hash. */
    public static boolean isHash(byte[] candidate) {
        return candidate != null && candidate.length == HASH_LENGTH;
    }

    private static void requireHash(byte[] candidate) {
        if (!isHash(candidate)) {
            throw new VerificationException("a hash in the proof is not " + HASH_LENGTH + " bytes long");
        }
    }
}
