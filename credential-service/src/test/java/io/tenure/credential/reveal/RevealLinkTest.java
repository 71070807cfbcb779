package io.tenure.credential.reveal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tenure.events.CredentialFact.CredentialReplayAttempted;
import io.tenure.events.CredentialFact.RefusalReason;
import io.tenure.events.CredentialFact.RevealLinkCreated;
import io.tenure.kit.Ids;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RevealLinkTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private final RevealLink link = new RevealLink(
            Ids.next(), Ids.next(), Ids.next(), LinkToken.random().hash(), NOW, NOW.plusSeconds(60));

    @Test
    void worksUntilItExpires() {
        assertEquals(Optional.empty(), link.refusal(NOW.plusSeconds(59)));
        assertRefused(RefusalReason.EXPIRED, NOW.plusSeconds(60));
    }

    @Test
    void tellsTheReasonThatMattersMost() {
        link.revokedAt = NOW;
        assertRefused(RefusalReason.REVOKED, NOW.plusSeconds(61));
        link.supersededAt = NOW;
        assertRefused(RefusalReason.SUPERSEDED, NOW);
        link.consumedAt = NOW;
        assertRefused(RefusalReason.ALREADY_REVEALED, NOW);
    }

    private void assertRefused(RefusalReason reason, Instant now) {
        assertEquals(Optional.of(new CredentialReplayAttempted(link.credentialId, link.id, reason)), link.refusal(now));
    }

    @Test
    void tellsThatItExists() {
        assertEquals(new RevealLinkCreated(link.credentialId, link.id, NOW.plusSeconds(60)), link.created());
    }

    @Test
    void aTokenHas256BitsAndDoesNotPrintItself() {
        LinkToken token = LinkToken.random();
        assertEquals(43, token.expose().length());
        assertNotEquals(token.expose(), LinkToken.random().expose());
        assertEquals("***", token.toString());
        assertEquals(32, token.hash().length);
        assertArrayEquals(token.hash(), LinkToken.parse(token.expose()).hash());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "short",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+A",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
            })
    void refusesWhatIsNoToken(String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> LinkToken.parse(text))
                .getMessage();
        assertFalse(!text.isEmpty() && message.contains(text));
    }
}
