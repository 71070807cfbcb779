package io.tenure.systemtests.afterwards;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenure.systemtests.harness.Journal;
import io.tenure.systemtests.harness.SystemExtension;
import io.tenure.systemtests.harness.SystemUnderTest;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** Comes last: looks once more at all that the tests before have left behind. */
@Order(100)
@Isolated("looks at what the others left behind")
@ExtendWith(SystemExtension.class)
class AfterwardsTest {

    private final SystemUnderTest system;

    AfterwardsTest(SystemUnderTest system) {
        this.system = system;
    }

    @Test
    void nothingHappenedTwiceLaterAndNothingWasRefused() {
        system.journal().catchUp();
        for (var tenant : system.tenants()) {
            if (!tenant.isSettled()) {
                continue;
            }
            tenant.recheck();
            assertThat(system.journal().all().stream()
                            .filter(Journal.Entry::isDeadLetter)
                            .filter(e -> tenant.tenantId().toString().equals(e.key()))
                            .map(Journal.Entry::topic))
                    .as("%s: dead letters", tenant.label())
                    .containsExactlyInAnyOrderElementsOf(tenant.expectedDeadLetters());
        }
    }
}
