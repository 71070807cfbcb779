package io.tenure.local.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** The CRM takes a customer on; data that must not be kept is refused by name. */
final class CreateTenant implements Stage {

    static final String CONTACT_EMAIL = "admin@acme.example";

    @Override
    public String name() {
        return "CRM creates the tenant";
    }

    @Override
    public String run(Story story) throws Exception {
        var crm = story.client("crm");
        var locations =
                story.get("provisioning", "/v1/disclosures/locations", crm).path("items");
        var allowed = StreamSupport.stream(locations.spliterator(), false)
                .map(l -> l.path("id").asText())
                .limit(2)
                .toList();
        CheckFailed.unlessEqual(2, allowed.size(), "disclosed locations to choose from");
        var contact = new LinkedHashMap<String, Object>();
        contact.put("name", "Ada Example");
        contact.put("email", CONTACT_EMAIL);
        contact.put("phone", "+49 30 5550100");
        var withPassport = new LinkedHashMap<>(contact);
        withPassport.put("passportNumber", "C01X00T47");
        var refused = story.post("provisioning", "/v1/tenants", tenant(withPassport, allowed), crm);
        Story.expectProblem(400, "unknown-field", refused, "a contact with a passport number");
        CheckFailed.unless(
                refused.body().contains("passportNumber") && !refused.body().contains("C01X00T47"),
                "the refusal must name the field and must not repeat the number");
        var key = Story.randomHex(16);
        var created = story.post("provisioning", "/v1/tenants", tenant(contact, allowed), crm, "Idempotency-Key", key);
        Story.expect(201, created, "creating the tenant");
        story.tenantId = created.json().path("id").asText();
        story.events.only(story.tenantId);
        var repeated = story.post("provisioning", "/v1/tenants", tenant(contact, allowed), crm, "Idempotency-Key", key);
        CheckFailed.unlessEqual(story.tenantId, repeated.json().path("id").asText(), "the repeated request's tenant");
        var event = story.events.await("TenantCreated", Waiting.PATIENCE, e -> true);
        CheckFailed.unless(
                !new ObjectMapper().writeValueAsString(event.json()).contains(CONTACT_EMAIL),
                "the event must not carry the contact");
        return "tenant " + story.tenantId + " in " + String.join(", ", allowed) + "; passport number refused by name";
    }

    private static Map<String, Object> tenant(Map<String, Object> contact, List<String> locations) {
        return Map.of("name", "Acme Example", "contact", contact, "allowedLocations", locations, "backup", "CUSTOMER");
    }
}
