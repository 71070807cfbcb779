package io.tenure.local.demo;

import io.tenure.local.platform.Http;
import java.net.URI;
import java.util.Map;

/** A mail with a one-time link reaches the customer's administrator; the link shows its credential exactly once. */
final class HandOverAdministrator implements Stage {

    @Override
    public String name() {
        return "administrator's credential by one-time link";
    }

    @Override
    public String run(Story story) throws Exception {
        var issued = story.events.await(
                "CredentialIssued",
                Waiting.PATIENCE,
                e -> e.data().path("target").asText().equals("TENANT"));
        var mail = Letter.of(story, "CREDENTIAL_READY", 1);
        CheckFailed.unlessEqual(CreateTenant.CONTACT_EMAIL, mail.recipient(), "the mail's recipient");
        var link = mail.link();
        CheckFailed.unless(link.contains("/reveal#"), "the link carries its token elsewhere than in the fragment");
        var page = URI.create(link.substring(0, link.indexOf('#')));
        // Mail scanners and previews fetch links, some of them several times.
        for (int i = 0; i < 3; i++) {
            var seen = Story.expect(200, Http.get(page), "GET /reveal");
            CheckFailed.unlessEqual("no-store", seen.header("Cache-Control"), "the page's Cache-Control");
        }
        var token = Map.of("token", link.substring(link.indexOf('#') + 1));
        var shown = Story.expect(200, story.post("credential", "/v1/reveals", token, null), "revealing");
        story.adminUser = shown.json().path("username").asText();
        story.temporaryPassword = shown.json().path("secret").asText();
        CheckFailed.unless(shown.json().path("mustChange").asBoolean(), "the credential need not be changed");
        CheckFailed.unless(
                !mail.everything().contains(story.temporaryPassword), "the mail must not carry the secret itself");
        Story.expectProblem(
                410,
                "credential-already-revealed",
                story.post("credential", "/v1/reveals", token, null),
                "a second use of the link");
        var id = issued.data().path("credentialId").asText();
        story.events.await(
                "CredentialReplayAttempted",
                Waiting.PATIENCE,
                e -> e.data().path("credentialId").asText().equals(id));
        return "shown once to " + story.adminUser + "; three GETs used nothing up; second use 410 and recorded";
    }
}
