package io.tenure.credential;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.tenure.kit.Ids;
import io.tenure.local.server.KeycloakServer;
import io.tenure.local.server.WorkingCopy;
import io.tenure.local.testing.TestServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A real Keycloak with the realm of every installation. It starts while other tests already run, because the service
 * can start without it. A field of type {@link KeycloakStart} waits for it.
 */
public class KeycloakTestResource implements QuarkusTestResourceLifecycleManager {

    /** Gives the server once it answers. */
    public record KeycloakStart(CompletableFuture<KeycloakServer> server) {}

    /** A role that only this installation has, which includes that of a tenant's administrator. */
    public static final String WIDE_ROLE = "wide";

    private static final String SECRET = Ids.next().toString();

    private TestServers servers;
    private KeycloakServer server;
    private CompletableFuture<KeycloakServer> started;

    @Override
    public Map<String, String> start() {
        try {
            Path root = WorkingCopy.find().orElseThrow().root();
            ObjectMapper mapper = new ObjectMapper();
            ObjectNode realm = (ObjectNode) mapper.readTree(
                    root.resolve("deploy/keycloak/tenure-realm.json").toFile());
            // The client of the command line, which exchanges a user name and a password for a token.
            mapper.readTree(root.resolve("deploy/keycloak/local-overlay.json").toFile())
                    .path("clients")
                    .forEach(((ArrayNode) realm.get("clients"))::add);
            ObjectNode wide = ((ArrayNode) realm.at("/roles/realm")).addObject();
            wide.put("name", WIDE_ROLE).put("composite", true);
            wide.putObject("composites").putArray("realm").add("tenant-admin");
            servers = TestServers.chosen("keycloak");
            server = servers.keycloak(
                    mapper.writeValueAsString(realm),
                    secrets(realm.toString()),
                    Ids.next().toString());
            // Not in the common pool: on a machine with two processors that is one thread, which others wait for.
            started = CompletableFuture.supplyAsync(this::startServer, task -> new Thread(task, "keycloak").start());
            return Map.of(
                    "tenure.keycloak.admin-url", server.url().toString(),
                    "quarkus.oidc-client.auth-server-url", server.realmUrl().toString(),
                    "tenure.oidc.client-secret", SECRET);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private KeycloakServer startServer() {
        try {
            server.start();
            return server;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Every placeholder of the realm gets the same value. */
    private static Map<String, String> secrets(String realm) {
        return Pattern.compile("\\$\\{(TENURE_CLIENT_[A-Z_]+)}")
                .matcher(realm)
                .results()
                .map(found -> found.group(1))
                .distinct()
                .collect(Collectors.toMap(name -> name, name -> SECRET));
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(new KeycloakStart(started), new TestInjector.MatchesType(KeycloakStart.class));
    }

    @Override
    public void stop() {
        if (server == null) {
            return;
        }
        started.handle((done, failed) -> null).join();
        server.stop();
        servers.close();
    }
}
