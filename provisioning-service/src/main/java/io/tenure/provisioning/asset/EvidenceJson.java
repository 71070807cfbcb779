package io.tenure.provisioning.asset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenure.events.ProvisioningFact.SanitizedDisk;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** How disks were sanitized, as it is kept with their asset until it is told: as JSON. */
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
            throw new IllegalStateException("EvidenceJson cannot be written", impossible);
        }
    }

    List<SanitizedDisk> read(String evidence) {
        try {
            return List.of(mapper.readValue(evidence, SanitizedDisk[].class));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("EvidenceJson cannot be read", impossible);
        }
    }
}
