package io.tenure.kit.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestrictionTest {

    /** In the middle of a second, as a database's clock says; a token's iat has whole seconds. */
    private static final Instant NOT_BEFORE = Instant.parse("2026-01-01T12:00:05.400Z");

    @ParameterizedTest
    @CsvSource({
        "2026-01-01T12:00:04Z, departing-admin, true, false",
        // Issued at .1 or at .7 of this second: nobody can tell.
        "2026-01-01T12:00:05Z, departing-admin, true, false",
        "2026-01-01T12:00:06Z, departing-admin, true, true",
        "2026-01-01T12:00:05Z, tenant-admin, true, false",
        // A clock that is ahead.
        "2026-01-01T12:03:00Z, tenant-admin, true, false",
        "2026-01-01T12:00:05Z, tenant-admin, false, false",
        "2026-01-01T12:00:06Z, tenant-admin, false, true",
        "2026-01-01T12:00:06Z, departing-admin, false, true"
    })
    void decides(Instant issuedAt, String role, boolean restricted, boolean allowed) {
        assertEquals(allowed, new Restriction(NOT_BEFORE, restricted).allows(issuedAt, Set.of(role)));
    }

    @Test
    void aRestrictionOnAWholeSecondAllowsThatSecond() {
        Instant second = Instant.parse("2026-01-01T12:00:05Z");
        assertEquals(true, new Restriction(second, true).allows(second, Set.of("departing-admin")));
    }

    @Test
    void withoutARestrictionEveryTokenCounts() {
        assertEquals(true, new Restriction(null, false).allows(Instant.EPOCH, Set.of("tenant-admin")));
        assertEquals(true, new Restriction(null, false).allows(null, Set.of("tenant-admin")));
    }

    @Test
    void aTokenThatDoesNotSaySinceWhenItIsCountsForNothingOnceThereWasOne() {
        assertEquals(false, new Restriction(NOT_BEFORE, false).allows(null, Set.of("tenant-admin")));
    }

    @Test
    void departingIsNoLicenceToBeAnAdministratorBeside() {
        assertEquals(
                false,
                new Restriction(NOT_BEFORE, true)
                        .allows(NOT_BEFORE.plusSeconds(60), Set.of("departing-admin", "tenant-admin")));
    }
}
