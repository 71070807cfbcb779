package io.tenure.verifier.tree;

import io.tenure.verifier.VerificationException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes inclusion and consistency proofs from tiles. Each proof of a tree of n entries touches at most a handful of
 * tiles for every eight doublings of n; the {@code ...Tiles} methods name them beforehand, for callers that fetch them
 * all in one go before the proof is computed.
 */
public final class Proofs {

    /** Entries {@code start} (inclusive) to {@code end} (exclusive), whose Merkle tree hash is one step of a proof. */
    private record Range(long start, long end) {}

    /** A complete subtree: the node {@code index} at the height {@code level} above the leaves. */
    private record Node(int level, long index) {}

    private Proofs() {}

    /**
     * The sibling hashes from entry {@code index} up to the root of the tree of {@code size} entries (RFC 9162,
     * 2.1.3.1).
     */
    public static List<byte[]> inclusion(long index, long size, TileReader tiles) {
        return hashes(inclusionRanges(index, size), size, tiles);
    }

    /** The tiles that {@link #inclusion} reads. */
    public static Set<Tile> inclusionTiles(long index, long size) {
        return tiles(inclusionRanges(index, size), size);
    }

    /**
     * The proof that the tree of {@code size1} entries is the beginning of the tree of {@code size2} (RFC 9162,
     * 2.1.4.1); empty where nothing needs proof (equal sizes, or {@code size1} zero).
     */
    public static List<byte[]> consistency(long size1, long size2, TileReader tiles) {
        return hashes(consistencyRanges(size1, size2), size2, tiles);
    }

    /** The tiles that {@link #consistency} reads. */
    public static Set<Tile> consistencyTiles(long size1, long size2) {
        return tiles(consistencyRanges(size1, size2), size2);
    }

    /** The root of the tree of {@code size} entries. */
    public static byte[] root(long size, TileReader tiles) {
        return size == 0 ? Merkle.emptyRoot() : hash(new Range(0, size), size, tiles, new NodeHasher());
    }

    /** The tiles that {@link #root} reads: those on the right edge, at most one per tile level. */
    public static Set<Tile> rootTiles(long size) {
        return size == 0 ? Set.of() : tiles(List.of(new Range(0, size)), size);
    }

    private static List<Range> inclusionRanges(long index, long size) {
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("entry " + index + " is not in a tree of " + size);
        }
        List<Range> fromRoot = new ArrayList<>();
        long start = 0;
        long end = size;
        while (end - start > 1) {
            long middle = start + largestPowerOfTwoBelow(end - start);
            if (index < middle) {
                fromRoot.add(new Range(middle, end));
                end = middle;
            } else {
                fromRoot.add(new Range(start, middle));
                start = middle;
            }
        }
        return fromRoot.reversed();
    }

    private static List<Range> consistencyRanges(long size1, long size2) {
        if (size1 < 0 || size1 > size2) {
            throw new IllegalArgumentException("a tree of " + size1 + " does not precede one of " + size2);
        }
        if (size1 == 0 || size1 == size2) {
            return List.of();
        }
        List<Range> fromRoot = new ArrayList<>();
        long start = 0;
        long end = size2;
        boolean oldRootKnown = true;
        while (end != size1) {
            long middle = start + largestPowerOfTwoBelow(end - start);
            if (size1 <= middle) {
                fromRoot.add(new Range(middle, end));
                end = middle;
            } else {
                fromRoot.add(new Range(start, middle));
                start = middle;
                oldRootKnown = false;
            }
        }
        if (!oldRootKnown) {
            fromRoot.add(new Range(start, end));
        }
        return fromRoot.reversed();
    }

    private static List<byte[]> hashes(List<Range> ranges, long size, TileReader tiles) {
        NodeHasher hasher = new NodeHasher();
        return ranges.stream().map(range -> hash(range, size, tiles, hasher)).toList();
    }

    /** A range that a proof names is a row of complete subtrees, ever smaller to the right. */
    private static List<Node> nodes(Range range) {
        List<Node> nodes = new ArrayList<>();
        long start = range.start;
        while (start < range.end) {
            int level = 63 - Long.numberOfLeadingZeros(range.end - start);
            nodes.add(new Node(level, start >>> level));
            start += 1L << level;
        }
        return nodes;
    }

    private static byte[] hash(Range range, long size, TileReader tiles, NodeHasher hasher) {
        List<Node> nodes = nodes(range);
        byte[] hash = hash(nodes.getLast(), size, tiles, hasher);
        for (int i = nodes.size() - 2; i >= 0; i--) {
            hash = hasher.parent(hash(nodes.get(i), size, tiles, hasher), hash);
        }
        return hash;
    }

    private static byte[] hash(Node node, long size, TileReader tiles, NodeHasher hasher) {
        Tile tile = tileOf(node, size);
        byte[] bytes = tiles.read(tile);
        int span = 1 << (node.level % Tile.HEIGHT);
        int first = (int) ((node.index * span) % Tile.FULL_WIDTH);
        if (bytes == null || bytes.length < (first + span) * Merkle.HASH_LENGTH) {
            throw new VerificationException("tile " + tile.path() + " is missing or too short");
        }
        return hasher.root(bytes, first, span);
    }

    private static Tile tileOf(Node node, long size) {
        int span = 1 << (node.level % Tile.HEIGHT);
        return Tile.within(size, node.level / Tile.HEIGHT, node.index * span / Tile.FULL_WIDTH);
    }

    private static Set<Tile> tiles(List<Range> ranges, long size) {
        Set<Tile> tiles = new LinkedHashSet<>();
        for (Range range : ranges) {
            for (Node node : nodes(range)) {
                tiles.add(tileOf(node, size));
            }
        }
        return tiles;
    }

    private static long largestPowerOfTwoBelow(long n) {
        return Long.highestOneBit(n - 1);
    }
}
