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

import io.tenure.events.AssetAction;
import io.tenure.events.LifecycleFact.Command;
import io.tenure.events.LifecycleFact.CommandRepeated;
import io.tenure.events.LifecycleFact.DeletionStarted;
import io.tenure.events.LifecycleFact.RescheduleCause;
import io.tenure.events.LifecycleFact.RestorationStarted;
import io.tenure.events.LifecycleFact.RetentionRescheduled;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.LifecycleFact.TenantDeleted;
import io.tenure.events.LifecycleFact.TerminationCancelled;
import io.tenure.events.LifecycleFact.TerminationRequested;
import io.tenure.kit.problem.Refusal;
import io.tenure.lifecycle.impediment.Impediment;
import io.tenure.lifecycle.impediment.Impediment.Held;
import io.tenure.lifecycle.obligation.Owed;
import io.tenure.lifecycle.policy.RetentionTerms;
import io.tenure.lifecycle.policy.RetentionTerms.Extender;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

class TerminationTest {

    private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
    private static final Instant END = START.plus(Duration.ofDays(30));
    private static final Duration PERIOD = Duration.ofDays(30);
    private static final RetentionTerms TERMS =
            new RetentionTerms(PERIOD, Duration.ofDays(90), Duration.ofDays(20), 1, "Europe/Berlin");
    private static final Impediment HELD = new Held(new UUID(5, 5), null, START);
    private static final UUID ASSET = new UUID(6, 6);
    private static final Impediment ASSET_HELD = new Held(new UUID(5, 6), ASSET, START);
    private static final int NOTICES = 4;
    private static final UUID ID = new UUID(7, 7);
    private static final Owed NOTHING = nothingAt(START);
    private static final Owed SOMETHING = new Owed(List.of("credential"), START);
    private static final List<Instant> WARNINGS = List.of(END.minus(Duration.ofDays(7)), END.minus(Duration.ofDays(1)));

    /**
     * Each operation on a termination: in which states it changes something and what it returns then, in which it is
     * only late and what it returns then, and the slug of the refusal in all others; null if no state refuses it. What
     * is returned is the fact, or whether another service's fact still counts.
     */
    private record Operation(
            String name,
            Function<Termination, Object> call,
            Map<TerminationState, TerminationState> moves,
            Object moved,
            Set<TerminationState> late,
            Object repeated,
            String slug) {}

