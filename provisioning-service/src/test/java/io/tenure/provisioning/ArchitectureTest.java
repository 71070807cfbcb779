package io.tenure.provisioning;

import io.tenure.kit.testing.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void keepsItsBoundaries() {
        ArchitectureRules.check("provisioning", "io.tenure.platform");
    }
}
