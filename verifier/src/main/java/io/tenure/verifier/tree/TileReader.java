package io.tenure.verifier.tree;

/** Where proofs take their hashes from. */
@FunctionalInterface
public interface TileReader {

    /**
     * The hashes of a tile, one after the other.
     *
     * @return {@code tile.width() * 32} bytes, or more when the store holds a wider version: what lies beyond the
     *     width is ignored
     */
    byte[] read(Tile tile);
}
