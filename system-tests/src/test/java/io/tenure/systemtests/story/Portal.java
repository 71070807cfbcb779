package io.tenure.systemtests.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenure.local.platform.Http;
import io.tenure.systemtests.harness.Sensitive;
import io.tenure.systemtests.harness.SystemUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A customer's browser at the portal's login: authorization code with PKCE, Keycloak's own pages, a password changed. */
final class Portal {

    private static final String REDIRECT = "http://127.0.0.1/portal";
    private static final Pattern FORM = Pattern.compile("<form[^>]*action=\"([^\"]+)\"");
    private static final Pattern CODE = Pattern.compile("[?&]code=([^&]+)");
    private static final SecureRandom RANDOM = new SecureRandom();

    /** How a login ended. */
    sealed interface Outcome {

        /** Let in. @param newPassword what the password is from now on */
        record Admitted(String accessToken, String newPassword) implements Outcome {}

        /** Not let in. @param page what Keycloak said, in HTML */
        record Refused(String page) implements Outcome {}
    }

    private final URI realm;
    private final Sensitive sensitive;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Map<String, String> cookies = new HashMap<>();

    Portal(SystemUnderTest system) {
        this.realm = system.platform().keycloak().realmUrl();
        this.sensitive = system.sensitive();
    }

    /** Logs in; where Keycloak demands a new password, gives it one. */
    Outcome logIn(String username, String password) {
        cookies.clear();
        var verifier = random();
        var page =
                get(URI.create(realm + "/protocol/openid-connect/auth?client_id=portal&response_type=code&scope=openid"
                        + "&redirect_uri=" + Http.encode(REDIRECT) + "&code_challenge_method=S256&code_challenge="
                        + challenge(verifier)));
        var answer = submit(page, Map.of("username", username, "password", password));
        var current = password;
        if (code(answer).isEmpty() && answer.body().contains("password-new")) {
            current = sensitive.add("password", "Chosen-" + random());
            answer = submit(answer, Map.of("password-new", current, "password-confirm", current));
        }
        var code = code(answer);
        if (code.isEmpty()) {
            return new Outcome.Refused(answer.body());
        }
        var tokens = Http.form(
                URI.create(realm + "/protocol/openid-connect/token"),
                Map.of(
                        "grant_type",
                        "authorization_code",
                        "client_id",
                        "portal",
                        "redirect_uri",
                        REDIRECT,
                        "code",
                        code.get(),
                        "code_verifier",
                        verifier));
        assertThat(tokens.status()).as("the portal's code is good for a token").isEqualTo(200);
        return new Outcome.Admitted(
                sensitive.add("bearer token", tokens.json().get("access_token").asText()), current);
    }

    private HttpResponse<String> submit(HttpResponse<String> page, Map<String, String> fields) {
        var form = FORM.matcher(page.body());
        assertThat(form.find()).as("Keycloak shows a form: %s", page.body()).isTrue();
        var body = fields.entrySet().stream()
                .map(f -> Http.encode(f.getKey()) + "=" + Http.encode(f.getValue()))
                .collect(Collectors.joining("&"));
        var request = HttpRequest.newBuilder(URI.create(form.group(1).replace("&amp;", "&")))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return follow(send(request));
    }

    private HttpResponse<String> get(URI uri) {
        return send(HttpRequest.newBuilder(uri).GET());
    }

    private HttpResponse<String> follow(HttpResponse<String> answer) {
        var current = answer;
        while (current.statusCode() / 100 == 3 && code(current).isEmpty()) {
            current = get(current.uri()
                    .resolve(current.headers().firstValue("Location").orElseThrow()));
        }
        return current;
    }

    private static Optional<String> code(HttpResponse<String> answer) {
        return answer.headers()
                .firstValue("Location")
                .filter(to -> to.startsWith(REDIRECT))
                .map(CODE::matcher)
                .filter(java.util.regex.Matcher::find)
                .map(m -> m.group(1));
    }

    /**
     * Cookies by hand: Keycloak marks them Secure on the loopback too, as browsers accept and the JDK's manager does
     * not.
     */
    private HttpResponse<String> send(HttpRequest.Builder request) {
        if (!cookies.isEmpty()) {
            request.header(
                    "Cookie",
                    cookies.entrySet().stream()
                            .map(c -> c.getKey() + "=" + c.getValue())
                            .collect(Collectors.joining("; ")));
        }
        try {
            var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            for (var cookie : answer.headers().allValues("Set-Cookie")) {
                var pair = cookie.split(";", 2)[0].split("=", 2);
                if (pair[1].isEmpty() || cookie.contains("Max-Age=0")) {
                    cookies.remove(pair[0]);
                } else {
                    cookies.put(pair[0], pair[1]);
                }
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String random() {
        var bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String challenge(String verifier) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
