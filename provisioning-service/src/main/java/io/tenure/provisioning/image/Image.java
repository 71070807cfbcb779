package io.tenure.provisioning.image;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;
import org.hibernate.annotations.Immutable;

/** A hardened operating system image (matrix row P4.1). */
@Entity
@Immutable
class Image {

    @Id
    String id;

    String os;
    String version;
    String baseline;
    Instant patchedAt;
}
