package io.tenure.notification;

import io.tenure.kit.testing.ContractFuzz;
import io.tenure.kit.testing.ContractWalk;
import io.tenure.kit.testing.OpenApiDrift;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NotificationTest
class OpenApiTest {

    @Test
    void theCommittedDocumentIsTheOneServed() throws IOException {
        OpenApiDrift.check();
    }

    @Test
    void refusesWhatTheContractDoesNotAllow() throws IOException {
        ContractWalk.check("notification");
    }

    @Test
    @Tag("schemathesis")
    void standsAFuzzerThatReadsTheContract() throws Exception {
        ContractFuzz.check("notification");
    }
}
