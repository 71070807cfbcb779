package io.tenure.provisioning.disclosure;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.LocalDate;
import org.hibernate.annotations.Immutable;

/** Somebody who works for the provider (matrix row P8.6). */
@Entity
@Immutable
class Subcontractor {

    @Id
    String id;

    String name;
    String service;
    String country;
    LocalDate since;
}
