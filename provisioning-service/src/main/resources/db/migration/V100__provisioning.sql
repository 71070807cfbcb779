CREATE TABLE location (
    id       text    PRIMARY KEY,
    city     text    NOT NULL,
    country  char(2) NOT NULL,
    operator text    NOT NULL,
    since    date    NOT NULL
);
COMMENT ON TABLE location IS 'Where customers'' data may be stored, as disclosed to them (matrix row P8.6); changed by migrations only';
COMMENT ON COLUMN location.country IS 'ISO 3166-1 alpha-2';

CREATE TABLE subcontractor (
    id      text    PRIMARY KEY,
    name    text    NOT NULL,
    service text    NOT NULL,
    country char(2) NOT NULL,
    since   date    NOT NULL
);
COMMENT ON TABLE subcontractor IS 'Who works for the provider, as disclosed to customers (row P8.6); changed by migrations only';

CREATE TABLE image (
    id         text        PRIMARY KEY,
    os         text        NOT NULL,
    version    text        NOT NULL,
    baseline   text        NOT NULL,
    patched_at timestamptz NOT NULL
);
COMMENT ON TABLE image IS 'Hardened operating system images (row P4.1); changed by migrations only';

CREATE TABLE tenant (
    id                   uuid        PRIMARY KEY,
    name                 text        NOT NULL,
    status               text        NOT NULL
        CHECK (status IN ('ACTIVE', 'DISABLING', 'DISABLED', 'RESTORING', 'DELETING', 'DELETED')),
    allowed_locations    text[]      NOT NULL CHECK (cardinality(allowed_locations) > 0),
    backup               text        NOT NULL CHECK (backup IN ('PROVIDER', 'CUSTOMER')),
    contact              bytea,
    contact_version      bigint      NOT NULL,
    contact_confirmed_at timestamptz NOT NULL,
    contact_erased_at    timestamptz,
    termination_id       uuid,
    manifest_digest      text,
    closing              text,
    created_at           timestamptz NOT NULL,
    deleted_at           timestamptz,
    version              bigint      NOT NULL,
    CHECK (status = 'ACTIVE' OR termination_id IS NOT NULL),
    CHECK (status NOT IN ('DISABLED', 'DELETING', 'DELETED') OR manifest_digest IS NOT NULL),
    CHECK ((status = 'DELETED') = (deleted_at IS NOT NULL)),
    CHECK ((contact IS NULL) = (contact_erased_at IS NOT NULL))
);
COMMENT ON TABLE tenant IS 'Customers; every change of a tenant or of one of its assets locks the row first';
COMMENT ON COLUMN tenant.contact IS 'Name, e-mail and phone of the administrator, encrypted with the tenant''s key (row P8.2)';
COMMENT ON COLUMN tenant.termination_id IS 'The latest termination, even if it was cancelled';
COMMENT ON COLUMN tenant.manifest_digest IS 'Digest of all disks that a deletion covers, frozen when everything was disabled; see medium';
COMMENT ON COLUMN tenant.closing IS 'The fact that ended the last phase of the termination, as JSON; published again if lifecycle repeats its command';
COMMENT ON COLUMN tenant.version IS 'Grows with each change; the entity tag of the API';

CREATE TABLE asset (
    id             uuid        PRIMARY KEY,
    tenant_id      uuid        NOT NULL REFERENCES tenant,
    kind           text        NOT NULL CHECK (kind IN ('VM', 'VDC', 'VDC_VM')),
    vdc_id         uuid        REFERENCES asset,
    name           text        NOT NULL,
    status         text        NOT NULL CHECK (status IN
        ('ORDERED', 'PROVISIONED', 'FAILED', 'DISABLING', 'DISABLED', 'RESTORING', 'SANITIZING', 'SANITIZED',
        'LOST', 'REMOVED')),
    image          text        REFERENCES image,
    vcpus          integer,
    memory_mib     integer,
    storage_mib    integer,
    location       text        REFERENCES location,
    platform       text        NOT NULL,
    native_id      text,
    placement      text,
    taken_from     text,
    taken_in_at    timestamptz,
    created_at     timestamptz NOT NULL,
    provisioned_at timestamptz,
    used_bytes     bigint,
    measured_at    timestamptz,
    failure        text,
    obstacle       text,
    evidence       text,
    CHECK ((kind = 'VDC_VM') = (vdc_id IS NOT NULL)),
    CHECK ((status = 'FAILED') = (failure IS NOT NULL)),
    CHECK ((used_bytes IS NULL) = (measured_at IS NULL)),
    CHECK (taken_in_at IS NULL OR taken_from IS NOT NULL),
    CHECK (status <> 'SANITIZED' OR evidence IS NOT NULL)
);
COMMENT ON TABLE asset IS 'What tenants have on platforms: ordered, or found there';
COMMENT ON COLUMN asset.vdc_id IS 'The virtual data center in which the tenant made the machine; known only from the platform''s inventory';
COMMENT ON COLUMN asset.storage_mib IS 'Size of a VM''s disk, or of a VDC''s storage';
COMMENT ON COLUMN asset.location IS 'Where it was ordered; placement is the location that the platform reports';
COMMENT ON COLUMN asset.taken_from IS 'If an operator took it in: its name where it was found, percent-encoded';
COMMENT ON COLUMN asset.taken_in_at IS 'When the platform turned it into an asset';
COMMENT ON COLUMN asset.platform IS 'The platform it was ordered from or found on; see platform.name';
COMMENT ON COLUMN asset.native_id IS 'The platform''s own id for it; null until it is made, and for what was found';
COMMENT ON COLUMN asset.obstacle IS 'Why the last attempt failed';
COMMENT ON COLUMN asset.used_bytes IS 'Bytes used in a VDC at the last measurement; may exceed storage_mib';
COMMENT ON COLUMN asset.evidence IS 'How each disk was sanitized and verified, as JSON; committed before the disks are removed';
CREATE INDEX asset_by_tenant ON asset (tenant_id, id);
CREATE INDEX asset_by_status ON asset (tenant_id, status);
CREATE INDEX asset_by_measurement ON asset (measured_at NULLS FIRST) WHERE kind = 'VDC' AND status = 'PROVISIONED';
CREATE UNIQUE INDEX asset_in_vdc ON asset (vdc_id, name) WHERE vdc_id IS NOT NULL;

