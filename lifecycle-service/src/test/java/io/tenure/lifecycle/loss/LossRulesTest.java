package io.tenure.lifecycle.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tenure.events.LifecycleFact.LossAttested;
import io.tenure.events.ProvisioningFact.Disk;
import io.tenure.kit.problem.Refusal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Who may attest a loss, and what is told then. */
class LossRulesTest {

    private static final Instant AT = Instant.parse("2026-03-01T10:00:00Z");
    private static final UUID TERMINATION = new UUID(7, 7);
    private static final UUID ASSET = new UUID(8, 8);
    private static final Disk ROOT = new Disk("root", 4096);
    private static final Disk DATA = new Disk("data", 8192);

    @Test
    void aLostDiskIsOneFact() {
        Loss loss = asked("root");
        assertEquals(List.of(attested(ROOT)), loss.attest("second", AT.plusSeconds(1), List.of(ROOT)));
        assertEquals("second", loss.attestedBy());
        assertEquals(AT.plusSeconds(1), loss.attestedAt());
    }

    @Test
    void aLostAssetIsAFactAfterThoseOfItsDisks() {
        assertEquals(
                List.of(attested(DATA), attested(ROOT), attested(null)),
                asked(null).attest("second", AT, List.of(DATA, ROOT)));
        assertEquals(List.of(attested(null)), asked(null).attest("second", AT, List.of()));
    }

    @Test
    void attestingItAgainTellsNothingWhoeverDoesIt() {
        Loss loss = asked("root");
        loss.attest("second", AT, List.of(ROOT));
        for (String by : List.of("second", "third", "first")) {
            assertEquals(List.of(), loss.attest(by, AT.plusSeconds(1), List.of(ROOT)));
        }
        assertEquals("second", loss.attestedBy());
        assertEquals(AT, loss.attestedAt());
    }

    @Test
    void whoReportedItCannotAttestIt() {
        Loss loss = asked("root");
        for (var attempt : List.<Runnable>of(
                () -> loss.attest("first", AT, List.of(ROOT)), () -> loss.mustNotBeReportedBy("first"))) {
            assertEquals(
                    "second-person-needed",
                    assertThrows(Refusal.class, attempt::run).slug());
        }
        assertFalse(loss.isAttested());
        loss.mustNotBeReportedBy("second");
    }

    /** Two replicas' clocks differ a little. */
    @Test
    void noAttestationPrecedesItsReport() {
        Loss loss = asked("root");
        loss.attest("second", AT.minusSeconds(1), List.of(ROOT));
        assertEquals(AT, loss.attestedAt());
    }

    private static Loss asked(String disk) {
        return Loss.asked(new UUID(9, 9), TERMINATION, ASSET, disk, "Searched on every storage", "first", AT);
    }

    private static LossAttested attested(Disk disk) {
        return new LossAttested(TERMINATION, ASSET, disk, "first", "second");
    }
}
