package io.tenure.local.platform;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The realm as the local platform imports it: the one of every installation, and the overlay for local use only. */
final class Realm {

    private static final List<String> OTHER_CLIENTS = List.of("crm", "operations");

    private Realm() {}

    /** The import file's content, with placeholders in place of secrets. */
    static String json(Path root) throws IOException {
        var mapper = new ObjectMapper();
        var dir = root.resolve("deploy/keycloak");
        var realm = (ObjectNode) mapper.readTree(Files.readString(dir.resolve("tenure-realm.json")));
        var overlay = mapper.readTree(Files.readString(dir.resolve("local-overlay.json")));
        overlay.fields().forEachRemaining(field -> {
            for (var entry : field.getValue()) {
                ((ArrayNode) realm.get(field.getKey())).add(entry);
            }
        });
        return mapper.writeValueAsString(realm);
    }

    /** The environment that fills the placeholders. */
    static Map<String, String> secrets(Secrets secrets) {
        var env = new HashMap<String, String>();
        for (var service : Services.ALL) {
            env.put(variable(service.name()), secrets.password("client-" + service.name()));
        }
        for (var client : OTHER_CLIENTS) {
            env.put(variable(client), secrets.password("client-" + client));
        }
        return env;
    }

    private static String variable(String client) {
        return "TENURE_CLIENT_" + client.toUpperCase(Locale.ROOT) + "_SECRET";
    }
}
