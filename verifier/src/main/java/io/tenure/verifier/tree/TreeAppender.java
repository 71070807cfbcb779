package io.tenure.verifier.tree;

import io.tenure.verifier.VerificationException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Grows a tree at its right edge. It keeps nothing but the incomplete tile of each level (a compact range: at most 8
 * KiB per level whatever the tree's size), takes leaf hashes one by one, and tells which hashes have to be stored. Not
 * thread-safe.
 */
public final class TreeAppender {

    /**
     * Hashes to be added to a tile, in order.
     *
     * @param level tile level
     * @param index the tile's position within the level
     * @param first position of the first new hash within the tile, 0 to 255
     * @param hashes the new hashes, 32 bytes each
     * @param tile the whole tile if these hashes complete it, else null
     */
    public record Growth(int level, long index, int first, byte[] hashes, byte[] tile) {}

    private static final class Edge {
        private final byte[] hashes = new byte[Tile.FULL_WIDTH * Merkle.HASH_LENGTH];
        private long index;
        private int width;
        private int stored;
    }

    private final NodeHasher nodes = new NodeHasher();
    private final List<Edge> edges = new ArrayList<>();
    private final List<Growth> growths = new ArrayList<>();
    private long size;

    /**
     * Takes up a tree where it was left.
     *
     * @param size entries in the tree so far
     * @param tiles gives the tiles that {@link #edgeTiles(long)} names
     */
    public TreeAppender(long size, TileReader tiles) {
        this.size = size;
        for (int level = 0; level == 0 || Tile.hashesAt(size, level) > 0; level++) {
            Edge edge = edge(level);
            long hashes = Tile.hashesAt(size, level);
            edge.index = hashes / Tile.FULL_WIDTH;
            edge.width = (int) (hashes % Tile.FULL_WIDTH);
            edge.stored = edge.width;
            if (edge.width > 0) {
                Tile tile = new Tile(level, edge.index, edge.width);
                byte[] stored = tiles.read(tile);
                if (stored == null || stored.length < edge.width * Merkle.HASH_LENGTH) {
                    throw new VerificationException("tile " + tile.path() + " is missing or too short");
                }
                System.arraycopy(stored, 0, edge.hashes, 0, edge.width * Merkle.HASH_LENGTH);
            }
        }
    }

    /** The incomplete tiles of a tree of {@code size} entries, at most one per level. */
    public static Set<Tile> edgeTiles(long size) {
        return IntStream.range(0, Long.SIZE / Tile.HEIGHT)
                .filter(level -> Tile.hashesAt(size, level) % Tile.FULL_WIDTH > 0)
                .mapToObj(level -> {
                    long hashes = Tile.hashesAt(size, level);
                    return new Tile(level, hashes / Tile.FULL_WIDTH, (int) (hashes % Tile.FULL_WIDTH));
                })
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Adds the next entry's hash, as of {@link Merkle#hashLeaf}. */
    public void append(byte[] leafHash) {
        add(0, leafHash);
        size++;
    }

    /** Entries in the tree now. */
    public long size() {
        return size;
    }

    /** The root of the tree as it is now. */
    public byte[] root() {
        if (size == 0) {
            return Merkle.emptyRoot();
        }
        byte[] root = null;
        for (Edge edge : edges) {
            int rest = edge.width;
            while (rest > 0) {
                int span = Integer.lowestOneBit(rest);
                byte[] subtree = nodes.root(edge.hashes, rest - span, span);
                root = root == null ? subtree : nodes.parent(subtree, root);
                rest -= span;
            }
        }
        return root;
    }

    /** What has to be stored since the appender was made or last asked; asking forgets it. */
    public List<Growth> drain() {
        for (int level = 0; level < edges.size(); level++) {
            Edge edge = edges.get(level);
            if (edge.width > edge.stored) {
                growths.add(growth(level, edge, null));
                edge.stored = edge.width;
            }
        }
        List<Growth> drained = List.copyOf(growths);
        growths.clear();
        return drained;
    }

    private void add(int level, byte[] hash) {
        if (!Merkle.isHash(hash)) {
            throw new IllegalArgumentException("a hash has " + Merkle.HASH_LENGTH + " bytes");
        }
        Edge edge = edge(level);
        System.arraycopy(hash, 0, edge.hashes, edge.width * Merkle.HASH_LENGTH, Merkle.HASH_LENGTH);
        edge.width++;
        if (edge.width == Tile.FULL_WIDTH) {
            growths.add(growth(level, edge, edge.hashes.clone()));
            byte[] parent = nodes.root(edge.hashes, 0, Tile.FULL_WIDTH);
            edge.index++;
            edge.width = 0;
            edge.stored = 0;
            add(level + 1, parent);
        }
    }

    private static Growth growth(int level, Edge edge, byte[] tile) {
        byte[] added =
                Arrays.copyOfRange(edge.hashes, edge.stored * Merkle.HASH_LENGTH, edge.width * Merkle.HASH_LENGTH);
        return new Growth(level, edge.index, edge.stored, added, tile);
    }

    private Edge edge(int level) {
        while (edges.size() <= level) {
            edges.add(new Edge());
        }
        return edges.get(level);
    }
}
