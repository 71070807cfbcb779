package io.tenure.provisioning.asset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** The evidence of sanitized disks as JSON, as it is stored with their asset until it is published. */
@ApplicationScoped
class EvidenceJson {

    private final ObjectMapper mapper;

    EvidenceJson(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    String write(List<SanitizedDisk> disks) {
        try {
            return mapper.writeValueAsString(disks);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("Evidence cannot be written as JSON", impossible);
        }
    }

    List<SanitizedDisk> read(String evidence) {
        try {
            return List.of(mapper.readValue(evidence, SanitizedDisk[].class));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("Stored evidence is not readable", impossible);
        }
    }
}
