package io.tenure.credential;

import io.tenure.kit.testing.ContractFuzz;
import io.tenure.kit.testing.ContractWalk;
import io.tenure.kit.testing.OpenApiDrift;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@CredentialTest
class OpenApiTest {

    @Test
    void theCommittedDocumentIsTheOneServed() throws IOException {
        OpenApiDrift.check();
    }

    @Test
    void refusesWhatTheContractDoesNotAllow() throws IOException {
        ContractWalk.check("credential");
    }

    @Test
    @Tag("schemathesis")
    void standsAFuzzerThatReadsTheContract() throws Exception {
        ContractFuzz.check("credential");
    }
}
