package io.tenure.verifier.tree;

import io.tenure.verifier.VerificationException;
import io.tenure.verifier.encoding.Decimal;

/**
 * A tile of hashes as C2SP tlog-tiles addresses it: up to 256 neighbouring hashes of the tree, eight tree levels per
 * tile level. A tile of width below 256 is partial; it is the beginning of the full tile of the same level and index.
 *
 * @param level tile level, 0 (leaf hashes) to 63
 * @param index position within the level, from 0
 * @param width hashes in the tile, 1 to 256
 */
public record Tile(int level, long index, int width) {

    /** Hashes in a full tile, and entries in a full bundle. */
    public static final int FULL_WIDTH = 256;

    /** Tree levels that one tile level spans. */
    static final int HEIGHT = 8;

    private static final int MAX_LEVEL = 63;

    public Tile {
        if (level < 0 || level > MAX_LEVEL || index < 0 || width < 1 || width > FULL_WIDTH) {
            throw new VerificationException("there is no tile of level " + level + ", width " + width);
        }
    }

    /** Reads {@code <L>/<N>[.p/<W>]}. Only the one canonical spelling is accepted. */
    public static Tile parse(String path) {
        int slash = path.indexOf('/');
        if (slash < 1 || slash > 2) {
            throw new VerificationException("a tile path is <level>/<index>[.p/<width>]");
        }
        Position position = Position.parse(path.substring(slash + 1));
        int level = (int) Decimal.parse(path.substring(0, slash), "tile level");
        return new Tile(level, position.index, position.width);
    }

    /**
     * The tile of this level and index in a tree of {@code size} entries.
     *
     * @throws VerificationException if a tree of that size has no hash in it
     */
    public static Tile within(long size, int level, long index) {
        long hashes = hashesAt(size, level) - index * FULL_WIDTH;
        return new Tile(level, index, (int) Math.min(FULL_WIDTH, hashes));
    }

    /** Complete hashes at a tile level in a tree of {@code size} entries. */
    public static long hashesAt(long size, int level) {
        int shift = HEIGHT * level;
        return shift >= Long.SIZE ? 0 : size >>> shift;
    }

    /** Whether a tree of {@code size} entries has every hash of this tile. */
    public boolean existsIn(long size) {
        long available = hashesAt(size, level);
        return index <= available / FULL_WIDTH && index * FULL_WIDTH + width <= available;
    }

    public boolean full() {
        return width == FULL_WIDTH;
    }

    /** The path below {@code tile/}, for example {@code 0/x001/234.p/5}. */
    public String path() {
        return level + "/" + new Position(index, width).path();
    }

    /** {@code <N>[.p/<W>]}, shared by tiles and entry bundles. */
    record Position(long index, int width) {

        static Position parse(String path) {
            int width = FULL_WIDTH;
            String number = path;
            int partial = path.indexOf(".p/");
            if (partial >= 0) {
                width = (int) Decimal.parse(path.substring(partial + 3), "tile width");
                if (width < 1 || width >= FULL_WIDTH) {
                    throw new VerificationException("a partial tile is 1 to 255 wide");
                }
                number = path.substring(0, partial);
            }
            Position position = new Position(index(number), width);
            if (!position.path().equals(path)) {
                throw new VerificationException("the tile index is not in its canonical form");
            }
            return position;
        }

        private static long index(String number) {
            String digits = number.replace("/", "").replace("x", "");
            if (digits.isEmpty() || digits.length() > 18 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
                throw new VerificationException("the tile index is not a number");
            }
            return Long.parseLong(digits);
        }

        String path() {
            StringBuilder path = new StringBuilder("%03d".formatted(index % 1000));
            for (long rest = index / 1000; rest > 0; rest /= 1000) {
                path.insert(0, "x%03d/".formatted(rest % 1000));
            }
            return width == FULL_WIDTH
                    ? path.toString()
                    : path.append(".p/").append(width).toString();
        }
    }
}
