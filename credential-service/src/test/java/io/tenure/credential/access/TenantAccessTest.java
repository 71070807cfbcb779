package io.tenure.credential.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.credential.access.TenantAccess.Staged;
import io.tenure.credential.access.TenantAccess.State;
import io.tenure.kit.Ids;
import io.tenure.kit.problem.Refusal;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TenantAccessTest {

    private static final UUID TERMINATION = Ids.next();
    private static final UUID OTHER = Ids.next();

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

    @Test
    void createsAnIdentityOnlyWhileOpen() {
        TenantAccess access = in("OPEN");
        assertFalse(access.lacksIdentity());
        access.wantIdentity();
        assertTrue(access.lacksIdentity());
        access.stage(new Staged(Ids.next(), new byte[] {1}));
        access.restrict(TERMINATION);
        assertFalse(access.lacksIdentity());
        assertTrue(access.staged().isEmpty(), "what nobody is to get is not kept");
        assertRefused("identity-not-wanted", () -> access.stage(new Staged(Ids.next(), new byte[] {1})));
        assertRefused("identity-not-wanted", () -> access.identityCreated("id"));
        access.restore(TERMINATION);
        assertTrue(access.lacksIdentity());
        access.identityCreated("id");
        assertFalse(access.lacksIdentity());
    }

    @Test
    void neverWantsAnIdentityAgainOnceDestroyed() {
        TenantAccess access = in("DESTROYED");
        access.wantIdentity();
        assertFalse(access.lacksIdentity());
        assertFalse(access.isOpen());
    }

    private static void assertRefused(String slug, Executable change) {
        assertEquals(slug, assertThrows(Refusal.class, change).slug());
    }
}
