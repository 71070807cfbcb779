package io.tenure.verifier.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Vectors published by others, kept beside the repository; skipped with the reason where they are not there. */
class PublicVectorsTest {

    private static final Path VECTORS = Path.of(System.getProperty("tenure.test.vectors", "../../shared/test-vectors"));
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void rfc6962TreeOfEightEntries() throws IOException {
        JsonNode vector = JSON.readTree(present("rfc6962-8leaf.json").toFile());
        TreeAppender appender = new TreeAppender(0, tile -> null);
        assertThat(appender.root())
                .isEqualTo(hex(vector.get("rootHashesHexBySize").get(0)));
        for (int i = 0; i < 8; i++) {
            byte[] leaf = Merkle.hashLeaf(hex(vector.get("leafInputsHex").get(i)));
            assertThat(leaf).isEqualTo(hex(vector.get("leafHashesHex").get(i)));
            appender.append(leaf);
            assertThat(appender.root())
                    .isEqualTo(hex(vector.get("rootHashesHexBySize").get(i + 1)));
        }
        assertThat(Merkle.emptyRoot()).isEqualTo(hex(vector.get("emptyRootHex")));
        assertThat(Merkle.hashLeaf(new byte[0])).isEqualTo(hex(vector.get("emptyLeafHex")));
        assertThat(Merkle.hashLeaf("L123456".getBytes())).isEqualTo(hex(vector.get("leaf_L123456_hex")));
        assertThat(Merkle.hashNode("N123".getBytes(), "N456".getBytes()))
                .isEqualTo(hex(vector.get("node_N123_N456_hex")));
    }

    @Test
    void inclusionProofs() throws IOException {
        int checked = 0;
        for (Path file : files("inclusion")) {
            JsonNode vector = JSON.readTree(file.toFile());
            boolean included = Merkle.includes(
                    vector.get("leafIdx").longValue(),
                    vector.get("treeSize").longValue(),
                    base64(vector.get("leafHash")),
                    proof(vector),
                    base64(vector.get("root")));
            assertThat(included)
                    .as(file.toString())
                    .isEqualTo(!vector.get("wantErr").booleanValue());
            checked++;
        }
        assertThat(checked).isGreaterThan(50);
        System.out.println(checked + " inclusion vectors checked");
    }

    @Test
    void consistencyProofs() throws IOException {
        int checked = 0;
        for (Path file : files("consistency")) {
            JsonNode vector = JSON.readTree(file.toFile());
            boolean consistent = Merkle.consistent(
                    vector.get("size1").longValue(),
                    vector.get("size2").longValue(),
                    base64(vector.get("root1")),
                    base64(vector.get("root2")),
                    proof(vector));
            assertThat(consistent)
                    .as(file.toString())
                    .isEqualTo(!vector.get("wantErr").booleanValue());
            checked++;
        }
        assertThat(checked).isGreaterThan(50);
        System.out.println(checked + " consistency vectors checked");
    }

    private static List<Path> files(String kind) throws IOException {
        try (Stream<Path> files = Files.walk(present("transparency-dev-merkle/testdata/" + kind))) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    private static Path present(String name) {
        Path path = VECTORS.resolve(name);
        boolean there = Files.exists(path);
        if (!there) {
            System.out.println("skipped: the public test vectors " + name + " are not beside this repository");
        }
        assumeTrue(there, "the public test vectors " + name + " are not beside this repository");
        return path;
    }

    private static List<byte[]> proof(JsonNode vector) {
        List<byte[]> proof = new ArrayList<>();
        vector.get("proof").forEach(hash -> proof.add(base64(hash)));
        return proof;
    }

    private static byte[] base64(JsonNode node) {
        return node.isNull() ? new byte[0] : Base64.getDecoder().decode(node.textValue());
    }

    private static byte[] hex(JsonNode node) {
        return HexFormat.of().parseHex(node.textValue());
    }
}
