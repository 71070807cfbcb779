package io.tenure.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import io.tenure.events.Sanitization.CryptographicallyErased;
import io.tenure.events.Sanitization.ErasedByStorage;
import io.tenure.events.Sanitization.KeyCopy;
import io.tenure.events.Sanitization.KeyCopy.Fate;
import io.tenure.events.Sanitization.NotCovered;
import io.tenure.events.Sanitization.Overwritten;
import io.tenure.events.Sanitization.ReadBack;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MediaDigestTest {

    private static final String A = "a".repeat(64);
    private static final String B = "b".repeat(64);

    /** {@code printf '11 b\n2 a\n' | sha256sum}: lines in the order of strings. */
    @Test
    void anybodyCanComputeIt() {
        assertEquals(
                "e778a935b9cb83e1422218410f1ad22056688a541ee86d5d3f9e8ab3e95f952c",
                MediaDigest.ofDisks(List.of(new Disk("a", 2), new Disk("b", 11))));
        assertEquals(
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", MediaDigest.ofDisks(List.of()));
    }

    /** {@code printf '11\tERASED_BY_STORAGE\tdiscard\tarray/3\tsan\ttask 12\t1\tBACKUPS\tb\n' | sha256sum}. */
    @Test
    void anybodyCanComputeThatOfASanitization() {
        assertEquals(
                "44c7f3051316d2f1b454c4ea52f63ec31eed64f7533ec212ed77eba171c5d869",
                MediaDigest.ofSanitized(List.of(new SanitizedDisk(
                        "b",
                        11,
                        new ErasedByStorage("discard", "array/3", "san", "task 12", List.of(NotCovered.BACKUPS))))));
    }

    @Test
    void theOrderDoesNotMatterAndEverythingElseDoes() {
        List<SanitizedDisk> disks = List.of(disk("a", 2, A, List.of()), disk("b", 3, B, List.of()));
        String digest = MediaDigest.ofSanitized(disks);
        assertEquals(digest, MediaDigest.ofSanitized(disks.reversed()));
        for (List<SanitizedDisk> other : List.of(
                disks.subList(0, 1),
                List.of(disks.get(0), disks.get(1), disks.get(1)),
                List.of(disks.get(0), disk("c", 3, B, List.of())),
                List.of(disks.get(0), disk("b", 4, B, List.of())),
                List.of(disks.get(0), disk("b", 3, A, List.of())),
                List.of(disks.get(0), disk("b", 3, B, List.of(NotCovered.BACKUPS))))) {
            assertNotEquals(digest, MediaDigest.ofSanitized(other));
        }
    }

    /**
     * Everything that is said about a disk is in its digest, unambiguously: moving text from one field to the next
     * changes it.
     */
    @Test
    void noTwoSanitizationsHaveTheSameDigest() {
        Instant at = Instant.parse("2026-11-23T22:00:00Z");
        List<Sanitization> all = List.of(
                new Overwritten("a", "b", 1, 5, 0, A, "c", ReadBack.CACHE, List.of()),
                new Overwritten("a b", "b", 1, 5, 0, A, "c", ReadBack.CACHE, List.of()),
                new Overwritten("a", "b", 2, 5, 0, A, "c", ReadBack.CACHE, List.of()),
                new Overwritten("a", "b", 1, 4, 1, A, "c", ReadBack.CACHE, List.of()),
                new Overwritten("a", "b", 1, 0, 5, null, "c", ReadBack.CACHE, List.of()),
                new Overwritten("a", "b", 1, 5, 0, B, "c", ReadBack.CACHE, List.of()),
                new Overwritten("a", "b", 1, 5, 0, A, "d", ReadBack.CACHE, List.of()),
                new Overwritten("a", "b", 1, 5, 0, A, "c", ReadBack.DEVICE, List.of()),
                erased(new KeyCopy("x", Fate.DESTROYED, at)),
                erased(new KeyCopy("x", Fate.EXPIRES, at)),
                erased(new KeyCopy("y", Fate.DESTROYED, at)),
                erased(new KeyCopy("x", Fate.DESTROYED, at.plusNanos(1))),
                erased(new KeyCopy("x", Fate.DESTROYED, at), new KeyCopy("y", Fate.DESTROYED, at)),
                new ErasedByStorage("a", "b", "c", "d", List.of()),
                new ErasedByStorage("b", "a", "c", "d", List.of()),
                new ErasedByStorage("a", "b", "c", "e", List.of()));
        assertEquals(
                all.size(),
                all.stream()
                        .map(one -> MediaDigest.ofSanitized(List.of(new SanitizedDisk("disk", 5, one))))
                        .distinct()
                        .count());
    }

    private static Sanitization erased(KeyCopy... copies) {
        return new CryptographicallyErased("key", "AES", "tool", List.of(copies), "ceph", List.of());
    }

    private static SanitizedDisk disk(String name, long bytes, String sha256, List<NotCovered> notCovered) {
        return new SanitizedDisk(
                name,
                bytes,
                new Overwritten("overwrite", "test", 1, bytes, 0, sha256, "ext4", ReadBack.DEVICE, notCovered));
    }
}
