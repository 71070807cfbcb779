package io.tenure.kit.sample;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.util.UUID;

/** State of the smallest service that the kit's tests need. */
@Entity
public class Sample {

    @Id
    public UUID id;

    public UUID tenantId;
    public String name;
}
