package io.tenure.provisioning.asset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import jakarta.inject.Singleton;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;

/** Stores {@link Evidence} as JSON. */
@Singleton
@Converter(autoApply = true)
class EvidenceJson implements AttributeConverter<Evidence, String> {

    private final ObjectMapper mapper;

    EvidenceJson(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    @Override
    public String convertToDatabaseColumn(Evidence evidence) {
        try {
            return evidence == null ? null : mapper.writeValueAsString(evidence.disks());
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("Evidence cannot be written as JSON", impossible);
        }
    }

    @Override
    public Evidence convertToEntityAttribute(String json) {
        try {
            return json == null
                    ? null
                    : new Evidence(mapper.readerForListOf(SanitizedDisk.class).readValue(json));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("Stored evidence is not readable", impossible);
        }
    }
}
