package io.tenure.local.compose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.tenure.local.platform.PlatformException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the demo says of containers, from an engine that only repeats what it was given. */
class ComposeDeploymentTest {

    private static final Map<String, Integer> PORTS = Map.of(
            "provisioning", 8080,
            "lifecycle", 8080,
            "credential", 8080,
            "audit", 8080,
            "notification", 8080,
            "postgresql", 5432,
            "kafka", 19092,
            "keycloak", 8080,
            "mail", 8025,
            "zipkin", 9411);

    private final ObjectMapper json = new ObjectMapper();
    private final Map<String, String> health = new LinkedHashMap<>();

    @TempDir
    private Path root;

    private Path engine;
    private String period = "PT20S";

    @BeforeEach
    void anEngineAndSecrets() throws IOException {
        engine = Files.writeString(root.resolve("engine"), """
                #!/bin/sh
                case "$1 $2" in
                  'ps --quiet') ;;
                  'ps --all') cat "$(dirname "$0")/ids" ;;
                  inspect*) cat "$(dirname "$0")/inspected" ;;
                  *) exit 9 ;;
                esac
                """);
        Files.setPosixFilePermissions(engine, PosixFilePermissions.fromString("rwxr-xr-x"));
        var secrets = Files.createDirectories(root.resolve(ComposeDeployment.SECRETS));
        Files.writeString(secrets.resolve("env"), "KEYCLOAK_ADMIN_PASSWORD=a=b\nKAFKA_OPERATIONS_PASSWORD=c\n");
        PORTS.keySet().forEach(service -> health.put(service, "healthy"));
    }

    @Test
    void findsAddressesAndThePolicy() throws IOException {
        var found = find();
        assertEquals(URI.create("http://127.0.0.1:18080"), found.service("lifecycle"));
        assertEquals("127.0.0.1:29092", found.kafka().get("bootstrap.servers"));
        assertEquals(Duration.ofSeconds(20), found.retention().period());
        assertEquals(
                List.of(Duration.ofSeconds(9), Duration.ofSeconds(1)),
                found.retention().warnings());
    }

    @Test
    void saysWhoMakesTheSecrets() throws IOException {
        Files.delete(root.resolve(ComposeDeployment.SECRETS).resolve("env"));
        says("make-secrets");
    }

    @Test
    void saysWhichSecretIsMissing() throws IOException {
        Files.writeString(root.resolve(ComposeDeployment.SECRETS).resolve("env"), "OTHER=1\n");
        says("has no KEYCLOAK_ADMIN_PASSWORD");
    }

    @Test
    void saysThatNoEngineAnswers() throws IOException {
        engine = root.resolve("nothing");
        says("no container engine answers");
    }

    @Test
    void saysHowToStartWhatIsNotUp() throws IOException {
        health.clear();
        says("docker-compose.demo.yml up");
    }

    @Test
    void namesWhatIsNotHealthy() throws IOException {
        health.put("audit", "starting");
        health.remove("mail");
        says("mail (absent), audit (running starting)");
    }

    @Test
    void doesNotWaitAMonth() throws IOException {
        period = "P30D";
        says("keeps tenants for 30 days");
    }

    private void says(String words) {
        var refused = assertThrows(PlatformException.class, this::find);
        assertTrue(refused.getMessage().contains(words), refused.getMessage());
    }

    private ComposeDeployment find() throws IOException {
        var inspected = json.createArrayNode();
        health.forEach((service, state) -> add(inspected, service, state));
        Files.writeString(root.resolve("inspected"), json.writeValueAsString(inspected));
        Files.writeString(root.resolve("ids"), String.join("\n", health.keySet()));
        return ComposeDeployment.find(root, Map.of(Engine.OVERRIDE, engine.toString()));
    }

    private void add(ArrayNode all, String service, String state) {
        var one = all.addObject().put("Id", "id-" + service);
        one.putObject("State").put("Status", "running").putObject("Health").put("Status", state);
        var config = one.putObject("Config");
        config.putObject("Labels").put("com.docker.compose.service", service);
        config.putArray("Env").add("TENURE_RETENTION_PERIOD=" + period).add("TENURE_RETENTION_WARNINGS=PT9S,PT1S");
        one.putObject("NetworkSettings")
                .putObject("Ports")
                .putArray(PORTS.get(service) + "/tcp")
                .addObject()
                .put("HostPort", Integer.toString(PORTS.get(service) + 10_000));
    }
}
