package io.tenure.local.demo;

import java.util.Map;
import java.util.stream.StreamSupport;

/** No credential and no key of the tenant is left. */
final class AccessGone implements Stage {

    @Override
    public String name() {
        return "credentials revoked, keys destroyed";
    }

    @Override
    public String run(Story story) throws Exception {
        var destroyed = story.events
                .await("TenantKeysDestroyed", Waiting.PATIENCE, e -> true)
                .data();
        CheckFailed.unless(destroyed.path("keys").asInt() >= 1, "no key was destroyed");
        var path = "/v1/tenants/" + story.tenantId + "/credentials";
        var credentials = story.get("credential", path, story.user("auditor")).path("items");
        CheckFailed.unlessEqual(1 + story.assets.size(), credentials.size(), "credentials on record");
        var open = StreamSupport.stream(credentials.spliterator(), false)
                .filter(c -> !c.path("status").asText().equals("DESTROYED"))
                .count();
        CheckFailed.unlessEqual(0L, open, "credentials that are not destroyed");
        var token = Map.of("token", story.unusedLink.substring(story.unusedLink.indexOf('#') + 1));
        Story.expect(410, story.post("credential", "/v1/reveals", token, null), "a link that was never used");
        return destroyed.path("keys").asInt() + " key(s) destroyed; " + credentials.size()
                + " credentials DESTROYED; unused link 410";
    }
}
