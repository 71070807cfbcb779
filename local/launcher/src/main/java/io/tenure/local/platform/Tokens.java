package io.tenure.local.platform;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Asks Keycloak for access tokens.
 *
 * @param keycloak the base address
 */
public record Tokens(URI keycloak) {

    /** A person's token, through a client that takes the password itself. */
    public String person(String realm, String client, String user, String password) {
        var fields = new LinkedHashMap<String, String>();
        fields.put("grant_type", "password");
        fields.put("client_id", client);
        fields.put("username", user);
        fields.put("password", password);
        return grant(realm, fields);
    }

    /** The token of a confidential client of realm {@code tenure}, for instance {@code crm}. */
    public String client(String client, String secret) {
        var fields = new LinkedHashMap<String, String>();
        fields.put("grant_type", "client_credentials");
        fields.put("client_id", client);
        fields.put("client_secret", secret);
        return grant("tenure", fields);
    }

    private String grant(String realm, Map<String, String> fields) {
        var answer = Http.form(keycloak.resolve("/realms/" + realm + "/protocol/openid-connect/token"), fields);
        if (answer.status() != 200) {
            throw new PlatformException("Keycloak gave no token (" + answer.status() + "): "
                    + answer.json()
                            .path("error_description")
                            .asText(answer.json().path("error").asText()));
        }
        return answer.json().get("access_token").asText();
    }
}
