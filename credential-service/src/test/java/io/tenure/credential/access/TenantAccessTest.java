package io.tenure.credential.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.credential.access.TenantAccess.Repetition;
import io.tenure.credential.access.TenantAccess.State;
import io.tenure.events.CredentialFact;
import io.tenure.events.CredentialFact.Target;
import io.tenure.events.CredentialFact.TenantAccessRestored;
import io.tenure.events.CredentialFact.TenantAccessRestricted;
import io.tenure.events.CredentialFact.TenantIdentitiesRemoved;
import io.tenure.events.CredentialFact.TenantIdentityCreated;
import io.tenure.events.CredentialFact.TenantKeysDestroyed;
import io.tenure.events.LifecycleFact.Command;
import io.tenure.kit.Ids;
import io.tenure.kit.problem.Refusal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TenantAccessTest {

    private static final UUID TERMINATION = Ids.next();
    private static final UUID OTHER = Ids.next();
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private enum Change {
        RESTRICT,
        RESTORE,
        DESTROY;

        boolean apply(TenantAccess access, UUID termination) {
            return switch (this) {
                case RESTRICT -> access.restrict(termination);
                case RESTORE -> access.restore(termination);
                case DESTROY -> access.destroy(termination);
            };
        }
    }

    /** RESTORED is OPEN again after TERMINATION was cancelled. */
    private static TenantAccess in(String state) {
        TenantAccess access = new TenantAccess(Ids.next());
        if (!state.equals("OPEN")) {
            access.restrict(TERMINATION);
        }
        if (state.equals("RESTORED")) {
            access.restore(TERMINATION);
        }
        if (state.equals("DESTROYED")) {
            access.destroy(TERMINATION);
        }
        return access;
    }

    private static UUID termination(String which) {
        return which.equals("SAME") ? TERMINATION : OTHER;
    }

    @ParameterizedTest
    @CsvSource({
        "OPEN, RESTRICT, OTHER, RESTRICTED",
        "RESTORED, RESTRICT, OTHER, RESTRICTED",
        "RESTRICTED, RESTORE, SAME, OPEN",
        "RESTRICTED, DESTROY, SAME, DESTROYED"
    })
    void allows(String from, Change change, String termination, State to) {
        TenantAccess access = in(from);
        long before = access.revision();
        assertTrue(change.apply(access, termination(termination)));
        assertEquals(to, access.state());
        assertEquals(before + 1, access.revision());
        assertEquals(termination(termination), access.terminationId());
        assertFalse(access.isAnnounced());
    }

    @ParameterizedTest
    @CsvSource({
        "RESTRICTED, RESTRICT",
        "DESTROYED, RESTRICT",
        "RESTORED, RESTRICT",
        "RESTORED, RESTORE",
        "DESTROYED, DESTROY"
    })
    void ignoresOldFacts(String from, Change change) {
        TenantAccess access = in(from);
        State before = access.state();
        long revision = access.revision();
        assertFalse(change.apply(access, TERMINATION));
        assertEquals(before, access.state());
        assertEquals(revision, access.revision());
    }

    @ParameterizedTest
    @CsvSource({
        "OPEN, RESTORE, OTHER, termination-not-in-force",
        "OPEN, DESTROY, OTHER, not-terminated",
        "RESTORED, RESTORE, OTHER, termination-not-in-force",
        "RESTORED, DESTROY, SAME, not-terminated",
        "RESTRICTED, RESTRICT, OTHER, termination-not-in-force",
        "RESTRICTED, RESTORE, OTHER, termination-not-in-force",
        "RESTRICTED, DESTROY, OTHER, termination-not-in-force",
        "DESTROYED, RESTRICT, OTHER, termination-not-in-force",
        "DESTROYED, RESTORE, SAME, access-destroyed",
        "DESTROYED, RESTORE, OTHER, access-destroyed",
        "DESTROYED, DESTROY, OTHER, termination-not-in-force"
    })
    void refusesWhatCanNeverBeRight(String from, Change change, String termination, String slug) {
        TenantAccess access = in(from);
        State before = access.state();
        assertRefused(slug, () -> change.apply(access, termination(termination)));
        assertEquals(before, access.state());
    }

    /** It lay in a dead letter for months, and another termination was cancelled since. */
    @Test
    void aRequestThatIsOlderThanTheLatestTerminationChangesNothing() {
        UUID older = Ids.next();
        TenantAccess access = new TenantAccess(Ids.next());
        UUID latest = Ids.next();
        access.restrict(latest);
        access.restore(latest);

        assertFalse(access.restrict(older));
        assertEquals(Repetition.IGNORE, access.repeated(Command.DISABLE, older));
        assertEquals(Repetition.IGNORE, access.repeated(Command.RESTORE, older));

        assertEquals(State.OPEN, access.state());
        assertEquals(latest, access.terminationId());
    }

    /** The reaction to each command in each state, for the termination in force and for another one. */
    @ParameterizedTest
    @CsvSource({
        "OPEN, DISABLE, OTHER, CARRY_OUT",
        "OPEN, RESTORE, OTHER, CARRY_OUT",
        "OPEN, DELETE, OTHER, IGNORE",
        "RESTORED, DISABLE, SAME, IGNORE",
        "RESTORED, DISABLE, OTHER, CARRY_OUT",
        "RESTORED, RESTORE, SAME, TELL_AGAIN",
        "RESTORED, RESTORE, OTHER, CARRY_OUT",
        "RESTORED, DELETE, SAME, IGNORE",
        "RESTORED, DELETE, OTHER, IGNORE",
        "RESTRICTED, DISABLE, SAME, TELL_AGAIN",
        "RESTRICTED, DISABLE, OTHER, IGNORE",
        "RESTRICTED, RESTORE, SAME, CARRY_OUT",
        "RESTRICTED, RESTORE, OTHER, IGNORE",
        "RESTRICTED, DELETE, SAME, CARRY_OUT",
        "RESTRICTED, DELETE, OTHER, IGNORE",
        "DESTROYED, DISABLE, SAME, IGNORE",
        "DESTROYED, DISABLE, OTHER, IGNORE",
        "DESTROYED, RESTORE, SAME, IGNORE",
        "DESTROYED, RESTORE, OTHER, IGNORE",
        "DESTROYED, DELETE, SAME, TELL_AGAIN",
        "DESTROYED, DELETE, OTHER, IGNORE"
    })
    void saysWhatFollowsFromARepeatedCommand(String in, Command command, String termination, Repetition follows) {
        TenantAccess access = in(in);
        if (!access.isAnnounced()) {
            Repetition before = access.repeated(command, termination(termination));
            assertEquals(follows == Repetition.TELL_AGAIN ? Repetition.TRY_NOW : follows, before);
            access.announce(NOW, 1);
        }
        long revision = access.revision();
        assertEquals(follows, access.repeated(command, termination(termination)));
        assertEquals(revision, access.revision(), "to ask changes nothing");
    }

    @Test
    void aRestorationThatNobodyHeardOfRestrictsNobodyLater() {
        TenantAccess access = in("OPEN");
        access.restoreUnheardOf(TERMINATION);
        assertEquals(State.OPEN, access.state());
        assertFalse(access.restrict(TERMINATION), "its request comes late");
        assertRefused("termination-known", () -> access.restoreUnheardOf(TERMINATION));
        assertRefused("termination-known", () -> in("RESTRICTED").restoreUnheardOf(OTHER));
        assertRefused("termination-known", () -> in("DESTROYED").restoreUnheardOf(OTHER));
    }

    @Test
    void tellsAgainWhatItTold() {
        TenantAccess access = in("RESTRICTED");
        access.count(2, 1, 0);
        assertThrows(IllegalStateException.class, access::closing, "it is not so yet");
        CredentialFact told = access.announce(NOW, 3).orElseThrow();
        assertEquals(new TenantAccessRestricted(TERMINATION, NOW, 2, 3), told);
        assertEquals(told, access.closing());
        assertEquals(Optional.empty(), access.announce(NOW.plusSeconds(1), 4), "it was told before");
        assertEquals(told, access.closing());
        access.restore(TERMINATION);
        assertEquals(Optional.of(new TenantAccessRestored(TERMINATION, 1)), access.announce(NOW.plusSeconds(1), 1));

        TenantAccess gone = in("DESTROYED");
        gone.count(0, 4, 1);
        assertEquals(Optional.of(new TenantKeysDestroyed(TERMINATION, 1, 4)), gone.announce(NOW, 1));
    }

    @Test
    void aNewTenantHasNothingToAnnounce() {
        TenantAccess access = in("OPEN");
        assertEquals(Optional.empty(), access.announce(NOW, 0));
        assertThrows(IllegalStateException.class, access::closing);
    }

    @Test
    void allowsNewCredentialsOnlyForWhoMayUseThem() {
        for (Target target : Target.values()) {
            in("OPEN").mustAllow(target);
            in("RESTORED").mustAllow(target);
            assertRefused("access-destroyed", () -> in("DESTROYED").mustAllow(target));
        }
        in("RESTRICTED").mustAllow(Target.TENANT);
        assertRefused("tenant-terminated", () -> in("RESTRICTED").mustAllow(Target.VM));
        assertRefused("tenant-terminated", () -> in("RESTRICTED").mustAllow(Target.VDC));
    }

    @Test
    void theAdministratorDepartsAfterTheCertificateOnce() {
        assertRefused("not-deleted", () -> in("OPEN").certified(TERMINATION));
        assertRefused("not-deleted", () -> in("RESTRICTED").certified(TERMINATION));
        for (String state : List.of("OPEN", "RESTRICTED", "RESTORED")) {
            assertRefused("not-deleted", () -> in(state).departed());
        }
        assertRefused("termination-not-in-force", () -> in("DESTROYED").certified(OTHER));
        assertFalse(in("DESTROYED").certified(TERMINATION), "there never was an account");

        TenantAccess access = in("RESTRICTED");
        assertEquals(Optional.of(new TenantIdentityCreated("id")), access.identify("id"));
        assertTrue(access.identify("id").isEmpty(), "known");
        access.destroy(TERMINATION);
        assertTrue(access.certified(TERMINATION));
        assertEquals(new TenantIdentitiesRemoved(TERMINATION), access.departed());
        assertFalse(access.certified(TERMINATION));
        assertTrue(access.identify("id").isEmpty(), "never again");
        assertTrue(access.identityId().isEmpty());
    }

    private static void assertRefused(String slug, Executable change) {
        assertEquals(slug, assertThrows(Refusal.class, change).slug());
    }
}
