package io.tenure.local.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenure.local.server.WorkingCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealmTest {

    private static final Path ROOT = WorkingCopy.find().orElseThrow().root();

    @Test
    void theCommittedRealmHoldsNoSecretAndNoPerson() throws IOException {
        var realm = new ObjectMapper().readTree(Files.readString(ROOT.resolve("deploy/keycloak/tenure-realm.json")));
        for (var client : realm.path("clients")) {
            if (client.has("secret")) {
                assertTrue(
                        client.path("secret").asText().matches("\\$\\{TENURE_CLIENT_[A-Z]+_SECRET}"),
                        client.toString());
            }
            assertFalse(
                    client.path("directAccessGrantsEnabled").asBoolean(),
                    client.path("clientId").asText());
        }
        for (var user : realm.path("users")) {
            assertTrue(user.has("serviceAccountClientId"), user.toString());
            assertFalse(user.has("credentials"), user.toString());
        }
    }

    @Test
    void localUseAddsTheCommandLinesClientAndAUserForEachRole() throws IOException {
        var realm = new ObjectMapper().readTree(Realm.json(ROOT));
        assertTrue(values(realm.path("clients"), "clientId")
                .containsAll(Set.of("portal", "crm", "operations", "tenure-cli")));
        assertTrue(values(realm.path("users"), "username")
                .containsAll(LocalIdentities.USERS.stream()
                        .map(LocalIdentities.User::name)
                        .toList()));
        for (var user : LocalIdentities.USERS) {
            var found = one(realm.path("users"), "username", user.name());
            assertEquals(user.role(), found.path("realmRoles").get(0).asText());
            assertEquals(
                    user.password(),
                    found.path("credentials").get(0).path("value").asText());
        }
    }

    @Test
    void everyPlaceholderIsFilled(@TempDir Path state) throws IOException {
        var copy = new WorkingCopy(ROOT);
        var secrets = Realm.secrets(new Secrets(Layout.at(copy, state)));
        var asked = new HashSet<String>();
        var placeholder =
                java.util.regex.Pattern.compile("\\$\\{(TENURE_[A-Z_]+)}").matcher(Realm.json(ROOT));
        while (placeholder.find()) {
            asked.add(placeholder.group(1));
        }
        assertEquals(asked, secrets.keySet());
        assertEquals(secrets.size(), Set.copyOf(secrets.values()).size());
    }

    private static Set<String> values(JsonNode list, String field) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(n -> n.path(field).asText())
                .collect(Collectors.toSet());
    }

    private static JsonNode one(JsonNode list, String field, String value) {
        return StreamSupport.stream(list.spliterator(), false)
                .filter(n -> n.path(field).asText().equals(value))
                .findFirst()
                .orElseThrow();
    }
}
