package io.tenure.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Comes last: looks once more at all that the tests before have left behind. */
@Order(100)
@ExtendWith(SystemExtension.class)
class AfterwardsTest {

    private final SystemUnderTest system;

    AfterwardsTest(SystemUnderTest system) {
        this.system = system;
    }

    @Test
    void nothingHappenedTwiceLaterAndNothingWasRefused() {
        system.journal().catchUp();
        for (var story : system.stories()) {
            if (!story.isSettled()) {
                continue;
            }
            story.recheck();
            assertThat(system.journal().all().stream()
                            .filter(Journal.Entry::isDeadLetter)
                            .filter(e -> story.tenantId().toString().equals(e.key()))
                            .map(Journal.Entry::topic))
                    .as("%s: dead letters", story.label())
                    .containsExactlyInAnyOrderElementsOf(story.expectedDeadLetters());
        }
    }
}
