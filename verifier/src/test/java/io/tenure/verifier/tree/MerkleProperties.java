package io.tenure.verifier.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenure.verifier.VerificationException;
import io.tenure.verifier.encoding.Ed25519;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

public class MerkleProperties {

    /** Large enough for a full tile at level 1 and the beginning of level 2. */
    private static final int LARGEST = 66_000;

    private static final TestTree TREE = TestTree.of(LARGEST);

    @Property(tries = 300)
    void everyEntryIsProvenInEveryTreeThatHasIt(
            @ForAll @IntRange(min = 1, max = LARGEST) int size, @ForAll Random random) {
        long index = random.nextLong(size);
        List<byte[]> proof = Proofs.inclusion(index, size, TREE.tilesAt(size));
        assertThat(Merkle.includes(index, size, TREE.leaf(index), proof, TREE.root(size)))
                .isTrue();
    }

    @Property(tries = 300)
    void everyTreeIsTheBeginningOfEveryLargerOne(
            @ForAll @IntRange(min = 1, max = LARGEST) int size2, @ForAll Random random) {
        long size1 = random.nextLong(size2 + 1L);
        List<byte[]> proof = Proofs.consistency(size1, size2, TREE.tilesAt(size2));
        assertThat(Merkle.consistent(size1, size2, TREE.root(size1), TREE.root(size2), proof))
                .isTrue();
    }

    @Example
    void everyProofOfEverySmallTree() {
        for (int size = 1; size <= 70; size++) {
            byte[] root = TREE.root(size);
            for (int index = 0; index < size; index++) {
                List<byte[]> proof = Proofs.inclusion(index, size, TREE.tilesAt(size));
                assertThat(Merkle.includes(index, size, TREE.leaf(index), proof, root))
                        .isTrue();
                for (int other = 0; other < size; other++) {
                    assertThat(Merkle.includes(other, size, TREE.leaf(index), proof, root))
                            .isEqualTo(other == index);
                }
            }
            for (int older = 0; older <= size; older++) {
                List<byte[]> proof = Proofs.consistency(older, size, TREE.tilesAt(size));
                assertThat(Merkle.consistent(older, size, TREE.root(older), root, proof))
                        .isTrue();
                assertThat(Merkle.consistent(older, size, TREE.root(older), TREE.root(size + 1), proof))
                        .as("%d to %d with another root", older, size)
                        .isEqualTo(older == 0);
            }
        }
    }

    @Property(tries = 300)
    void aChangedBitBreaksAProof(@ForAll @IntRange(min = 2, max = LARGEST) int size, @ForAll Random random) {
        long index = random.nextLong(size);
        List<byte[]> proof = new ArrayList<>(Proofs.inclusion(index, size, TREE.tilesAt(size)));
        proof.replaceAll(byte[]::clone);
        flip(proof.get(random.nextInt(proof.size())), random);
        assertThat(Merkle.includes(index, size, TREE.leaf(index), proof, TREE.root(size)))
                .isFalse();

        long older = 1 + random.nextLong(size - 1L);
        List<byte[]> consistency = new ArrayList<>(Proofs.consistency(older, size, TREE.tilesAt(size)));
        consistency.replaceAll(byte[]::clone);
        flip(consistency.get(random.nextInt(consistency.size())), random);
        assertThat(Merkle.consistent(older, size, TREE.root(older), TREE.root(size), consistency))
                .isFalse();
    }

    @Property(tries = 100)
    void aTreeTakenUpAgainGrowsAsIfItHadNeverStopped(
            @ForAll @IntRange(max = 3000) int before, @ForAll @IntRange(max = 1500) int after) {
        TestTree store = TestTree.of(before);
        TreeAppender appender = new TreeAppender(before, tile -> {
            assertThat(TreeAppender.edgeTiles(before)).contains(tile);
            return store.tile(tile);
        });
        assertThat(appender.root()).isEqualTo(store.root(before));
        for (int i = 0; i < after; i++) {
            appender.append(TREE.leaf(before + i));
        }
        store.store(appender.drain());
        assertThat(appender.size()).isEqualTo(before + after);
        assertThat(appender.root()).isEqualTo(TREE.root(before + after));
        for (Tile tile : Proofs.rootTiles(before + after)) {
            assertThat(store.tile(tile)).isEqualTo(TREE.tile(tile));
        }
        assertThat(appender.drain()).isEmpty();
    }

    @Property(tries = 200)
    void theTilesNamedBeforehandAreTheOnesRead(
            @ForAll @IntRange(min = 1, max = LARGEST) int size, @ForAll Random random) {
        long index = random.nextLong(size);
        TileReader inclusion = only(Proofs.inclusionTiles(index, size), size);
        assertThat(Proofs.inclusion(index, size, inclusion)).isNotNull();
        TileReader consistency = only(Proofs.consistencyTiles(index, size), size);
        assertThat(Proofs.consistency(index, size, consistency)).isNotNull();
        assertThat(Proofs.root(size, only(Proofs.rootTiles(size), size))).isEqualTo(TREE.root(size));
    }

    @Property
    void tilePathsReadBack(
            @ForAll @IntRange(max = 63) int level,
            @ForAll @LongRange(min = 0, max = 1L << 50) long index,
            @ForAll @IntRange(min = 1, max = 256) int width) {
        Tile tile = new Tile(level, index, width);
        assertThat(Tile.parse(tile.path())).isEqualTo(tile);
        EntryBundle bundle = new EntryBundle(index, width);
        assertThat(bundle.path()).startsWith("entries/");
        assertThat(EntryBundle.parse(bundle.path().substring("entries/".length())))
                .isEqualTo(bundle);
    }

