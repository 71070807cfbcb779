package io.tenure.verifier.tree;

import io.tenure.verifier.VerificationException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a bundle of up to 256 log entries is found, and how it is written: each entry behind its length as a
 * big-endian uint16 (C2SP tlog-tiles, "Log entries").
 *
 * @param index position of the bundle, from 0; it begins with entry {@code index * 256}
 * @param width entries in the bundle, 1 to 256
 */
public record EntryBundle(long index, int width) {

    /** The longest entry that a bundle can carry, in bytes. */
    public static final int MAX_ENTRY_LENGTH = 0xFFFF;

    public EntryBundle {
        if (index < 0 || width < 1 || width > Tile.FULL_WIDTH) {
            throw new VerificationException("there is no entry bundle of width " + width);
        }
    }

    /** Reads {@code <N>[.p/<W>]}, what follows {@code tile/entries/}. */
    public static EntryBundle parse(String path) {
        Tile.Position position = Tile.Position.parse(path);
        return new EntryBundle(position.index(), position.width());
    }

    /** The path below {@code tile/}, for example {@code entries/x001/234.p/5}. */
    public String path() {
        return "entries/" + new Tile.Position(index, width).path();
    }

    /** Index of the first entry. */
    public long firstEntry() {
        return index * Tile.FULL_WIDTH;
    }

    /** @throws IllegalArgumentException if an entry is longer than {@link #MAX_ENTRY_LENGTH} */
    public static byte[] encode(List<byte[]> entries) {
        int length = entries.stream().mapToInt(entry -> 2 + entry.length).sum();
        ByteBuffer bundle = ByteBuffer.allocate(length);
        for (byte[] entry : entries) {
            if (entry.length > MAX_ENTRY_LENGTH) {
                throw new IllegalArgumentException("an entry of " + entry.length + " bytes does not fit a bundle");
            }
            bundle.putShort((short) entry.length).put(entry);
        }
        return bundle.array();
    }

    /** @throws VerificationException if a length runs past the end */
    public static List<byte[]> decode(byte[] bundle) {
        ByteBuffer rest = ByteBuffer.wrap(bundle);
        List<byte[]> entries = new ArrayList<>();
        while (rest.hasRemaining()) {
            if (rest.remaining() < 2) {
                throw new VerificationException("the entry bundle ends within a length");
            }
            int length = Short.toUnsignedInt(rest.getShort());
            if (rest.remaining() < length) {
                throw new VerificationException("the entry bundle ends within an entry");
            }
            byte[] entry = new byte[length];
            rest.get(entry);
            entries.add(entry);
        }
        return entries;
    }
}