CREATE TABLE medium (
    asset_id uuid   NOT NULL REFERENCES asset,
    name     text   NOT NULL,
    bytes    bigint NOT NULL,
    PRIMARY KEY (asset_id, name)
);
COMMENT ON TABLE medium IS 'The disks of disabled assets as they were when disabled; a deletion touches only these';

CREATE TABLE loss (
    termination_id uuid NOT NULL,
    asset_id       uuid NOT NULL REFERENCES asset,
    disk           text,
    UNIQUE NULLS NOT DISTINCT (termination_id, asset_id, disk)
);
COMMENT ON TABLE loss IS 'What two people attested as lost in a termination (row P2.3); not waited for any more';
COMMENT ON COLUMN loss.disk IS 'Name of the lost disk; null if the whole asset is lost';

CREATE TABLE finding (
    id        uuid        PRIMARY KEY,
    tenant_id uuid        NOT NULL REFERENCES tenant,
    platform  text        NOT NULL,
    location  text        NOT NULL,
    name      text        NOT NULL,
    mark      text        NOT NULL CHECK (mark IN ('NONE', 'OWN', 'FOREIGN')),
    bytes     bigint      NOT NULL,
    found_at  timestamptz NOT NULL DEFAULT now(),
    asset_id  uuid        REFERENCES asset,
    reason    text,
    CHECK ((asset_id IS NULL) = (reason IS NULL))
);
COMMENT ON TABLE finding IS 'What the latest inventory found in a tenant''s area besides its assets; a person decides about it';
COMMENT ON COLUMN finding.name IS 'As on the platform, percent-encoded';
COMMENT ON COLUMN finding.asset_id IS 'The asset it became when an operator took it in, for the given reason';
CREATE UNIQUE INDEX finding_by_place ON finding (tenant_id, platform, location, name) WHERE asset_id IS NULL;
CREATE INDEX finding_by_tenant ON finding (tenant_id, id);

CREATE TABLE platform (
    name     text PRIMARY KEY,
    identity uuid NOT NULL
);
COMMENT ON TABLE platform IS 'The mark that each platform''s storage carries. What storage without it reports is not believed';

CREATE TABLE operation (
    subject_id     uuid        PRIMARY KEY,
    id             uuid        NOT NULL UNIQUE,
    tenant_id      uuid        NOT NULL REFERENCES tenant,
    platform       text        NOT NULL,
    intent         text        NOT NULL
        CHECK (intent IN ('CREATE', 'TAKE_IN', 'SHUT_OFF', 'DISABLE', 'RESTORE', 'SANITIZE', 'DELETE')),
    epoch          bigint      NOT NULL,
    handle         text,
    progress_done  bigint,
    progress_total bigint,
    begun_at       timestamptz NOT NULL DEFAULT now(),
    deadline       interval    NOT NULL CHECK (deadline > interval '0'),
    deadline_at    timestamptz NOT NULL,
    CHECK ((progress_done IS NULL) = (progress_total IS NULL)),
    CHECK (progress_done IS NULL OR handle IS NOT NULL)
);
COMMENT ON TABLE operation IS 'Operations of platforms that have not ended; stored before the platform is asked';
COMMENT ON COLUMN operation.subject_id IS 'The asset or tenant that it is for; each has one at a time';
COMMENT ON COLUMN operation.epoch IS 'The platform refuses an operation that is older than the latest one of the same asset';
COMMENT ON COLUMN operation.handle IS 'The platform''s id for it, used to poll; null until it is known to have started';
COMMENT ON COLUMN operation.deadline IS 'How long it may go on without progress';
COMMENT ON COLUMN operation.deadline_at IS 'When it counts as stalled; progress moves it';
CREATE INDEX operation_by_tenant ON operation (tenant_id);

-- Legal holds

CREATE TABLE legal_hold (
    id        uuid    PRIMARY KEY,
    tenant_id uuid    NOT NULL REFERENCES tenant,
    asset_id  uuid,
    released  boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE legal_hold IS 'Holds that forbid a deletion, as the lifecycle service told them; it is asked again before anything is wiped';
COMMENT ON COLUMN legal_hold.asset_id IS 'The only asset that it is about; null for everything that the tenant has';
CREATE INDEX legal_hold_in_force ON legal_hold (tenant_id) WHERE NOT released;
GRANT SELECT, INSERT, UPDATE (released) ON legal_hold TO ${runtime};

GRANT SELECT ON location, subcontractor, image TO ${runtime};
GRANT SELECT, INSERT ON tenant, asset, loss, platform TO ${runtime};
GRANT SELECT, INSERT, DELETE ON medium, finding TO ${runtime};
GRANT SELECT, INSERT, UPDATE, DELETE ON operation TO ${runtime};
GRANT UPDATE (mark, bytes, asset_id, reason) ON finding TO ${runtime};
GRANT UPDATE (status, contact, contact_version, contact_confirmed_at, contact_erased_at, termination_id,
    manifest_digest, closing, deleted_at, version)
    ON tenant TO ${runtime};
GRANT UPDATE (status, native_id, placement, taken_in_at, provisioned_at, used_bytes, measured_at, failure, obstacle, evidence) ON asset TO ${runtime};
