package io.tenure.lifecycle.impediment;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenure.lifecycle.impediment.Impediment.Held;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ImpedimentTest {

    private static final Instant SINCE = Instant.parse("2026-12-01T10:00:00Z");

    private final UUID hold = new UUID(1, 1);
    private final UUID dataCenter = new UUID(2, 2);
    private final UUID machine = new UUID(3, 3);

    @Test
    void aHoldOnEverythingForbidsAll() {
        Held held = new Held(hold, null, SINCE);

        assertThat(held.forbidsStart()).isTrue();
        assertThat(held.forbids(List.of())).isTrue();
        assertThat(held.forbids(List.of(machine))).isTrue();
        assertThat(held.reason()).contains("anything of the tenant").contains("account manager");
    }

    @Test
    void aHoldOnAnAssetForbidsWhatIsInIt() {
        Held held = new Held(hold, dataCenter, SINCE);

        assertThat(held.forbidsStart()).isFalse();
        assertThat(held.forbids(List.of())).isFalse();
        assertThat(held.forbids(List.of(machine))).isFalse();
        assertThat(held.forbids(List.of(dataCenter))).isTrue();
        assertThat(held.forbids(List.of(machine, dataCenter))).isTrue();
        assertThat(held.reason()).contains(dataCenter.toString());
    }
}
