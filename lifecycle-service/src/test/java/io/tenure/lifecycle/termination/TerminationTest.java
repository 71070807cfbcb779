package io.tenure.lifecycle.termination;

import static io.tenure.lifecycle.termination.TerminationState.CANCELLED;
import static io.tenure.lifecycle.termination.TerminationState.DELETED;
import static io.tenure.lifecycle.termination.TerminationState.DELETING;
import static io.tenure.lifecycle.termination.TerminationState.DISABLING;
import static io.tenure.lifecycle.termination.TerminationState.REQUESTED;
import static io.tenure.lifecycle.termination.TerminationState.RESTORING;
import static io.tenure.lifecycle.termination.TerminationState.RETAINED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.kit.problem.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

class TerminationTest {

    private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
    private static final Instant END = START.plus(Duration.ofDays(30));
    private static final int NOTICES = 4;

    /**
     * Everything that can be asked of a termination: in which states it moves something, in which it is only late, and the
     * slug of the refusal in all others; null where no state refuses.
     */
    private record Operation(
            String name,
            Consumer<Termination> call,
            Map<TerminationState, TerminationState> moves,
            Set<TerminationState> late,
            String slug) {}

    private static final List<Operation> OPERATIONS = List.of(
            new Operation(
                    "disablementProgressed",
                    Termination::disablementProgressed,
                    Map.of(REQUESTED, DISABLING, DISABLING, DISABLING),
                    EnumSet.of(RETAINED, DELETING, DELETED, RESTORING, CANCELLED),
                    null),
            new Operation(
                    "assetsDisabled",
                    one -> one.assetsDisabled(START, 1, "manifest"),
                    Map.of(REQUESTED, DISABLING, DISABLING, DISABLING),
                    EnumSet.of(RETAINED, DELETING, DELETED, RESTORING, CANCELLED),
                    null),
            new Operation(
                    "accessRevoked",
                    one -> one.accessRevoked(START),
                    Map.of(REQUESTED, DISABLING, DISABLING, DISABLING),
                    EnumSet.of(RETAINED, DELETING, DELETED, RESTORING, CANCELLED),
                    null),
            new Operation(
                    "startRetention",
                    one -> one.startRetention(START, END, NOTICES),
                    Map.of(),
                    Set.of(),
                    "not-disabled"),
            new Operation(
                    "noticed",
                    Termination::noticed,
                    Map.of(RETAINED, RETAINED),
                    EnumSet.of(DELETING, DELETED),
                    "no-retention"),
            new Operation(
                    "startDeletion",
                    one -> one.startDeletion(END, NOTICES, END),
                    Map.of(RETAINED, DELETING),
                    Set.of(),
                    "not-retained"),
            new Operation(
                    "deletionProgressed",
                    Termination::deletionProgressed,
                    Map.of(DELETING, DELETING),
                    EnumSet.of(DELETED),
                    "deletion-not-started"),
            new Operation(
                    "assetsDeleted",
                    one -> one.assetsDeleted(END),
                    Map.of(DELETING, DELETING),
                    EnumSet.of(DELETED),
                    "deletion-not-started"),
            new Operation(
                    "keysDestroyed",
                    one -> one.keysDestroyed(END),
                    Map.of(DELETING, DELETING),
                    EnumSet.of(DELETED),
                    "deletion-not-started"),
            new Operation("complete", one -> one.complete(END, 0), Map.of(), Set.of(), "deletion-incomplete"),
            new Operation(
                    "certificateNoticed",
                    Termination::certificateNoticed,
                    Map.of(DELETED, DELETED),
                    Set.of(),
                    "no-certificate"),
            new Operation(
                    "cancel",
                    one -> one.cancel(START),
                    Map.of(REQUESTED, RESTORING, DISABLING, RESTORING, RETAINED, RESTORING),
                    EnumSet.of(RESTORING, CANCELLED),
                    "deletion-started"),
            new Operation(
                    "restorationProgressed",
                    Termination::restorationProgressed,
                    Map.of(RESTORING, RESTORING),
                    EnumSet.of(CANCELLED),
                    "not-cancelled"),
            new Operation(
                    "assetsRestored",
                    one -> one.assetsRestored(START),
                    Map.of(RESTORING, RESTORING),
                    EnumSet.of(CANCELLED),
                    "not-cancelled"),
            new Operation(
                    "accessRestored",
                    one -> one.accessRestored(START),
                    Map.of(RESTORING, RESTORING),
                    EnumSet.of(CANCELLED),
                    "not-cancelled"),
            new Operation("close", one -> one.close(START), Map.of(), Set.of(), "not-restored"));

