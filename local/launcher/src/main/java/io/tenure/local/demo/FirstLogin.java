package io.tenure.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Base64;

/** The administrator logs in on Keycloak's own page, is made to change the password, and sees only its own tenant. */
final class FirstLogin implements Stage {

    @Override
    public String name() {
        return "first login with forced password change";
    }

    @Override
    public String run(Story story) throws Exception {
        story.adminPassword = "Chosen-" + Story.randomHex(12);
        story.session = new PortalSession(story.realm());
        CheckFailed.unless(
                story.session.login(story.adminUser, story.temporaryPassword, story.adminPassword),
                "the login with the temporary credential failed");
        CheckFailed.unless(story.session.passwordChanged(), "Keycloak did not demand a new password");
        var again = new PortalSession(story.realm());
        CheckFailed.unless(
                !again.login(story.adminUser, story.temporaryPassword, null), "the temporary password still works");
        var claims = claims(story.session.token());
        CheckFailed.unlessEqual(story.tenantId, claims.path("tenant_id").asText(), "the claim tenant_id");
        var own = story.get("provisioning", "/v1/tenants/" + story.tenantId, story.session.token());
        CheckFailed.unlessEqual(
                CreateTenant.CONTACT_EMAIL, own.path("contact").path("email").asText(), "the contact on record");
        var other = "01900000-0000-7000-8000-000000000000";
        var foreign = io.tenure.local.platform.Http.get(
                story.at("provisioning", "/v1/tenants/" + other), "Authorization", "Bearer " + story.session.token());
        Story.expectProblem(404, "not-found", foreign, "another tenant");
        return "code flow with PKCE; temporary password void; token says tenant_id; another tenant is 404";
    }

    private static JsonNode claims(String token) throws Exception {
        return new ObjectMapper().readTree(Base64.getUrlDecoder().decode(token.split("\\.")[1]));
    }
}
