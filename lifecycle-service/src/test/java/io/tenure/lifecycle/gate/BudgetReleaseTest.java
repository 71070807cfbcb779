package io.tenure.lifecycle.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenure.kit.problem.Refusal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BudgetReleaseTest {

    private static final Instant LATE = Instant.parse("2026-12-01T23:59:59Z");
    private static final LocalDate TODAY = LocalDate.parse("2026-12-01");

    @Test
    void withoutADayItIsForTodayInUtc() {
        assertThat(asked(null).day()).isEqualTo(TODAY);
        assertThat(asked(TODAY.plusDays(3)).day()).isEqualTo(TODAY.plusDays(3));
    }

    @Test
    void aDayThatIsOverGetsNoMore() {
        assertRefused("day-over", () -> asked(TODAY.minusDays(1)));
        BudgetRelease release = asked(TODAY);

        assertRefused("day-over", () -> release.approve("two", LATE.plusSeconds(1)));
        assertThat(release.isApproved()).isFalse();
    }

    @Test
    void somebodyElseApprovesItOnce() {
        BudgetRelease release = asked(TODAY);

        assertRefused("second-person-needed", () -> release.approve("one", LATE));
        assertThat(release.isApproved()).isFalse();
        assertThat(release.approve("two", LATE)).isTrue();
        assertThat(release.approve("three", LATE)).isFalse();
        assertThat(release.approve("one", LATE)).isFalse();
        assertThat(release.approvedBy()).isEqualTo("two");
        assertThat(release.approvedAt()).isEqualTo(LATE);
    }

    private static BudgetRelease asked(LocalDate day) {
        return BudgetRelease.asked(new UUID(1, 1), day, 5, "a large customer leaves", "one", LATE);
    }

    private static void assertRefused(String slug, Runnable action) {
        assertThatThrownBy(action::run).isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.slug())
                .isEqualTo(slug));
    }
}
