package io.tenure.lifecycle.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenure.events.LifecycleFact.LegalHoldReleased;
import io.tenure.events.LifecycleFact.LegalHoldReviewOverdue;
import io.tenure.events.LifecycleFact.LegalHoldSet;
import io.tenure.kit.problem.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LegalHoldTest {

    private static final Instant NOW = Instant.parse("2026-12-01T10:00:00Z");
    private static final Instant REVIEW = NOW.plus(Duration.ofDays(90));

    private final UUID id = new UUID(1, 1);
    private final UUID tenant = new UUID(2, 2);
    private final UUID asset = new UUID(3, 3);

    @Test
    void itSaysWhatItIsAboutAndNotWhy() {
        assertThat(LegalHold.set(id, tenant, order(null, REVIEW), "one", NOW).fact())
                .isEqualTo(new LegalHoldSet(id, null, REVIEW));
        assertThat(LegalHold.set(id, tenant, order(asset, REVIEW), "one", NOW).fact())
                .isEqualTo(new LegalHoldSet(id, asset, REVIEW));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, -100_000})
    void itsReviewIsToCome(long seconds) {
        assertRefused(
                "review-not-to-come",
                () -> LegalHold.set(id, tenant, order(null, NOW.plusSeconds(seconds)), "one", NOW));
        assertRefused("review-not-to-come", () -> hold().reviewed(NOW.plusSeconds(seconds), NOW));
    }

    @Test
    void somebodyElseReleasesIt() {
        LegalHold hold = hold();

        assertRefused("second-person-needed", () -> hold.release("one", "over", NOW.plusSeconds(1)));
        assertThat(hold.isInForce()).isTrue();
        assertThat(hold.release("two", "over", NOW.plusSeconds(1))).contains(new LegalHoldReleased(id));
        assertThat(hold.isInForce()).isFalse();
        assertThat(hold.releasedBy()).isEqualTo("two");
        assertThat(hold.releasedAt()).isEqualTo(NOW.plusSeconds(1));
        assertThat(hold.releaseReason()).isEqualTo("over");
    }

    @Test
    void aSecondReleaseChangesNothingWhoeverDoesIt() {
        LegalHold hold = hold();
        hold.release("two", "over", NOW.plusSeconds(1));

        assertThat(hold.release("three", "again", NOW.plusSeconds(2))).isEmpty();
        assertThat(hold.release("one", "again", NOW.plusSeconds(2))).isEmpty();
        assertThat(hold.releasedBy()).isEqualTo("two");
        assertThat(hold.releaseReason()).isEqualTo("over");
    }

    /** After a failover, the new server's clock may be slightly behind. */
    @Test
    void itIsNotReleasedBeforeItWasSet() {
        LegalHold hold = hold();
        hold.release("two", "over", NOW.minusSeconds(1));

        assertThat(hold.releasedAt()).isEqualTo(NOW);
    }

    @Test
    void anOverdueReviewIsToldOncePerDate() {
        LegalHold hold = hold();

        assertThat(hold.remind(REVIEW.minusNanos(1000))).isEmpty();
        assertThat(hold.isReviewOverdue(REVIEW.minusNanos(1000))).isFalse();
        assertThat(hold.remind(REVIEW)).contains(new LegalHoldReviewOverdue(id, REVIEW));
        assertThat(hold.isReviewOverdue(REVIEW)).isTrue();
        assertThat(hold.remind(REVIEW.plusSeconds(1))).isEmpty();
        assertThat(hold.isInForce()).isTrue();

        Instant next = REVIEW.plus(Duration.ofDays(30));
        hold.reviewed(next, REVIEW.plusSeconds(2));
        assertThat(hold.isReviewOverdue(REVIEW.plusSeconds(2))).isFalse();
        assertThat(hold.remind(next)).contains(new LegalHoldReviewOverdue(id, next));
    }

    @Test
    void aReleasedOneIsReviewedNoMore() {
        LegalHold hold = hold();
        hold.release("two", "over", NOW.plusSeconds(1));

        assertRefused("hold-released", () -> hold.reviewed(REVIEW.plusSeconds(1), NOW.plusSeconds(2)));
        assertThat(hold.remind(REVIEW)).isEmpty();
        assertThat(hold.isReviewOverdue(REVIEW)).isFalse();
    }

    private LegalHold hold() {
        return LegalHold.set(id, tenant, order(null, REVIEW), "one", NOW).hold();
    }

    private static LegalHold.Order order(UUID asset, Instant review) {
        return new LegalHold.Order(asset, "District Court", "4 O 12/26", "an order of the court", review);
    }

    private static void assertRefused(String slug, Runnable action) {
        assertThatThrownBy(action::run).isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.slug())
                .isEqualTo(slug));
    }
}
