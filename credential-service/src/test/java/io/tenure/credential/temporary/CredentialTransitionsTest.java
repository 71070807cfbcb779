package io.tenure.credential.temporary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.credential.temporary.Credential.Status;
import io.tenure.events.CredentialFact.CredentialHandedOver;
import io.tenure.events.CredentialFact.CredentialIssued;
import io.tenure.events.CredentialFact.CredentialRevoked;
import io.tenure.events.CredentialFact.Target;
import io.tenure.kit.Ids;
import io.tenure.kit.problem.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CredentialTransitionsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration VALID = Duration.ofDays(7);
    private static final UUID LINK = Ids.next();
    private static final UUID TERMINATION = Ids.next();

    private enum Change {
        ISSUE((credential, now) -> credential.issue()),
        HAND_OVER((credential, now) -> credential.handOver(LINK, now)),
        REVOKE((credential, now) -> credential.revoke(TERMINATION, now)),
        DESTROY(Credential::destroy);

        private final BiConsumer<Credential, Instant> action;

        Change(BiConsumer<Credential, Instant> action) {
            this.action = action;
        }
    }

    private static Credential in(Status status) {
        UUID tenant = Ids.next();
        Credential credential =
                new Credential(Ids.next(), tenant, Target.TENANT, tenant, 1, new byte[] {1}, NOW, VALID);
        if (status != Status.PREPARED) {
            credential.issue();
        }
        switch (status) {
            case PREPARED, ISSUED, EXPIRED -> {}
            case HANDED_OVER -> credential.handOver(LINK, NOW);
            case REVOKED -> credential.revoke(TERMINATION, NOW);
            case DESTROYED -> {
                credential.revoke(TERMINATION, NOW);
                credential.destroy(NOW);
            }
        }
        return credential;
    }

    private static Instant timeOf(Status status) {
        return status == Status.EXPIRED ? NOW.plus(VALID) : NOW.plusSeconds(1);
    }

    @ParameterizedTest
    @CsvSource({
        "PREPARED, REVOKE, REVOKED",
        "ISSUED, HAND_OVER, HANDED_OVER",
        "ISSUED, REVOKE, REVOKED",
        "EXPIRED, REVOKE, REVOKED",
        "HANDED_OVER, REVOKE, REVOKED",
        "REVOKED, DESTROY, DESTROYED"
    })
    void allows(Status from, Change change, Status to) {
        Credential credential = in(from);
        change.action.accept(credential, timeOf(from));
        assertEquals(to, credential.status(timeOf(from)));
        assertNull(credential.ciphertext(), "the ciphertext is kept only while it waits to be shown");
    }

    @ParameterizedTest
    @CsvSource({
        "PREPARED, HAND_OVER, credential-not-ready",
        "PREPARED, DESTROY, credential-not-revoked",
        "ISSUED, ISSUE, credential-not-prepared",
        "EXPIRED, ISSUE, credential-not-prepared",
        "HANDED_OVER, ISSUE, credential-not-prepared",
        "REVOKED, ISSUE, credential-not-prepared",
        "DESTROYED, ISSUE, credential-not-prepared",
        "ISSUED, DESTROY, credential-not-revoked",
        "EXPIRED, HAND_OVER, credential-expired",
        "EXPIRED, DESTROY, credential-not-revoked",
        "HANDED_OVER, HAND_OVER, credential-already-revealed",
        "HANDED_OVER, DESTROY, credential-not-revoked",
        "REVOKED, HAND_OVER, credential-revoked",
        "REVOKED, REVOKE, credential-not-in-force",
        "DESTROYED, HAND_OVER, credential-revoked",
        "DESTROYED, REVOKE, credential-not-in-force",
        "DESTROYED, DESTROY, credential-not-revoked"
    })
    void refuses(Status from, Change change, String slug) {
        Credential credential = in(from);
        Refusal refusal = assertThrows(Refusal.class, () -> change.action.accept(credential, timeOf(from)));
        assertEquals(slug, refusal.slug());
        assertEquals(from, credential.status(timeOf(from)));
    }

    @Test
    void expiresWithTimeAlone() {
        Credential credential = in(Status.ISSUED);
        assertEquals(Status.ISSUED, credential.status(NOW.plus(VALID).minusNanos(1)));
        assertEquals(Status.EXPIRED, credential.status(NOW.plus(VALID)));
        assertNotNull(credential.ciphertext());
    }

    @Test
    void mustBeValidForSomeTime() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new Credential(
                        Ids.next(), Ids.next(), Target.VM, Ids.next(), 1, new byte[1], NOW, Duration.ZERO));
    }

    @Test
    void isIssuedOnceWhatItOpensKnowsIt() {
        Credential credential = in(Status.PREPARED);
        assertEquals(
                new CredentialIssued(credential.id(), Target.TENANT, credential.targetId(), credential.expiresAt()),
                credential.issue());
        assertEquals(Status.ISSUED, credential.status(NOW));
        assertNotNull(credential.ciphertext());
    }

    @Test
    void tellsOfItsRevocationWhoeverKnewIt() {
        assertEquals(Optional.empty(), in(Status.PREPARED).revoke(TERMINATION, NOW), "nobody knew it");
        for (Status status : List.of(Status.ISSUED, Status.EXPIRED, Status.HANDED_OVER)) {
            Credential credential = in(status);
            assertEquals(
                    Optional.of(new CredentialRevoked(credential.id(), TERMINATION)),
                    credential.revoke(TERMINATION, timeOf(status)));
        }
        Credential replaced = in(Status.ISSUED);
        assertEquals(Optional.of(new CredentialRevoked(replaced.id(), null)), replaced.revoke(null, NOW));
    }

    @Test
    void tellsByWhichLinkItWasHandedOver() {
        Credential credential = in(Status.ISSUED);
        assertEquals(new CredentialHandedOver(credential.id(), LINK), credential.handOver(LINK, NOW));
    }

    @Test
    void isVoidFromTheStartWhereItIsWithheld() {
        Credential credential = Credential.withheld(Ids.next(), Ids.next(), Target.VM, Ids.next(), NOW, VALID);
        assertEquals(Status.REVOKED, credential.status(NOW));
        assertNull(credential.ciphertext());
        assertEquals(1, credential.number());
    }

    @Test
    void isStaleOnceHalfOfItsTimeIsOver() {
        Credential credential = in(Status.PREPARED);
        assertFalse(credential.isStale(NOW.plus(VALID.dividedBy(2))));
        assertTrue(credential.isStale(NOW.plus(VALID.dividedBy(2)).plusMillis(1)));
    }

    @Test
    void isNotReplacedOnceItsKeyIsGone() {
        for (Status status : Status.values()) {
            if (status == Status.DESTROYED) {
                Refusal refusal = assertThrows(Refusal.class, in(status)::mustBeReplaceable);
                assertEquals("credential-destroyed", refusal.slug());
            } else {
                in(status).mustBeReplaceable();
            }
        }
    }
}