    private static final List<Operation> OPERATIONS = List.of(
            new Operation(
                    "progressed DISABLE",
                    one -> one.progressed(Command.DISABLE),
                    Map.of(REQUESTED, DISABLING, DISABLING, DISABLING),
                    true,
                    EnumSet.of(RETAINED, DELETING, DELETED, RESTORING, CANCELLED),
                    false,
                    null),
            new Operation(
                    "startRetention",
                    one -> one.startRetention(NOTHING, START, END, WARNINGS, NOTICES),
                    Map.of(),
                    null,
                    Set.of(),
                    null,
                    "not-disabled"),
            new Operation(
                    "reschedule",
                    one -> one.reschedule(2, END.plusSeconds(1), WARNINGS, 1),
                    Map.of(RETAINED, RETAINED),
                    new RetentionRescheduled(
                            ID, 2, END.plusSeconds(1), WARNINGS, RescheduleCause.LATE_WARNING, "Europe/Berlin"),
                    Set.of(),
                    null,
                    "not-retained"),
            new Operation(
                    "extend",
                    one -> one.extend(Extender.PROVIDER, PERIOD, START, 2, END.plusSeconds(1), WARNINGS, 1),
                    Map.of(RETAINED, RETAINED),
                    new RetentionRescheduled(
                            ID, 2, END.plusSeconds(1), WARNINGS, RescheduleCause.EXTENDED_BY_PROVIDER, "Europe/Berlin"),
                    Set.of(),
                    null,
                    "not-retained"),
            new Operation(
                    "mustLeaveSomethingToHold",
                    nothing(Termination::mustLeaveSomethingToHold),
                    Map.of(),
                    null,
                    EnumSet.of(REQUESTED, DISABLING, RETAINED, DELETING, RESTORING, CANCELLED),
                    null,
                    "nothing-left-to-hold"),
            new Operation(
                    "noticed",
                    Termination::noticed,
                    Map.of(RETAINED, RETAINED),
                    true,
                    EnumSet.of(DELETING, DELETED),
                    false,
                    "no-retention"),
            new Operation(
                    "startDeletion",
                    one -> one.startDeletion(END, NOTICES, END, List.of()),
                    Map.of(RETAINED, DELETING),
                    new DeletionStarted(ID, "manifest"),
                    Set.of(),
                    null,
                    "not-retained"),
            new Operation(
                    "progressed DELETE",
                    one -> one.progressed(Command.DELETE),
                    Map.of(DELETING, DELETING),
                    true,
                    EnumSet.of(DELETED),
                    false,
                    "deletion-not-started"),
            new Operation(
                    "complete",
                    one -> one.complete(nothingAt(END), 0, List.of()),
                    Map.of(DELETING, DELETED),
                    new TenantDeleted(ID),
                    Set.of(),
                    null,
                    "deletion-incomplete"),
            new Operation(
                    "certificateNoticed",
                    Termination::certificateNoticed,
                    Map.of(DELETED, DELETED),
                    true,
                    Set.of(),
                    null,
                    "no-certificate"),
            new Operation(
                    "cancel",
                    one -> one.cancel(START),
                    Map.of(REQUESTED, RESTORING, DISABLING, RESTORING, RETAINED, RESTORING),
                    Optional.of(new RestorationStarted(ID)),
                    EnumSet.of(RESTORING, CANCELLED),
                    Optional.empty(),
                    "deletion-started"),
            new Operation(
                    "progressed RESTORE",
                    one -> one.progressed(Command.RESTORE),
                    Map.of(RESTORING, RESTORING),
                    true,
                    EnumSet.of(CANCELLED),
                    false,
                    "not-cancelled"),
            new Operation(
                    "close",
                    one -> one.close(NOTHING),
                    Map.of(RESTORING, CANCELLED),
                    new TerminationCancelled(ID),
                    Set.of(),
                    null,
                    "not-restored"),
            new Operation(
                    "mustMiss an asset",
                    nothing(one -> one.mustMiss(false)),
                    Map.of(),
                    null,
                    EnumSet.of(REQUESTED, DISABLING, DELETING, RESTORING),
                    null,
                    "nothing-waits-for-it"),
            new Operation(
                    "mustAllowDeletion",
                    nothing(one -> one.mustAllowDeletion(List.of(), List.of())),
                    Map.of(),
                    null,
                    EnumSet.of(DELETING, DELETED),
                    null,
                    "deletion-not-ordered"),
            new Operation(
                    "freeze",
                    one -> one.freeze(2, "another"),
                    Map.of(REQUESTED, DISABLING, DISABLING, DISABLING),
                    true,
                    EnumSet.of(RETAINED, DELETING, DELETED, RESTORING, CANCELLED),
                    false,
                    null));

    private static Owed nothingAt(Instant at) {
        return new Owed(List.of(), at);
    }

    private static Function<Termination, Object> nothing(Consumer<Termination> call) {
        return one -> {
            call.accept(one);
            return null;
        };
    }

    /**
     * Each operation in each state: it moves and returns as the table says, changes nothing if it is late, and is
     * refused otherwise.
     */
    @TestFactory
    Stream<DynamicTest> everyOperationInEveryState() {
        return OPERATIONS.stream().flatMap(operation -> Stream.of(TerminationState.values())
                .map(state -> DynamicTest.dynamicTest(operation.name + " in " + state, () -> check(operation, state))));
    }

    private static void check(Operation operation, TerminationState state) {
        Termination termination = in(state);
        if (operation.moves.containsKey(state)) {
            assertEquals(operation.moved, operation.call.apply(termination));
            assertEquals(operation.moves.get(state), termination.state());
        } else if (operation.late.contains(state)) {
            assertEquals(operation.repeated, operation.call.apply(termination));
            assertUnchanged(in(state), termination);
        } else {
            assertRefused(operation.slug, () -> operation.call.apply(termination));
            assertUnchanged(in(state), termination);
        }
    }

