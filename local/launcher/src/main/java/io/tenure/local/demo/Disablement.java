package io.tenure.local.demo;

import io.tenure.local.platform.Http;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * Everything is switched off: no disk can be opened any more, the data on them is untouched, and of all access only the
 * administrator's way to its own termination is left.
 */
final class Disablement implements Stage {

    @Override
    public String name() {
        return "everything disabled, data untouched";
    }

    @Override
    public String run(Story story) throws Exception {
        story.awaitTermination("RETAINED", Waiting.PATIENCE);
        var disabled = story.events.await("TenantDisabled", Waiting.PATIENCE, e -> true);
        for (var asset : story.assets) {
            CheckFailed.unless(
                    story.events.named("AssetDisabled").stream()
                            .anyMatch(e -> e.data().path("assetId").asText().equals(asset.id())),
                    "no event says that " + asset.name() + " is disabled");
            var now = story.get("provisioning", "/v1/" + asset.kind() + "/" + asset.id(), story.client("operations"));
            CheckFailed.unlessEqual("DISABLED", now.path("status").asText(), asset.name());
        }
        int locked = lockedDisks(story);
        CheckFailed.unlessEqual(story.disks.size(), locked, "disks without any permission");
        for (var disk : story.disks) {
            CheckFailed.unless(
                    !story.storage().exists(disk.path()), disk.path() + " is still where its machine finds it");
            CheckFailed.unless(disk.look().remains() > 0, "the customer's data is gone from " + disk.path());
        }
        var revoked = story.events.await("TenantAccessRestricted", Waiting.PATIENCE, e -> true);
        CheckFailed.unlessEqual(400, story.session.refresh().status(), "the portal's refresh token answers");
        var path = "/v1/terminations/" + story.terminationId;
        Story.expectProblem(
                401, "log-in-again", get(story, "lifecycle", path), "the administrator's token from before");
        // A token tells its time in whole seconds, and the second of the restriction counts as before it.
        var notBefore = Instant.parse(revoked.data().path("notBefore").asText());
        Waiting.until("the second after the restriction", Waiting.PATIENCE, () -> Optional.of(Instant.now())
                .filter(now -> now.getEpochSecond() > notBefore.getEpochSecond()));
        story.session = new PortalSession(story.realm());
        CheckFailed.unless(
                story.session.login(story.adminUser, story.adminPassword, null),
                "the departing administrator cannot log in");
        story.session.token();
        Story.expect(200, get(story, "lifecycle", path), "the departing administrator's own termination");
        Story.expect(
                403,
                get(story, "provisioning", "/v1/tenants/" + story.tenantId),
                "anything else for the departing administrator");
        return disabled.data().path("assets").asInt() + " assets off, " + locked + " disks without permissions, "
                + revoked.data().path("credentials").asInt() + " credentials revoked; the old session ended, the"
                + " administrator sees the termination and nothing else";
    }

    private static Http.Answer get(Story story, String service, String path) {
        return Http.get(story.at(service, path), "Authorization", "Bearer " + story.session.lastToken());
    }

    /** Disks that nobody may read or write; fails at one that somebody may. */
    private static int lockedDisks(Story story) throws IOException {
        int locked = 0;
        for (var file : story.storage().files(story.area())) {
            if (file.path().endsWith("/domain.json")) {
                continue;
            }
            CheckFailed.unless(
                    file.mode() == 0, file.path() + " still has permissions: " + Integer.toOctalString(file.mode()));
            locked++;
        }
        return locked;
    }
}
