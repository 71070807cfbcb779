package io.tenure.provisioning.disclosure;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.LocalDate;
import org.hibernate.annotations.Immutable;

/** A place where customers' data may be stored (matrix row P8.6). */
@Entity
@Immutable
class Location {

    @Id
    String id;

    String city;
    String country;
    String operator;
    LocalDate since;
}
