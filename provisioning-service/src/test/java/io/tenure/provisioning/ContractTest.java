package io.tenure.provisioning;

import io.tenure.kit.testing.OpenApiDrift;
import java.io.IOException;
import org.junit.jupiter.api.Test;

@ProvisioningTest
class ContractTest {

    @Test
    void servesTheCommittedOpenApiDocument() throws IOException {
        OpenApiDrift.check();
    }
}
