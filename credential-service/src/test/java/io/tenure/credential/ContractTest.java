package io.tenure.credential;

import io.tenure.kit.testing.ArchitectureRules;
import io.tenure.kit.testing.OpenApiDrift;
import java.io.IOException;
import org.junit.jupiter.api.Test;

@CredentialTest
class ContractTest {

    @Test
    void keepsItsOpenApiDocument() throws IOException {
        OpenApiDrift.check();
    }

    @Test
    void keepsTheBoundaries() {
        ArchitectureRules.check("credential");
    }
}
