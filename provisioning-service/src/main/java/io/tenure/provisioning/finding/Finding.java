package io.tenure.provisioning.finding;

import io.tenure.kit.problem.Refusal;
import io.tenure.platform.Inventory.Mark;
import io.tenure.platform.Inventory.Place;
import io.tenure.provisioning.asset.Asset;
import io.tenure.provisioning.tenant.Tenant;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.UUID;

/**
 * Something that an inventory found in a tenant's area and that is not in the records. It is shut off until a person
 * decides: either it is taken in and becomes one of the tenant's assets, or somebody moves it to where it belongs.
 */
@Entity
public class Finding {

    @Id
    @Column(updatable = false)
    UUID id;

    @Column(updatable = false)
    UUID tenantId;

    @Column(updatable = false)
    String platform;

    @Column(updatable = false)
    String location;

    @Column(updatable = false)
    String name;

    @Enumerated(EnumType.STRING)
    @Column(updatable = false)
    Mark mark;

    @Column(updatable = false)
    long bytes;

    @Column(updatable = false)
    Instant foundAt;

    UUID assetId;
    String reason;

    protected Finding() {}

    Finding(UUID id, UUID tenantId, String platform, Place place, Mark mark) {
        this.id = id;
        this.tenantId = tenantId;
        this.platform = platform;
        this.location = place.location();
        this.name = place.name();
        this.mark = mark;
    }

    /**
     * It becomes an asset of the tenant, and so part of the termination. Not allowed once the manifest is frozen: it
     * would be deleted without a month of retention.
     *
     * @param newId the new asset's
     * @param reason the operator's own words
     * @return the asset, which is not disabled yet
     */
    Asset takenIn(Tenant tenant, UUID newId, String reason, Instant now) {
        if (assetId != null) {
            throw new Refusal("finding-taken-in", "It was already taken in, as asset " + assetId + ".");
        }
        if (mark == Mark.FOREIGN) {
            throw new Refusal(
                    "foreign-mark",
                    "It carries another tenant's mark. Move it by hand to where it belongs, and have the command repeated.");
        }
        tenant.mustTakeIn();
        this.assetId = newId;
        this.reason = reason;
        return Asset.takenIn(newId, tenantId, platform, new Place(location, name), now);
    }

    /** The API's path. */
    static String path(UUID id) {
        return "/v1/findings/" + id;
    }
}
