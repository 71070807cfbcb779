package io.tenure.notification;

import io.tenure.kit.testing.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void theBoundariesHold() {
        ArchitectureRules.check("notification");
    }
}
