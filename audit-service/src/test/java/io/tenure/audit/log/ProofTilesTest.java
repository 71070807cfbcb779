package io.tenure.audit.log;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.verifier.tree.Proofs;
import io.tenure.verifier.tree.Tile;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProofTilesTest {

    /** The assumption behind the statement of {@link TreeStore#provable}. */
    @Test
    void aProofTakesItsHashesFromAboveTheEntryAndFromTheRightEdge() {
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            long size = 1 + random.nextLong(1L << (1 + random.nextInt(50)));
            long index = random.nextLong(size);
            for (Tile tile : Proofs.inclusionTiles(index, size)) {
                int shift = 8 * (tile.level() + 1);
                assertTrue(
                        tile.index() == index >> shift || tile.index() == size >> shift,
                        () -> tile.path() + " of entry " + index + " in " + size);
                assertTrue(size >> (8 * tile.level()) > 0);
            }
        }
    }
}