    @Test
    void aTerminationBeginsWithARequest() {
        Termination.Beginning beginning = Termination.request(ID, new UUID(8, 8), TERMS, START);

        assertEquals(new TerminationRequested(ID), beginning.fact());
        assertEquals(REQUESTED, beginning.termination().state());
        assertEquals(START, beginning.termination().requestedAt());
    }

    /** Only a deletion names the manifest, so that nobody deletes by another one. */
    @Test
    void theCommandUnderWayIsIssuedAgainAndNoOther() {
        Map<TerminationState, CommandRepeated> underWay = Map.of(
                REQUESTED, new CommandRepeated(ID, Command.DISABLE, null),
                DISABLING, new CommandRepeated(ID, Command.DISABLE, null),
                RESTORING, new CommandRepeated(ID, Command.RESTORE, null),
                DELETING, new CommandRepeated(ID, Command.DELETE, "manifest"));
        for (TerminationState state : TerminationState.values()) {
            Termination termination = in(state);
            assertEquals(Optional.ofNullable(underWay.get(state)), termination.repeat(), "in " + state);
            assertUnchanged(in(state), termination);
        }
        Termination frozen = in(DISABLING);
        frozen.freeze(1, "manifest");
        assertEquals(Optional.of(new CommandRepeated(ID, Command.DISABLE, null)), frozen.repeat());
    }

    @Test
    void theRetentionStartsOnceNothingIsOwedAndTheManifestIsFrozen() {
        Termination termination = in(DISABLING);
        assertFalse(termination.awaitsRetention(NOTHING));
        assertRefused("not-disabled", () -> termination.startRetention(NOTHING, START, END, WARNINGS, NOTICES));
        termination.freeze(1, "manifest");
        assertFalse(termination.awaitsRetention(SOMETHING));
        assertRefused("not-disabled", () -> termination.startRetention(SOMETHING, START, END, WARNINGS, NOTICES));
        assertTrue(termination.awaitsRetention(NOTHING));

        assertEquals(
                new RetentionStarted(ID, START, END, WARNINGS, "Europe/Berlin"),
                termination.startRetention(NOTHING, START, END, WARNINGS, NOTICES));

        assertEquals(RETAINED, termination.state());
        assertEquals(END, termination.retentionEndsAt());
        assertEquals(1, termination.scheduleVersion());
        assertFalse(termination.awaitsRetention(NOTHING));
        assertRefused("not-disabled", () -> termination.startRetention(NOTHING, START, END, WARNINGS, NOTICES));
    }

    @Test
    void aRetentionHasALengthAndNotices() {
        Termination termination = in(DISABLING);
        termination.freeze(1, "manifest");
        assertThrows(
                IllegalArgumentException.class,
                () -> termination.startRetention(NOTHING, START, START, WARNINGS, NOTICES));
        assertThrows(
                IllegalArgumentException.class, () -> termination.startRetention(NOTHING, START, END, WARNINGS, 0));
        assertEquals(DISABLING, termination.state());
        assertNull(termination.retentionEndsAt());
    }

    @Test
    void aRetentionOnlyBecomesLongerAndItsVersionsFollowEachOther() {
        Termination termination = in(RETAINED);
        assertRefused("retention-shortened", () -> termination.reschedule(2, END, WARNINGS, 1));
        assertRefused("not-the-next-version", () -> termination.reschedule(1, END.plusSeconds(1), WARNINGS, 1));
        assertRefused("not-the-next-version", () -> termination.reschedule(3, END.plusSeconds(1), WARNINGS, 1));
        assertUnchanged(in(RETAINED), termination);

        termination.reschedule(2, END.plusSeconds(1), WARNINGS, 2);

        assertEquals(2, termination.scheduleVersion());
        assertEquals(END.plusSeconds(1), termination.retentionEndsAt());
        assertEquals(2, termination.noticesRequired());
        assertRefused("retention-not-over", () -> termination.startDeletion(END, NOTICES, END, List.of()));
    }

