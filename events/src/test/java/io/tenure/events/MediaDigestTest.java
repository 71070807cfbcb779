package io.tenure.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.ReadBack;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import java.util.List;
import org.junit.jupiter.api.Test;

class MediaDigestTest {

    /** {@code printf '11 b\n2 a\n' | sha256sum}: lines in the order of strings. */
    @Test
    void anybodyCanComputeIt() {
        assertEquals(
                "e778a935b9cb83e1422218410f1ad22056688a541ee86d5d3f9e8ab3e95f952c",
                MediaDigest.ofDisks(List.of(new Disk("a", 2), new Disk("b", 11))));
        assertEquals(
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", MediaDigest.ofDisks(List.of()));
    }

    @Test
    void theOrderDoesNotMatterAndEverythingElseDoes() {
        String digest = MediaDigest.ofSanitized(List.of(disk("a", 2, "00"), disk("b", 3, "11")));
        assertEquals(digest, MediaDigest.ofSanitized(List.of(disk("b", 3, "11"), disk("a", 2, "00"))));
        for (List<SanitizedDisk> other : List.of(
                List.of(disk("a", 2, "00")),
                List.of(disk("a", 2, "00"), disk("b", 3, "11"), disk("b", 3, "11")),
                List.of(disk("a", 2, "00"), disk("c", 3, "11")),
                List.of(disk("a", 2, "00"), disk("b", 4, "11")),
                List.of(disk("a", 2, "00"), disk("b", 3, "12")))) {
            assertNotEquals(digest, MediaDigest.ofSanitized(other));
        }
    }

    private static SanitizedDisk disk(String name, long bytes, String sha256) {
        return new SanitizedDisk(
                name, bytes, "CLEAR", "overwrite", "test", 1, bytes, 0, sha256, "ext4", ReadBack.DEVICE, List.of());
    }
}
