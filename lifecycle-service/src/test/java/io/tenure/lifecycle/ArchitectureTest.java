package io.tenure.lifecycle;

import io.tenure.kit.testing.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void boundariesHold() {
        ArchitectureRules.check("lifecycle");
    }
}
