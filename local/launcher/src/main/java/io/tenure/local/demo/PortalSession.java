package io.tenure.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.tenure.local.platform.Http;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Somebody in the portal, logged in through Keycloak's own pages as a browser would: authorization code with PKCE, cookies,
 * forms.
 */
public final class PortalSession {

    private static final Pattern FORM = Pattern.compile("<form[^>]*\\baction=\"([^\"]+)\"");
    private static final String CLIENT = "portal";
    private static final String CALLBACK = "http://127.0.0.1:49999/callback";

    private final URI realm;
    private final Map<String, String> cookies = new LinkedHashMap<>();
    private final String verifier = Story.randomHex(32);
    private final String state = Story.randomHex(8);
    private boolean passwordChanged;
    private JsonNode tokens;

    /** A browser that has not visited the realm yet. */
    public PortalSession(URI realm) {
        this.realm = realm;
    }

    /**
     * Logs in, setting a new password where Keycloak demands one.
     *
     * @param newPassword null where none is to be set
     * @return whether the login succeeded
     */
    public boolean login(String user, String password, String newPassword) {
        var page = get(authorizationAddress());
        Story.expect(200, page, "the login page");
        var fields = new LinkedHashMap<String, String>();
        fields.put("username", user);
        fields.put("password", password);
        var answer = follow(post(formOf(page), fields));
        if (answer.status() == 200 && answer.body().contains("password-new") && newPassword != null) {
            passwordChanged = true;
            var change = new LinkedHashMap<String, String>();
            change.put("password-new", newPassword);
            change.put("password-confirm", newPassword);
            answer = follow(post(formOf(answer), change));
        }
        var callback = answer.header("Location");
        if (answer.status() != 302 || !callback.startsWith(CALLBACK)) {
            return false;
        }
        CheckFailed.unlessEqual(state, parameter(callback, "state"), "the state that Keycloak gives back");
        tokens = exchange(parameter(callback, "code"));
        return true;
    }

    /** Whether Keycloak demanded a new password. */
    boolean passwordChanged() {
        return passwordChanged;
    }

    /** The access token, renewed with the refresh token each time, as a portal does. */
    public String token() {
        var answer = refresh();
        Story.expect(200, answer, "renewing the portal's session");
        tokens = answer.json();
        return tokens.path("access_token").asText();
    }

    /** The access token as it was got last. */
    String lastToken() {
        return tokens.path("access_token").asText();
    }

    /** What comes of using the refresh token now. */
    Http.Answer refresh() {
        var fields = new LinkedHashMap<String, String>();
        fields.put("grant_type", "refresh_token");
        fields.put("client_id", CLIENT);
        fields.put("refresh_token", tokens.path("refresh_token").asText());
        return Http.form(endpoint("token"), fields);
    }

    /** What the identity provider says of the access token now. */
    Http.Answer userInfo() {
        return Http.get(endpoint("userinfo"), "Authorization", "Bearer " + lastToken());
    }

    private URI authorizationAddress() {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
            var challenge = Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
            return URI.create(endpoint("auth") + "?response_type=code&scope=openid&client_id=" + CLIENT
                    + "&redirect_uri=" + Http.encode(CALLBACK) + "&state=" + state
                    + "&code_challenge_method=S256&code_challenge=" + challenge);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode exchange(String code) {
        var fields = new LinkedHashMap<String, String>();
        fields.put("grant_type", "authorization_code");
        fields.put("client_id", CLIENT);
        fields.put("code", code);
        fields.put("redirect_uri", CALLBACK);
        fields.put("code_verifier", verifier);
        var answer = Http.form(endpoint("token"), fields);
        return Story.expect(200, answer, "exchanging the code").json();
    }

    private URI endpoint(String name) {
        return URI.create(realm + "/protocol/openid-connect/" + name);
    }

    /** Follows redirects within Keycloak; the one to the portal is for the caller. */
    private Http.Answer follow(Http.Answer answer) {
        var current = answer;
        while (current.status() == 302 && !current.header("Location").startsWith(CALLBACK)) {
            current = get(URI.create(current.header("Location")));
        }
        return current;
    }

    private Http.Answer get(URI uri) {
        return remember(Http.get(uri, "Cookie", cookieHeader()));
    }

    private Http.Answer post(URI uri, Map<String, String> fields) {
        return remember(Http.form(uri, fields, "Cookie", cookieHeader()));
    }

    private Http.Answer remember(Http.Answer answer) {
        for (var cookie : answer.headers().allValues("Set-Cookie")) {
            var pair = cookie.split(";", 2)[0].split("=", 2);
            cookies.put(pair[0], pair.length > 1 ? pair[1] : "");
        }
        return answer;
    }

    private String cookieHeader() {
        return cookies.entrySet().stream()
                .filter(c -> !c.getValue().isEmpty())
                .map(c -> c.getKey() + "=" + c.getValue())
                .collect(Collectors.joining("; "));
    }

    private static URI formOf(Http.Answer page) {
        var form = FORM.matcher(page.body());
        CheckFailed.unless(form.find(), "Keycloak's page has no form");
        return URI.create(form.group(1).replace("&amp;", "&"));
    }

    private static String parameter(String address, String name) {
        for (var pair : URI.create(address).getRawQuery().split("&")) {
            if (pair.startsWith(name + "=")) {
                return pair.substring(name.length() + 1);
            }
        }
        throw new CheckFailed("Keycloak's answer has no parameter " + name);
    }
}
