package io.tenure.lifecycle;

import io.tenure.kit.testing.ContractFuzz;
import io.tenure.kit.testing.ContractWalk;
import io.tenure.kit.testing.OpenApiDrift;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@LifecycleTest
class OpenApiTest {

    @Test
    void theCommittedDocumentIsTheOneServed() throws IOException {
        OpenApiDrift.check();
    }

    @Test
    void refusesWhatTheContractDoesNotAllow() throws IOException {
        ContractWalk.check(
                "lifecycle",
                "GET /v1/terminations",
                "GET /v1/terminations/{id}",
                "GET /v1/terminations/{id}/steps",
                "GET /v1/terminations/{id}/blockers",
                "GET /v1/terminations/{id}/manifest",
                "POST /v1/terminations/{id}/cancellation",
                "POST /v1/terminations/{id}/extension",
                "GET /v1/tenants/{id}/retention-policy",
                "GET /v1/terminations/{id}/certificate");
    }

    @Test
    @Tag("schemathesis")
    void standsAFuzzerThatReadsTheContract() throws Exception {
        ContractFuzz.check("lifecycle");
    }
}