    /** Each operation in each state: it moves as the table says, changes nothing where it is late, and is refused elsewhere. */
    @TestFactory
    Stream<DynamicTest> everyOperationInEveryState() {
        return OPERATIONS.stream().flatMap(operation -> Stream.of(TerminationState.values())
                .map(state -> DynamicTest.dynamicTest(operation.name + " in " + state, () -> check(operation, state))));
    }

    private static void check(Operation operation, TerminationState state) {
        Termination termination = in(state);
        if (operation.moves.containsKey(state)) {
            operation.call.accept(termination);
            assertEquals(operation.moves.get(state), termination.state());
        } else if (operation.late.contains(state)) {
            operation.call.accept(termination);
            assertUnchanged(in(state), termination);
        } else {
            assertRefused(operation.slug, () -> operation.call.accept(termination));
            assertUnchanged(in(state), termination);
        }
    }

    @Test
    void theRetentionStartsOnceBothSidesAreShut() {
        Termination termination = in(DISABLING);
        assertFalse(termination.awaitsRetention());
        termination.accessRevoked(START);
        assertFalse(termination.awaitsRetention());
        termination.assetsDisabled(START, 1, "manifest");
        assertTrue(termination.awaitsRetention());

        termination.startRetention(START, END, NOTICES);

        assertEquals(RETAINED, termination.state());
        assertEquals(END, termination.retentionEndsAt());
        assertFalse(termination.awaitsRetention());
        assertRefused("not-disabled", () -> termination.startRetention(START, END, NOTICES));
    }

    @Test
    void aRetentionHasALengthAndNotices() {
        Termination termination = in(DISABLING);
        termination.accessRevoked(START);
        termination.assetsDisabled(START, 1, "manifest");
        assertThrows(IllegalArgumentException.class, () -> termination.startRetention(START, START, NOTICES));
        assertThrows(IllegalArgumentException.class, () -> termination.startRetention(START, END, 0));
        assertEquals(DISABLING, termination.state());
        assertNull(termination.retentionEndsAt());
    }

    @Test
    void nothingIsDeletedBeforeTheEnd() {
        Termination termination = in(RETAINED);
        assertRefused("retention-not-over", () -> termination.startDeletion(END.minusNanos(1), NOTICES, END));
        assertEquals(RETAINED, termination.state());
        termination.startDeletion(END, NOTICES, END);
        assertEquals(END, termination.deletionStartedAt());
    }

    @Test
    void nothingIsDeletedInTheTimeThatALateWarningPromises() {
        Termination termination = in(RETAINED);
        Instant later = END.plusSeconds(60);
        assertRefused("warning-too-late", () -> termination.startDeletion(later.minusNanos(1), NOTICES, later));
        assertEquals(RETAINED, termination.state());
        termination.startDeletion(later, NOTICES, later);
        assertEquals(later, termination.deletionStartedAt());
    }

    @Test
    void nothingIsDeletedWhileANoticeIsUnproven() {
        for (int delivered = 0; delivered < NOTICES; delivered++) {
            Termination termination = in(RETAINED);
            int proven = delivered;
            assertRefused("notices-missing", () -> termination.startDeletion(END.plusSeconds(1), proven, END));
            assertEquals(RETAINED, termination.state());
        }
    }

