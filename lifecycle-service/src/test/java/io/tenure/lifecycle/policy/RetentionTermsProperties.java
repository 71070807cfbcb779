package io.tenure.lifecycle.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenure.kit.problem.Refusal;
import io.tenure.lifecycle.policy.RetentionTerms.Extender;
import java.time.Duration;
import java.time.Instant;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class RetentionTermsProperties {

    private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
    private static final Duration FLOOR = Duration.ofDays(30);
    private static final RetentionTerms TERMS =
            new RetentionTerms(Duration.ofDays(40), Duration.ofDays(100), Duration.ofDays(30), 1, "Europe/Berlin");
    private static final Instant END = START.plus(TERMS.period());

    /** Whoever asks for whatever: what is allowed is later than before, in the future, and within the maximum. */
    @Property
    void whatIsAllowedIsWithinTheTerms(
            @ForAll @IntRange(min = -50, max = 150) int newEndDay,
            @ForAll @IntRange(max = 120) int today,
            @ForAll @IntRange(max = 2) int used,
            @ForAll Extender by) {
        Instant newEnd = day(newEndDay);
        Instant now = day(today);
        boolean allowed = newEndDay > today
                && newEndDay > 40
                && newEndDay <= 100
                && (by == Extender.PROVIDER || used < 1 && newEndDay <= 70);

        String slug = refusal(by, newEnd, used, now);

        assertThat(slug == null).isEqualTo(allowed);
    }

    @Example
    void eachRefusalSaysWhy() {
        assertThat(refusal(Extender.PROVIDER, day(5), 0, day(5))).isEqualTo("end-in-the-past");
        assertThat(refusal(Extender.PROVIDER, day(29), 0, day(5))).isEqualTo("below-minimum");
        assertThat(refusal(Extender.PROVIDER, day(35), 0, day(5))).isEqualTo("retention-shortened");
        assertThat(refusal(Extender.PROVIDER, END, 0, day(5))).isEqualTo("retention-shortened");
        assertThat(refusal(Extender.PROVIDER, day(100).plusNanos(1000), 0, day(5)))
                .isEqualTo("beyond-maximum");
        assertThat(refusal(Extender.PROVIDER, day(100), 9, day(5))).isNull();
        assertThat(refusal(Extender.CUSTOMER, day(71), 0, day(5))).isEqualTo("beyond-customer-limit");
        assertThat(refusal(Extender.CUSTOMER, day(60), 1, day(5))).isEqualTo("extended-before");
        assertThat(refusal(Extender.CUSTOMER, day(70), 0, day(5))).isNull();
    }

    @Example
    void termsMayLetTheCustomerExtendNothing() {
        RetentionTerms none = new RetentionTerms(TERMS.period(), TERMS.maximum(), Duration.ZERO, 0, "UTC");

        assertThatThrownBy(() -> none.mustAllow(Extender.CUSTOMER, FLOOR, START, END, day(41), 0, day(1)))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.slug()).isEqualTo("extended-before"));
    }

    private static String refusal(Extender by, Instant newEnd, int used, Instant now) {
        try {
            TERMS.mustAllow(by, FLOOR, START, END, newEnd, used, now);
            return null;
        } catch (Refusal refused) {
            return refused.slug();
        }
    }

    private static Instant day(int days) {
        return START.plus(Duration.ofDays(days));
    }
}
