package io.tenure.local.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortPlanTest {

    @Test
    void shiftsEveryPortByTheSame() {
        var plan = new PortPlan(0);
        var shifted = new PortPlan(700);
        for (var part :
                new String[] {"postgresql", "kafka", "kafka controller", "keycloak", "zipkin", "smtp", "imap", "audit"
                }) {
            assertEquals(plan.of(part) + 700, shifted.of(part), part);
        }
        assertEquals(8081, plan.of("provisioning"));
        assertEquals(8085, plan.of("notification"));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 60_000, Integer.MAX_VALUE})
    void refusesAnOffsetThatLeavesTheRange(int offset) {
        var refused = assertThrows(IllegalArgumentException.class, () -> new PortPlan(offset));
        assertTrue(refused.getMessage().contains("--port-offset"), refused.getMessage());
    }

    @Test
    void namesTheTakenPortThePartAndAFreeOffset() throws Exception {
        var plan = new PortPlan(ThreadLocalRandom.current().nextInt(1, 9000)).orNextFree();
        plan.requireFree();
        try (var taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), plan.of("keycloak")));
            var refused = assertThrows(PlatformException.class, plan::requireFree);
            assertTrue(
                    refused.getMessage().contains("Port " + plan.of("keycloak") + ", which keycloak needs"),
                    refused.getMessage());
            var other = plan.orNextFree();
            assertNotEquals(plan, other);
            assertTrue(refused.getMessage().matches("(?s).*--port-offset \\d+"), refused.getMessage());
            other.requireFree();
        }
        plan.requireFree();
    }
}
