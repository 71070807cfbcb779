package io.tenure.local.demo;

import java.util.LinkedHashMap;
import java.util.Map;

/** The administrator ends it: refused without the checklist, begun with it, and the same one when asked again. */
final class RequestTermination implements Stage {

    @Override
    public String name() {
        return "termination requested with the checklist";
    }

    @Override
    public String run(Story story) throws Exception {
        var path = "/v1/terminations";
        var bare = Map.of("tenantId", story.tenantId);
        Story.expectProblem(
                400,
                "checklist-incomplete",
                story.post("lifecycle", path, bare, story.session.token()),
                "a termination without the checklist");
        var checklist = new LinkedHashMap<String, Object>();
        for (var item : new String[] {
            "dataBackedUp",
            "sensitiveDataErasedOrEncrypted",
            "usersDecommissioned",
            "integrationsDisabled",
            "ownPoliciesFollowed"
        }) {
            checklist.put(item, true);
        }
        var request = Map.of("tenantId", story.tenantId, "checklist", checklist);
        // The portal's own trace: everything that follows must belong to it.
        var begun = story.post(
                "lifecycle",
                path,
                request,
                story.session.token(),
                "traceparent",
                story.traceparent(),
                "Idempotency-Key",
                Story.randomHex(16));
        Story.expect(202, begun, "the termination");
        story.terminationId = begun.json().path("id").asText();
        var again = story.post("lifecycle", path, request, story.client("crm"), "Idempotency-Key", Story.randomHex(16));
        Story.expect(200, again, "the repeated request");
        CheckFailed.unlessEqual(story.terminationId, again.json().path("id").asText(), "the repeated request's id");
        return "202 for termination " + story.terminationId + "; refused without checklist; repeated: the same one";
    }
}
