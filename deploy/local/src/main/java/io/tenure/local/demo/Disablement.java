package io.tenure.local.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Everything is switched off: no disk can be opened any more, the data on them is untouched, no access works. */
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
        int locked = lockedDisks(story.area());
        CheckFailed.unlessEqual(story.disks.size(), locked, "disks without any permission");
        for (var disk : story.disks) {
            CheckFailed.unless(!Files.exists(disk.path()), disk.path() + " is still where its machine finds it");
            CheckFailed.unless(disk.remains() > 0, "the customer's data is gone from " + disk.path());
        }
        var revoked = story.events.await("TenantAccessRevoked", Waiting.PATIENCE, e -> true);
        CheckFailed.unlessEqual(400, story.session.refresh().status(), "the portal's refresh token answers");
        var login = new PortalSession(story.platform.keycloak().realmUrl());
        CheckFailed.unless(!login.login(story.adminUser, story.adminPassword, null), "the administrator can log in");
        return disabled.data().path("assets").asInt() + " assets off, " + locked + " disks without permissions, "
                + revoked.data().path("credentials").asInt() + " credentials and "
                + revoked.data().path("identities").asInt() + " identity revoked; session and login refused";
    }

    /** Disks that nobody may read or write; fails at one that somebody may. */
    private static int lockedDisks(Path tenant) throws IOException {
        int locked = 0;
        try (var files = Files.walk(tenant)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                if (file.getFileName().toString().equals("domain.json")) {
                    continue;
                }
                var permissions = Files.getPosixFilePermissions(file);
                CheckFailed.unless(permissions.isEmpty(), file + " still has permissions: " + permissions);
                locked++;
            }
        }
        return locked;
    }
}