    @Test
    void aDeletionIsCompleteOnceBothSidesAreGoneAndProven() {
        Termination termination = in(DELETING);
        termination.keysDestroyed(END);
        assertFalse(termination.awaitsCertificate());
        termination.assetsDeleted(END);
        assertTrue(termination.awaitsCertificate());
        assertRefused("manifest-unaccounted", () -> termination.complete(END, 1));
        assertEquals(DELETING, termination.state());

        termination.complete(END.plusSeconds(1), 0);

        assertEquals(END.plusSeconds(1), termination.deletedAt());
        assertFalse(termination.awaitsCertificate());
    }

    @Test
    void aCancelledTerminationIsClosedOnceBothSidesAreRestored() {
        Termination termination = in(RESTORING);
        termination.assetsRestored(START);
        assertFalse(termination.awaitsCancellation());
        termination.accessRestored(START);
        assertTrue(termination.awaitsCancellation());

        termination.close(START.plusSeconds(1));

        assertEquals(CANCELLED, termination.state());
        assertEquals(START.plusSeconds(1), termination.cancelledAt());
    }

    @Test
    void ofARepeatedFactTheEarlierTimeCounts() {
        Termination termination = in(DISABLING);
        termination.assetsDisabled(START.plusSeconds(5), 1, "manifest");
        termination.assetsDisabled(START, 1, "manifest");
        termination.assetsDisabled(START.plusSeconds(9), 1, "manifest");
        assertEquals(START, termination.assetsDisabledAt());
    }

    @Test
    void noNoticeOfARetentionThatNeverWas() {
        Termination early = in(DISABLING);
        early.cancel(START);
        assertRefused("no-retention", early::noticed);
        Termination late = in(RETAINED);
        late.cancel(START);
        assertFalse(late.noticed());
    }

    @Test
    void anAssetResistsOnlyWhatIsUnderWay() {
        Map<String, Set<TerminationState>> underWay = Map.of(
                "DISABLE", EnumSet.of(REQUESTED, DISABLING),
                "RESTORE", EnumSet.of(RESTORING),
                "SANITIZE", EnumSet.of(DELETING),
                "CONFIRM", EnumSet.of(DELETING),
                "INVENTORY", EnumSet.of(REQUESTED, DISABLING, RESTORING, DELETING),
                "PROVISION", Set.of());
        underWay.forEach((action, states) -> {
            for (TerminationState state : TerminationState.values()) {
                assertEquals(states.contains(state), in(state).isHeldUpBy(action), action + " in " + state);
            }
        });
        Termination disabled = in(DISABLING);
        disabled.assetsDisabled(START, 1, "manifest");
        assertFalse(disabled.isHeldUpBy("DISABLE"));
    }

    /** A termination that came to this state on its shortest way. */
    static Termination in(TerminationState state) {
        Termination termination = Termination.request(new UUID(7, 7), new UUID(8, 8), START);
        switch (state) {
            case REQUESTED -> {}
            case DISABLING -> termination.disablementProgressed();
            case RETAINED, DELETING, DELETED -> {
                termination.assetsDisabled(START, 1, "manifest");
                termination.accessRevoked(START);
                termination.startRetention(START, END, NOTICES);
                if (state != RETAINED) {
                    termination.startDeletion(END, NOTICES, END);
                }
                if (state == DELETED) {
                    termination.assetsDeleted(END);
                    termination.keysDestroyed(END);
                    termination.complete(END, 0);
                }
            }
            case RESTORING -> termination.cancel(START);
            case CANCELLED -> {
                termination.cancel(START);
                termination.assetsRestored(START);
                termination.accessRestored(START);
                termination.close(START);
            }
        }
        assertEquals(state, termination.state());
        return termination;
    }

    private static void assertRefused(String slug, Executable operation) {
        assertEquals(slug, assertThrows(Refusal.class, operation).slug());
    }

    private static void assertUnchanged(Termination expected, Termination actual) {
        assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
    }
}
