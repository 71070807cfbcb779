package io.tenure.audit;

import io.tenure.kit.testing.ArchitectureRules;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void theBoundariesOfEveryServiceHold() throws IOException {
        ArchitectureRules.check("audit");
    }
}
