package io.tenure.benchmarks.cascade;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class WaterfallTest {

    @Test
    void spansAreInTheOrderInWhichTheyBegan() throws IOException {
        var spans = new ObjectMapper().readTree("""
                [{"timestamp": 1700000000012500, "duration": 900, "name": "tenure.lifecycle receive",
                  "localEndpoint": {"serviceName": "tenure-audit"}},
                 {"timestamp": 1700000000000000, "duration": 25100, "name": "post /v1/terminations",
                  "localEndpoint": {"serviceName": "tenure-lifecycle"}}]""");

        assertThat(Waterfall.table(spans).lines())
                .map(line -> line.strip().replaceAll(" {2,}", " | "))
                .containsExactly(
                        "began 2023-11-14T22:13:20Z",
                        "ms | takes ms | service | span",
                        "0.0 | 25.1 | tenure-lifecycle | post /v1/terminations",
                        "12.5 | 0.9 | tenure-audit | tenure.lifecycle receive");
    }
}
