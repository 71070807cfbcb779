package io.tenure.verifier.tree;

import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Hashes the inner nodes of a tree, many of them one after the other, with one digest. {@link Merkle#hashNode} makes one
 * for each, most of whose cost is garbage. Not thread-safe.
 */
final class NodeHasher {

    private final MessageDigest digest = Merkle.sha256();

    /** As {@link Merkle#hashNode}. */
    byte[] parent(byte[] left, byte[] right) {
        digest.update(Merkle.NODE_PREFIX);
        digest.update(left);
        return digest.digest(right);
    }

    /**
     * The root of a complete subtree.
     *
     * @param hashes its lowest level, somewhere among others: 32 bytes each
     * @param first where it begins, counted in hashes
     * @param span how many hashes; a power of two
     */
    byte[] root(byte[] hashes, int first, int span) {
        byte[] level = new byte[span * Merkle.HASH_LENGTH];
        System.arraycopy(hashes, first * Merkle.HASH_LENGTH, level, 0, level.length);
        try {
            for (int length = level.length; length > Merkle.HASH_LENGTH; length /= 2) {
                for (int from = 0; from < length; from += 2 * Merkle.HASH_LENGTH) {
                    digest.update(Merkle.NODE_PREFIX);
                    digest.update(level, from, 2 * Merkle.HASH_LENGTH);
                    digest.digest(level, from / 2, Merkle.HASH_LENGTH);
                }
            }
        } catch (DigestException impossible) {
            throw new IllegalStateException("a hash fits where two were", impossible);
        }
        return Arrays.copyOf(level, Merkle.HASH_LENGTH);
    }
}
