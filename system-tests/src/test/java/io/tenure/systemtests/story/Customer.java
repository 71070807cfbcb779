package io.tenure.systemtests.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenure.local.platform.Http;
import io.tenure.local.platform.Http.Answer;
import io.tenure.systemtests.harness.SystemUnderTest;
import java.util.Map;
import java.util.UUID;

/** A tenant's own administrator: opens the links that the mail brings, and logs in at the portal. */
public final class Customer {

    private final Story story;
    private final SystemUnderTest system;
    private String username;
    private String password;
    private String usedToken;

    /** The administrator of this tenant, who has used no link yet. */
    public Customer(Story story) {
        this.story = story;
        this.system = story.system();
    }

    /** Opens the link to its own account and logs in for the first time, which demands a password of its own. */
    public String firstLogin() {
        usedToken = linkTo("your administrator account");
        var revealed = reveal(usedToken);
        assertThat(revealed.status()).as("the link shows the credential").isEqualTo(200);
        assertThat(revealed.header("Cache-Control")).contains("no-store");
        var json = revealed.json();
        assertThat(json.get("target").get("kind").asText()).isEqualTo("TENANT");
        assertThat(json.get("target").get("id").asText())
                .isEqualTo(story.tenantId().toString());
        assertThat(json.get("mustChange").asBoolean()).isTrue();
        username = json.get("username").asText();
        password = system.sensitive().add("revealed secret", json.get("secret").asText());
        var temporary = password;
        var token = logIn();
        assertThat(password)
                .as("Keycloak demands another password at the first login")
                .isNotEqualTo(temporary);
        return token;
    }

    /** Logs in at the portal. @return an access token */
    public String logIn() {
        return switch (new Portal(system).logIn(username, password)) {
            case Portal.Outcome.Admitted admitted -> {
                password = admitted.newPassword();
                yield admitted.accessToken();
            }
            case Portal.Outcome.Refused refused ->
                throw new AssertionError(story.label() + ": " + username + " was not let in: " + refused.page());
        };
    }

    /** Whether the portal's login lets it in. */
    public boolean canLogIn() {
        return new Portal(system).logIn(username, password) instanceof Portal.Outcome.Admitted;
    }

    /** Uses a link of whatever age. */
    public Answer reveal(String token) {
        return Http.json("POST", system.url("credential").resolve("/v1/reveals"), Map.of("token", token));
    }

    /** The token of the link that {@link #firstLogin} used up. */
    public String usedToken() {
        return usedToken;
    }

    /** The token of the newest link to a machine or data center. */
    public String linkTo(UUID asset) {
        return linkTo(asset.toString());
    }

    private String linkTo(String mention) {
        var mailbox = new Mailbox(system.platform().mail(), story.contact().email());
        var token = mailbox.linkTokens(mention).getLast();
        return system.sensitive().add("link token", token);
    }
}