    @Example
    void tilePathsAsTheSpecificationWritesThem() {
        assertThat(new Tile(0, 1_234_067, 256).path()).isEqualTo("0/x001/x234/067");
        assertThat(new Tile(1, 0, 17).path()).isEqualTo("1/000.p/17");
        // the specification's example: a tree of 70,000 entries
        assertThat(Tile.within(70_000, 0, 273)).isEqualTo(new Tile(0, 273, 112));
        assertThat(Tile.within(70_000, 1, 1)).isEqualTo(new Tile(1, 1, 17));
        assertThat(Tile.within(70_000, 2, 0)).isEqualTo(new Tile(2, 0, 1));
        assertThat(new Tile(0, 273, 112).existsIn(70_000)).isTrue();
        assertThat(new Tile(0, 273, 113).existsIn(70_000)).isFalse();
        assertThat(new Tile(3, 0, 1).existsIn(70_000)).isFalse();
        assertThat(new Tile(63, 0, 1).existsIn(70_000)).isFalse();
    }

    @Example
    void otherSpellingsOfTilePathsAreRefused() {
        for (String path : List.of(
                "",
                "0",
                "0/",
                "00/000",
                "0/0",
                "0/00",
                "0/0000",
                "0/x000/000",
                "0/001/000",
                "0/x1/000",
                "0/000.p/256",
                "0/000.p/0",
                "0/000.p/01",
                "0/000.p/",
                "64/000",
                "-1/000",
                "0/000/",
                "0/../000",
                "0/x001/x000",
                "a/000")) {
            assertThatThrownBy(() -> Tile.parse(path)).as(path).isInstanceOf(VerificationException.class);
        }
    }

    @Property(tries = 50)
    void bundlesReadBack(@ForAll List<byte[]> entries) {
        assertThat(EntryBundle.decode(EntryBundle.encode(entries))).containsExactlyElementsOf(entries);
    }

    @Example
    void bundleLimits() {
        byte[] longest = new byte[EntryBundle.MAX_ENTRY_LENGTH];
        assertThat(EntryBundle.decode(EntryBundle.encode(List.of(longest)))).containsExactly(longest);
        assertThatThrownBy(() -> EntryBundle.encode(List.of(new byte[EntryBundle.MAX_ENTRY_LENGTH + 1])))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> EntryBundle.decode(new byte[] {0})).isInstanceOf(VerificationException.class);
        assertThatThrownBy(() -> EntryBundle.decode(new byte[] {0, 2, 1})).isInstanceOf(VerificationException.class);
    }

    @Example
    void rootsFromTheDefinition() {
        // RFC 6962, 2.1, written down as the recursion that it is
        List<byte[]> entries = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            assertThat(TREE.root(i)).isEqualTo(definition(entries));
            entries.add(TestTree.entry(i));
        }
    }

    private static byte[] definition(List<byte[]> entries) {
        if (entries.isEmpty()) {
            return Merkle.sha256().digest();
        }
        if (entries.size() == 1) {
            return Merkle.sha256().digest(Ed25519.concat(new byte[] {0}, entries.getFirst()));
        }
        int k = Integer.highestOneBit(entries.size() - 1);
        byte[] left = definition(entries.subList(0, k));
        byte[] right = definition(entries.subList(k, entries.size()));
        return Merkle.sha256().digest(Ed25519.concat(new byte[] {1}, Ed25519.concat(left, right)));
    }

    private static TileReader only(Set<Tile> named, long size) {
        return tile -> {
            assertThat(named).contains(tile);
            return TREE.tilesAt(size).read(tile);
        };
    }

    private static void flip(byte[] bytes, Random random) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }

    /** A tree kept in memory the way a log keeps it: as tiles. */
    public static final class TestTree {
        private final Map<String, byte[]> tiles = new HashMap<>();

        static TestTree of(int size) {
            TestTree tree = new TestTree();
            TreeAppender appender = new TreeAppender(0, tile -> null);
            for (int i = 0; i < size; i++) {
                appender.append(Merkle.hashLeaf(entry(i)));
                if (i % 611 == 0) {
                    tree.store(appender.drain());
                }
            }
            tree.store(appender.drain());
            return tree;
        }

        static byte[] entry(long index) {
            return ("entry " + index).getBytes(StandardCharsets.UTF_8);
        }

        public void store(List<TreeAppender.Growth> growths) {
            for (TreeAppender.Growth growth : growths) {
                tiles.merge(growth.level() + "/" + growth.index(), growth.hashes(), Ed25519::concat);
                byte[] stored = tiles.get(growth.level() + "/" + growth.index());
                assertThat(stored.length).isEqualTo(growth.first() * 32 + growth.hashes().length);
                if (growth.tile() != null) {
                    assertThat(stored).isEqualTo(growth.tile());
                }
            }
        }

        byte[] tile(Tile tile) {
            byte[] stored = tiles.get(tile.level() + "/" + tile.index());
            return stored == null ? null : Arrays.copyOf(stored, tile.width() * 32);
        }

        /** Refuses tiles that a tree of this size does not have. */
        public TileReader tilesAt(long size) {
            return tile -> {
                assertThat(tile.existsIn(size)).as(tile.path()).isTrue();
                return tile(tile);
            };
        }

        byte[] leaf(long index) {
            return Merkle.hashLeaf(entry(index));
        }

        public byte[] root(long size) {
            return Proofs.root(size, tilesAt(size));
        }
    }
}
