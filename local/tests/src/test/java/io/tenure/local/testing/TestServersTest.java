package io.tenure.local.testing;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class TestServersTest {

    @Test
    void withoutTheSwitchTheyAreEmbedded() {
        try (var servers = with(TestServers.SWITCH, null, () -> TestServers.chosen("switch"))) {
            assertInstanceOf(EmbeddedServers.class, servers);
        }
    }

    @Test
    void anUnknownSwitchIsAnErrorAndNotTheDefault() {
        var refused = with(
                TestServers.SWITCH,
                "container",
                () -> assertThrows(IllegalStateException.class, () -> TestServers.chosen("switch")));
        assertEquals(
                "tenure.test.infra is 'container': it must be 'embedded' (the default) or 'containers'",
                refused.getMessage());
    }

    @Test
    void aMissingEngineIsAnErrorThatSaysWhatToDo() {
        var refused = assertThrows(
                IllegalStateException.class,
                () -> ContainerServers.requireEngine(() -> {
                    throw new IllegalStateException("Could not find a valid Docker environment");
                }));
        assertTrue(refused.getMessage().contains("Could not find a valid Docker environment"), refused.getMessage());
        assertTrue(refused.getMessage().contains("DOCKER_HOST"), refused.getMessage());
        assertTrue(refused.getMessage().contains("leave the switch away"), refused.getMessage());
    }

    @Test
    void containersThatWouldOutliveAKilledJvmAreRefused() {
        assertThrows(IllegalStateException.class, () -> ContainerServers.requireThatTheyEnd("true"));
        assertDoesNotThrow(() -> ContainerServers.requireThatTheyEnd(null));
    }

    @Test
    void anEngineOfAnotherMachineIsRefused() {
        assertThrows(IllegalStateException.class, () -> ContainerServers.requireOfThisMachine("engine.example"));
        assertDoesNotThrow(() -> ContainerServers.requireOfThisMachine("localhost"));
    }

    @Test
    void theComposeFileNamesTheImages() {
        for (var image : ContainerImage.values()) {
            assertTrue(image.reference().matches("\\S+:[0-9]\\S*"), image + ": " + image.reference());
        }
        assertTrue(ContainerImage.KEYCLOAK.reference().startsWith("keycloak/keycloak:"));
    }

    @Test
    void anImageIsThatOfItsOwnService() {
        var compose = List.of(
                "services:",
                "  postgresql:",
                "    restart: always",
                "",
                "    # Newer than that of the others.",
                "    image: db:2",
                "  kafka:",
                "    restart: always",
                "  keycloak:",
                "    image: keys:3",
                "volumes:");
        assertEquals("db:2", ContainerImage.POSTGRESQL.reference(compose));
        assertEquals("keys:3", ContainerImage.KEYCLOAK.reference(compose));
        var refused = assertThrows(IllegalStateException.class, () -> ContainerImage.KAFKA.reference(compose));
        assertEquals("docker-compose.yml names no image for service kafka", refused.getMessage());
    }

    @Test
    void aPropertyNamesAnImageOfAPrivateRegistry() {
        var image = ContainerImage.KAFKA;
        assertEquals("registry.example/kafka:4", with(image.property(), " registry.example/kafka:4", image::reference));
    }

    private static <T> T with(String property, String value, Supplier<T> run) {
        var before = System.getProperty(property);
        set(property, value);
        try {
            return run.get();
        } finally {
            set(property, before);
        }
    }

    private static void set(String property, String value) {
        if (value == null) {
            System.clearProperty(property);
        } else {
            System.setProperty(property, value);
        }
    }
}