    @Test
    void theSameManifestMayComeAgainAndNoOther() {
        Termination termination = in(DISABLING);
        assertTrue(termination.freeze(1, "manifest"));
        assertTrue(termination.freeze(1, "manifest"));
        assertRefused("manifest-frozen", () -> termination.freeze(1, "another"));
        assertEquals("manifest", termination.manifestDigest());
        assertEquals(1, termination.manifestMedia());
    }

    @Test
    void aDiskIsMissedByADeletionOnly() {
        in(DELETING).mustMiss(true);
        assertRefused("manifest-open", () -> in(DISABLING).mustMiss(true));
        assertRefused("manifest-open", () -> in(RESTORING).mustMiss(true));
    }

    /** After a failover the database's clock may be behind; the constraints must not refuse a correct change. */
    @Test
    void noInstantPrecedesTheOneBefore() {
        Termination cancelled = in(DISABLING);
        cancelled.cancel(START.minusSeconds(5));
        cancelled.close(nothingAt(START.minusSeconds(9)));
        assertEquals(START, cancelled.cancelledAt());
        Termination deleted = in(DELETING);
        deleted.complete(nothingAt(END.minusSeconds(5)), 0, List.of());
        assertEquals(END, deleted.deletedAt());
        assertEquals(START, in(REQUESTED).notBeforeRequest(START.minusSeconds(1)));
    }

    @Test
    void nothingIsDeletedBeforeTheEnd() {
        Termination termination = in(RETAINED);
        assertRefused(
                "retention-not-over", () -> termination.startDeletion(END.minusNanos(1), NOTICES, END, List.of()));
        assertEquals(RETAINED, termination.state());
        termination.startDeletion(END, NOTICES, END, List.of());
        assertEquals(END, termination.deletionStartedAt());
    }

    @Test
    void nothingIsDeletedInTheTimeThatALateWarningPromises() {
        Termination termination = in(RETAINED);
        Instant later = END.plusSeconds(60);
        assertRefused(
                "warning-too-late", () -> termination.startDeletion(later.minusNanos(1), NOTICES, later, List.of()));
        assertEquals(RETAINED, termination.state());
        termination.startDeletion(later, NOTICES, later, List.of());
        assertEquals(later, termination.deletionStartedAt());
    }

    @Test
    void nothingIsDeletedUnderAHold() {
        Termination termination = in(RETAINED);
        assertRefused("held", () -> termination.startDeletion(END, NOTICES, END, List.of(ASSET_HELD, HELD)));
        assertUnchanged(in(RETAINED), termination);

        // A hold on one asset lets the rest be deleted, and nothing be certified.
        termination.startDeletion(END, NOTICES, END, List.of(ASSET_HELD));
        termination.mustAllowDeletion(List.of(), List.of(ASSET_HELD));
        termination.mustAllowDeletion(List.of(new UUID(6, 7)), List.of(ASSET_HELD));
        assertRefused("held", () -> termination.mustAllowDeletion(List.of(ASSET), List.of(ASSET_HELD)));
        assertRefused("held", () -> termination.mustAllowDeletion(List.of(), List.of(HELD)));
        assertRefused("held", () -> termination.complete(NOTHING, 0, List.of(ASSET_HELD)));
        assertRefused("held", () -> termination.complete(NOTHING, 0, List.of(HELD)));
        assertEquals(DELETING, termination.state());
        termination.complete(NOTHING, 0, List.of());
    }

