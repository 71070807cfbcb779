package io.tenure.local.demo;

import java.util.Map;
import java.util.stream.StreamSupport;

/** The administrator lets a machine's initial credential be shown, once; the provider's operator cannot. */
final class RevealMachine implements Stage {

    @Override
    public String name() {
        return "a VM's credential, revealed once";
    }

    @Override
    public String run(Story story) throws Exception {
        var vm = story.assets.getFirst();
        story.unusedLink = linkToAnother(story, vm.id());
        var path = "/v1/tenants/" + story.tenantId + "/credentials";
        var credential = Waiting.until("credential of " + vm.name(), Waiting.PATIENCE, () -> StreamSupport.stream(
                        story.get("credential", path, story.session.token())
                                .path("items")
                                .spliterator(),
                        false)
                .filter(c -> c.path("assetId").asText().equals(vm.id()))
                .findFirst());
        CheckFailed.unlessEqual("ISSUED", credential.path("status").asText(), "the credential's status");
        var links = "/v1/credentials/" + credential.path("id").asText() + "/links";
        var operator = story.post("credential", links, null, story.client("operations"));
        Story.expectProblem(403, "forbidden", operator, "a link for the provider's operator");
        var link = Story.expect(201, story.post("credential", links, null, story.session.token()), "making a link")
                .json()
                .path("url")
                .asText();
        var token = Map.of("token", link.substring(link.indexOf('#') + 1));
        var shown = Story.expect(200, story.post("credential", "/v1/reveals", token, null), "revealing");
        CheckFailed.unlessEqual(vm.id(), shown.json().path("target").path("id").asText(), "what the credential opens");
        CheckFailed.unless(shown.json().path("secret").asText().length() >= 16, "the secret is short");
        Story.expectProblem(
                410,
                "credential-already-revealed",
                story.post("credential", "/v1/reveals", token, null),
                "a second use of the link");
        Waiting.untilTrue("credential handed over", Waiting.PATIENCE, () -> StreamSupport.stream(
                        story.get("credential", path, story.client("operations"))
                                .path("items")
                                .spliterator(),
                        false)
                .anyMatch(c -> c.path("assetId").asText().equals(vm.id())
                        && c.path("status").asText().equals("HANDED_OVER")));
        return "username " + shown.json().path("username").asText() + "; second use 410; refused to the operator";
    }

    /** A link to another asset, which stays unused. Letters for assets come after the administrator's. */
    private static String linkToAnother(Story story, String asset) throws Exception {
        String link = null;
        // Waits for all of them: a credential that is revealed before its letter leaves gets none.
        for (int i = 0; i < story.assets.size(); i++) {
            var letter = Letter.of(story, "CREDENTIAL_READY", 2 + i);
            if (!letter.text().contains(asset)) {
                link = letter.link();
            }
        }
        return link;
    }
}
