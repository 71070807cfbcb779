CREATE TABLE tenant (
    id         uuid        PRIMARY KEY,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE tenant IS 'The tenants that exist, as the provisioning service told';

CREATE TABLE termination (
    id                   uuid        PRIMARY KEY,
    tenant_id            uuid        NOT NULL REFERENCES tenant,
    state                text        NOT NULL CHECK (state IN
        ('REQUESTED', 'DISABLING', 'RETAINED', 'DELETING', 'DELETED', 'RESTORING', 'CANCELLED')),
    requested_at         timestamptz NOT NULL,
    assets_disabled_at   timestamptz,
    manifest_media       integer,
    manifest_digest      text,
    access_revoked_at    timestamptz,
    retention_started_at timestamptz,
    retention_ends_at    timestamptz,
    notices_required     integer     NOT NULL DEFAULT 0,
    deletion_started_at  timestamptz,
    assets_deleted_at    timestamptz,
    keys_destroyed_at    timestamptz,
    deleted_at           timestamptz,
    restoration_started_at timestamptz,
    assets_restored_at   timestamptz,
    access_restored_at   timestamptz,
    cancelled_at         timestamptz,
    -- What the state machine refuses, the database refuses once more.
    CHECK ((assets_disabled_at IS NULL) = (manifest_digest IS NULL)),
    CHECK ((manifest_media IS NULL) = (manifest_digest IS NULL)),
    CHECK (state <> 'RETAINED' OR retention_ends_at IS NOT NULL),
    CHECK (retention_ends_at IS NULL
        OR assets_disabled_at IS NOT NULL AND access_revoked_at IS NOT NULL
           AND retention_ends_at > retention_started_at AND notices_required > 0),
    CHECK ((state IN ('DELETING', 'DELETED')) = (deletion_started_at IS NOT NULL)),
    CHECK (deletion_started_at IS NULL OR retention_ends_at IS NOT NULL AND deletion_started_at >= retention_ends_at),
    CHECK ((state = 'DELETED') = (deleted_at IS NOT NULL)),
    CHECK (deleted_at IS NULL OR assets_deleted_at IS NOT NULL AND keys_destroyed_at IS NOT NULL),
    CHECK ((state IN ('RESTORING', 'CANCELLED')) = (restoration_started_at IS NOT NULL)),
    CHECK ((state = 'CANCELLED') = (cancelled_at IS NOT NULL)),
    CHECK (cancelled_at IS NULL OR assets_restored_at IS NOT NULL AND access_restored_at IS NOT NULL)
);
COMMENT ON COLUMN termination.manifest_digest IS 'What the termination is about, frozen once every asset was disabled';
COMMENT ON COLUMN termination.notices_required IS 'How many notices must be proven delivered before the deletion may start';
CREATE UNIQUE INDEX termination_one_a_tenant ON termination (tenant_id) WHERE state <> 'CANCELLED';
CREATE INDEX termination_by_tenant ON termination (tenant_id, id);
CREATE INDEX termination_by_state ON termination (state, id);

CREATE TABLE confirmation (
    id             uuid        PRIMARY KEY,
    termination_id uuid        NOT NULL REFERENCES termination,
    item           text        NOT NULL,
    matrix_row     text        NOT NULL,
    confirmed_by   text        NOT NULL,
    roles          text[]      NOT NULL,
    confirmed_at   timestamptz NOT NULL,
    UNIQUE (termination_id, item)
);
COMMENT ON TABLE confirmation IS 'What was confirmed with the request for a termination, item by item (matrix rows C2.1 to C2.4)';
COMMENT ON COLUMN confirmation.confirmed_by IS 'The identity provider''s subject: an opaque id';

CREATE TABLE manifest_asset (
    termination_id  uuid NOT NULL REFERENCES termination,
    asset_id        uuid NOT NULL,
    disablement_id  uuid NOT NULL,
    sanitization_id uuid,
    PRIMARY KEY (termination_id, asset_id)
);
COMMENT ON TABLE manifest_asset IS 'The assets that a termination is about';
COMMENT ON COLUMN manifest_asset.disablement_id IS 'The run in which it was disabled last; only the media of that run count';
COMMENT ON COLUMN manifest_asset.sanitization_id IS 'The run that ended with its removal; null before';

CREATE TABLE manifest_medium (
    termination_id  uuid   NOT NULL REFERENCES termination,
    asset_id        uuid   NOT NULL,
    disablement_id  uuid   NOT NULL,
    name            text   NOT NULL,
    bytes           bigint NOT NULL,
    sanitization_id uuid,
    PRIMARY KEY (termination_id, asset_id, disablement_id, name)
);
COMMENT ON TABLE manifest_medium IS 'The disks of these assets; each must be accounted for before a certificate can be drawn up';
COMMENT ON COLUMN manifest_medium.sanitization_id IS 'The run in which it was sanitized at its full size; null before';

CREATE TABLE evidence (
    event_id       uuid        PRIMARY KEY,
    termination_id uuid        NOT NULL REFERENCES termination,
    type           text        NOT NULL,
    subject        text        NOT NULL,
    resource_id    uuid,
    occurred_at    timestamptz NOT NULL,
    sha256         text        NOT NULL,
    event          bytea       NOT NULL
);
COMMENT ON TABLE evidence IS 'The facts of a termination, received and published, byte for byte';
COMMENT ON COLUMN evidence.resource_id IS 'The asset, credential or notice that the fact is about';
CREATE INDEX evidence_in_order ON evidence (termination_id, occurred_at, event_id);
CREATE INDEX evidence_by_resource ON evidence (termination_id, type, resource_id);

CREATE TABLE blocker (
    id             uuid        PRIMARY KEY,
    termination_id uuid        NOT NULL REFERENCES termination,
    matter         text        NOT NULL,
    resource_id    uuid,
    resource       text        NOT NULL,
    owner          text        NOT NULL,
    reason         text        NOT NULL,
    attempts       integer     NOT NULL,
    next_retry_at  timestamptz,
    UNIQUE (termination_id, matter)
);
COMMENT ON TABLE blocker IS 'What keeps a termination from going on; a row is deleted once its matter is resolved';

CREATE TABLE retention_notice (
    id             uuid        PRIMARY KEY,
    termination_id uuid        NOT NULL REFERENCES termination,
    kind           text        NOT NULL CHECK (kind IN ('RETENTION_STARTED', 'RETENTION_WARNING')),
    sequence       integer     NOT NULL,
    due_at         timestamptz NOT NULL,
    delivered_at   timestamptz,
    UNIQUE (termination_id, kind, sequence)
);
COMMENT ON TABLE retention_notice IS 'The notices that must be proven delivered before the deletion may start';

CREATE TABLE retention_timer (
    termination_id uuid        PRIMARY KEY REFERENCES termination,
    due_at         timestamptz NOT NULL,
    attempts       integer     NOT NULL DEFAULT 0,
    traceparent    text
);
COMMENT ON TABLE retention_timer IS 'When to ask next whether a retention is over; claimed with SKIP LOCKED by whichever replica comes first';
CREATE INDEX retention_timer_by_due ON retention_timer (due_at);

CREATE TABLE certificate (
    id             uuid        PRIMARY KEY,
    termination_id uuid        NOT NULL UNIQUE REFERENCES termination,
    issued_at      timestamptz NOT NULL,
    sha256         text        NOT NULL,
    kid            text        NOT NULL,
    jws            text        NOT NULL
);
COMMENT ON TABLE certificate IS 'Signed certificates of deletion; the runtime role can neither change nor remove one';

CREATE TABLE certificate_key (
    kid       text        PRIMARY KEY,
    jwk       text        NOT NULL,
    first_used_at timestamptz NOT NULL
);
COMMENT ON TABLE certificate_key IS 'Public halves of all keys that ever signed a certificate, so that old certificates stay verifiable';

GRANT SELECT, INSERT ON tenant, confirmation, evidence, certificate, certificate_key TO ${runtime};
GRANT SELECT, INSERT, UPDATE ON termination, manifest_asset, manifest_medium, retention_notice TO ${runtime};
GRANT SELECT, INSERT, UPDATE, DELETE ON blocker, retention_timer TO ${runtime};
