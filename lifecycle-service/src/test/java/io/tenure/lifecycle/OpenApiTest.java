package io.tenure.lifecycle;

import io.tenure.kit.testing.OpenApiDrift;
import java.io.IOException;
import org.junit.jupiter.api.Test;

@LifecycleTest
class OpenApiTest {

    @Test
    void theCommittedDocumentIsWhatIsServed() throws IOException {
        OpenApiDrift.check();
    }
}
