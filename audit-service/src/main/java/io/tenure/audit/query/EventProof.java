package io.tenure.audit.query;

import io.tenure.audit.log.TreeStore.Provable;
import io.tenure.verifier.note.TlogProof;
import io.tenure.verifier.tree.Proofs;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * An event and the proof that the log holds it. It can be checked without this service: {@code ./tenure verify} takes
 * it as a file.
 *
 * @param index zero-based position in the tree
 * @param event the event's exact bytes, base64
 * @param proof c2sp.org/tlog-proof v1
 */
@Schema(description = "An event and the proof that the log holds it")
public record EventProof(
        @Schema(description = "Zero-based position in the tree")
        long index,

        UUID eventId,

        @Schema(description = "The event exactly as it was published, base64")
        String event,

        @Schema(description = "Inclusion proof and signed checkpoint, c2sp.org/tlog-proof v1")
        String proof) {

    /** Builds the proof from tiles: a few hundred hashes, however long the log is. */
    static EventProof of(UUID eventId, Provable entry) {
        List<byte[]> hashes = Proofs.inclusion(entry.index(), entry.head().size(), entry.tiles());
        return new EventProof(
                entry.index(),
                eventId,
                Base64.getEncoder().encodeToString(entry.bytes()),
                new TlogProof(entry.index(), hashes, entry.head().note()).text());
    }
}
