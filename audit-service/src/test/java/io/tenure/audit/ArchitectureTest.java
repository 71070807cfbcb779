package io.tenure.audit;

import io.tenure.kit.testing.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void theBoundariesOfEveryServiceHold() {
        ArchitectureRules.check("audit");
    }
}