    @Test
    void theCustomerExtendsOnceAndTheProviderUpToTheMaximum() {
        Termination termination = in(RETAINED);
        Instant later = END.plus(Duration.ofDays(20));

        assertRefused("beyond-customer-limit", () -> extend(termination, Extender.CUSTOMER, later.plusNanos(1000)));
        assertEquals(
                new RetentionRescheduled(
                        ID, 2, later, List.of(), RescheduleCause.EXTENDED_BY_CUSTOMER, "Europe/Berlin"),
                extend(termination, Extender.CUSTOMER, later));
        assertRefused("extended-before", () -> extend(termination, Extender.CUSTOMER, later.plusSeconds(1)));
        assertRefused("retention-shortened", () -> extend(termination, Extender.PROVIDER, later));
        assertRefused("beyond-maximum", () -> extend(termination, Extender.PROVIDER, START.plus(Duration.ofDays(91))));
        extend(termination, Extender.PROVIDER, START.plus(Duration.ofDays(90)));

        assertEquals(3, termination.scheduleVersion());
        assertEquals(START.plus(Duration.ofDays(90)), termination.retentionEndsAt());
        assertRefused("retention-not-over", () -> termination.startDeletion(later, NOTICES, later, List.of()));
    }

    private static RetentionRescheduled extend(Termination termination, Extender by, Instant end) {
        return termination.extend(by, PERIOD, START, termination.scheduleVersion() + 1, end, List.of(), 1);
    }

    @Test
    void nothingIsDeletedWhileANoticeIsUnproven() {
        for (int delivered = 0; delivered < NOTICES; delivered++) {
            Termination termination = in(RETAINED);
            int proven = delivered;
            assertRefused(
                    "notices-missing", () -> termination.startDeletion(END.plusSeconds(1), proven, END, List.of()));
            assertEquals(RETAINED, termination.state());
        }
    }

    @Test
    void aDeletionIsCompleteOnceNothingIsOwedAndAllIsProven() {
        Termination termination = in(DELETING);
        assertRefused("deletion-incomplete", () -> termination.complete(SOMETHING, 0, List.of()));
        assertRefused("manifest-unaccounted", () -> termination.complete(NOTHING, 1, List.of()));
        assertEquals(DELETING, termination.state());

        termination.complete(nothingAt(END.plusSeconds(1)), 0, List.of());

        assertEquals(END.plusSeconds(1), termination.deletedAt());
    }

    @Test
    void aCancelledTerminationIsClosedOnceNothingIsOwed() {
        Termination termination = in(RESTORING);
        assertRefused("not-restored", () -> termination.close(SOMETHING));

        termination.close(nothingAt(START.plusSeconds(1)));

        assertEquals(CANCELLED, termination.state());
        assertEquals(START.plusSeconds(1), termination.cancelledAt());
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
    void onlyActionsOfTheCommandUnderWayHoldATerminationUp() {
        Map<AssetAction, Set<TerminationState>> underWay = Map.of(
                AssetAction.DISABLE, EnumSet.of(REQUESTED, DISABLING),
                AssetAction.RESTORE, EnumSet.of(RESTORING),
                AssetAction.SANITIZE, EnumSet.of(DELETING),
                AssetAction.CONFIRM, EnumSet.of(DELETING),
                AssetAction.INVENTORY, EnumSet.of(REQUESTED, DISABLING, RESTORING, DELETING),
                AssetAction.PROVISION, Set.of());
        underWay.forEach((action, states) -> {
            for (TerminationState state : TerminationState.values()) {
                assertEquals(states.contains(state), in(state).isHeldUpBy(action), action + " in " + state);
            }
        });
    }

    /** A termination that reached this state on the shortest path. */
    static Termination in(TerminationState state) {
        Termination termination =
                Termination.request(ID, new UUID(8, 8), TERMS, START).termination();
        switch (state) {
            case REQUESTED -> {}
            case DISABLING -> termination.progressed(Command.DISABLE);
            case RETAINED, DELETING, DELETED -> {
                termination.progressed(Command.DISABLE);
                termination.freeze(1, "manifest");
                termination.startRetention(NOTHING, START, END, WARNINGS, NOTICES);
                if (state != RETAINED) {
                    termination.startDeletion(END, NOTICES, END, List.of());
                }
                if (state == DELETED) {
                    termination.complete(nothingAt(END), 0, List.of());
                }
            }
            case RESTORING -> termination.cancel(START);
            case CANCELLED -> {
                termination.cancel(START);
                termination.close(NOTHING);
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
