package io.tenure.local.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.util.Base64;

/** The signed certificate arrives by SMTP as an attachment; with it the contact is forgotten. */
final class CertificateByMail implements Stage {

    @Override
    public String name() {
        return "certificate received by mail";
    }

    @Override
    public String run(Story story) throws Exception {
        var letter = Letter.of(story, "DELETION_CERTIFICATE", 1);
        CheckFailed.unlessEqual(CreateTenant.CONTACT_EMAIL, letter.recipient(), "the certificate's recipient");
        var attached = letter.attachment(".json");
        var json = new ObjectMapper();
        var served = story.get(
                "lifecycle", "/v1/terminations/" + story.terminationId + "/certificate", story.user("account-manager"));
        CheckFailed.unlessEqual(served, json.readTree(attached), "the attached certificate beside the one by REST");
        CheckFailed.unlessEqual(
                served,
                story.get(
                        "lifecycle", "/v1/terminations/" + story.terminationId + "/certificate", story.session.token()),
                "the certificate that the departing administrator fetches");
        var payload = json.readTree(
                Base64.getUrlDecoder().decode(served.path("payload").asText()));
        CheckFailed.unlessEqual(
                story.terminationId, payload.path("terminationId").asText(), "the certified termination");
        CheckFailed.unlessEqual(story.tenantId, payload.path("tenantId").asText(), "the certified tenant");
        CheckFailed.unless(
                !payload.toString().contains(CreateTenant.CONTACT_EMAIL), "the certificate must not carry the contact");
        Files.createDirectories(story.evidence);
        story.certificate = story.evidence.resolve("deletion-certificate.json");
        Files.write(story.certificate, attached);
        story.events.await("TenantContactErased", Waiting.PATIENCE, e -> true);
        var tenant = story.get("provisioning", "/v1/tenants/" + story.tenantId, story.client("crm"));
        CheckFailed.unless(!tenant.hasNonNull("contact"), "the contact is still on record");
        return "'" + letter.subject() + "', " + attached.length
                + " bytes attached, the same for the administrator by REST; contact" + " erased afterwards";
    }
}
