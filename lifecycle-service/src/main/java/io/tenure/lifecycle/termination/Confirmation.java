package io.tenure.lifecycle.termination;

import io.tenure.events.MatrixRow;
import io.tenure.kit.Ids;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.Immutable;

/** A checklist item that was confirmed with the request for a termination (matrix rows C2.1 to C2.4). */
@Entity
@Immutable
public class Confirmation {

    @Id
    private UUID id;

    private UUID terminationId;
    private String item;
    private String matrixRow;
    private String confirmedBy;
    private String[] roles;
    private Instant confirmedAt;

    /** For the persistence provider. */
    protected Confirmation() {}

    Confirmation(
            UUID terminationId, String item, MatrixRow matrixRow, String confirmedBy, List<String> roles, Instant at) {
        this.id = Ids.next();
        this.terminationId = terminationId;
        this.item = item;
        this.matrixRow = matrixRow.id();
        this.confirmedBy = confirmedBy;
        this.roles = roles.toArray(String[]::new);
        this.confirmedAt = at;
    }

    /** Its name in the request. */
    public String item() {
        return item;
    }

    /** The matrix row that asks for it. */
    public MatrixRow matrixRow() {
        return MatrixRow.of(matrixRow);
    }

    /** Who confirmed it: the identity provider's subject, an opaque id. */
    public String confirmedBy() {
        return confirmedBy;
    }

    /** The roles of that person, in alphabetical order. */
    public List<String> roles() {
        return List.of(roles);
    }

    public Instant confirmedAt() {
        return confirmedAt;
    }
}
