CREATE FUNCTION present_time() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT statement_timestamp()';
COMMENT ON FUNCTION present_time IS 'The authoritative time: the database''s clock, whatever the clocks of the replicas say';

CREATE TABLE tenant (
    id         uuid        PRIMARY KEY,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE tenant IS 'The tenants that exist, from the provisioning service''s events';

CREATE TABLE termination (
    id                     uuid        PRIMARY KEY,
    tenant_id              uuid        NOT NULL REFERENCES tenant,
    state                  text        NOT NULL CHECK (state IN
        ('REQUESTED', 'DISABLING', 'RETAINED', 'DELETING', 'DELETED', 'RESTORING', 'CANCELLED')),
    requested_at           timestamptz NOT NULL,
    manifest_media         integer,
    manifest_digest        text,
    retention_started_at   timestamptz,
    retention_ends_at      timestamptz,
    schedule_version       integer     NOT NULL DEFAULT 0,
    notices_required       integer     NOT NULL DEFAULT 0,
    deletion_started_at    timestamptz,
    deleted_at             timestamptz,
    restoration_started_at timestamptz,
    cancelled_at           timestamptz,
    period_ms              bigint      NOT NULL CHECK (period_ms > 0),
    maximum_ms             bigint      NOT NULL CHECK (maximum_ms >= period_ms),
    customer_extension_ms  bigint      NOT NULL CHECK (customer_extension_ms >= 0),
    customer_extensions    integer     NOT NULL CHECK (customer_extensions >= 0),
    time_zone              text        NOT NULL,
    extended_by_customer   integer     NOT NULL DEFAULT 0,
    -- The database enforces the state machine's rules a second time.
    CHECK ((manifest_media IS NULL) = (manifest_digest IS NULL)),
    CHECK (state <> 'RETAINED' OR retention_ends_at IS NOT NULL),
    CHECK ((retention_ends_at IS NULL) = (retention_started_at IS NULL)),
    CHECK (retention_ends_at IS NULL
        OR manifest_digest IS NOT NULL AND retention_started_at >= requested_at
           AND retention_ends_at > retention_started_at AND schedule_version > 0 AND notices_required > 0),
    CHECK ((state IN ('DELETING', 'DELETED')) = (deletion_started_at IS NOT NULL)),
    CHECK (deletion_started_at IS NULL OR retention_ends_at IS NOT NULL AND deletion_started_at >= retention_ends_at),
    CHECK ((state = 'DELETED') = (deleted_at IS NOT NULL)),
    CHECK (deleted_at >= deletion_started_at),
    CHECK ((state IN ('RESTORING', 'CANCELLED')) = (restoration_started_at IS NOT NULL)),
    CHECK (restoration_started_at >= requested_at),
    CHECK ((state = 'CANCELLED') = (cancelled_at IS NOT NULL)),
    CHECK (cancelled_at >= restoration_started_at)
);
COMMENT ON COLUMN termination.manifest_digest IS 'Digest of all disks that the termination covers, frozen once every asset was disabled';
COMMENT ON COLUMN termination.period_ms IS 'How long everything is kept. This and the next ones are the terms at the request: what is agreed later does not count';
COMMENT ON COLUMN termination.customer_extensions IS 'How often the customer itself may extend the retention, by customer_extension_ms each';
COMMENT ON COLUMN termination.extended_by_customer IS 'How often it did';
COMMENT ON COLUMN termination.notices_required IS 'How many notices must be proven delivered before the deletion may start';
CREATE UNIQUE INDEX termination_one_a_tenant ON termination (tenant_id) WHERE state <> 'CANCELLED';
CREATE INDEX termination_by_tenant ON termination (tenant_id, id);
CREATE INDEX termination_by_state ON termination (state, id);

CREATE TABLE obligation (
    termination_id uuid     NOT NULL REFERENCES termination,
    command        text     NOT NULL CHECK (command IN ('DISABLE', 'RESTORE', 'DELETE')),
    participant    text     NOT NULL,
    due_within     interval NOT NULL CHECK (due_within > '0'),
    fulfilled_at   timestamptz,
    fulfilled_by   uuid,
    repeated       integer  NOT NULL DEFAULT 0,
    repeated_at    timestamptz,
    resumed_at     timestamptz,
    PRIMARY KEY (termination_id, command, participant),
    CHECK ((fulfilled_at IS NULL) = (fulfilled_by IS NULL))
);
COMMENT ON TABLE obligation IS 'Which service owes which command of a termination; a phase ends when nothing of it is owed';
COMMENT ON COLUMN obligation.due_within IS 'How long it may take from the phase''s start';
COMMENT ON COLUMN obligation.fulfilled_by IS 'The event that reported it';
COMMENT ON COLUMN obligation.resumed_at IS 'When the last legal hold that kept it from being fulfilled was released; its time starts again then';
COMMENT ON COLUMN obligation.repeated IS 'How often the command was issued again';

CREATE TABLE intervention (
    id             uuid        PRIMARY KEY,
    termination_id uuid        REFERENCES termination,
    action         text        NOT NULL,
    reason         text        NOT NULL,
    done_by        text        NOT NULL,
    roles          text[]      NOT NULL,
    done_at        timestamptz NOT NULL
);
COMMENT ON TABLE intervention IS 'What people did to terminations under way, and why; never changed';
COMMENT ON COLUMN intervention.termination_id IS 'Null if it concerns all terminations';
COMMENT ON COLUMN intervention.done_by IS 'The identity provider''s subject: an opaque id';
CREATE INDEX intervention_in_order ON intervention (termination_id, id);

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

CREATE TABLE loss (
    id             uuid        PRIMARY KEY,
    termination_id uuid        NOT NULL REFERENCES termination,
    asset_id       uuid        NOT NULL,
    disk           text,
    reason         text        NOT NULL,
    asked_by       text        NOT NULL,
    asked_at       timestamptz NOT NULL,
    attested_by    text,
    attested_at    timestamptz,
    UNIQUE NULLS NOT DISTINCT (termination_id, asset_id, disk),
    CHECK ((attested_by IS NULL) = (attested_at IS NULL)),
    CHECK (attested_by <> asked_by),
    CHECK (attested_at >= asked_at)
);
COMMENT ON TABLE loss IS 'What is reported lost; the database also enforces that the two people differ';
COMMENT ON COLUMN loss.disk IS 'Null if the whole asset is lost';
CREATE INDEX loss_in_order ON loss (termination_id, id);

CREATE TABLE manifest_asset (
    termination_id  uuid NOT NULL REFERENCES termination,
    asset_id        uuid NOT NULL,
    disablement_id  uuid NOT NULL,
    sanitization_id uuid,
    loss_id         uuid REFERENCES loss,
    PRIMARY KEY (termination_id, asset_id)
);
COMMENT ON TABLE manifest_asset IS 'The assets that a termination covers';
COMMENT ON COLUMN manifest_asset.disablement_id IS 'The run in which it was last disabled; only the media of that run count';
COMMENT ON COLUMN manifest_asset.sanitization_id IS 'The run that ended with its removal; null until then';
COMMENT ON COLUMN manifest_asset.loss_id IS 'The attested loss, if it was lost instead';

CREATE TABLE manifest_medium (
    id              uuid   PRIMARY KEY,
    termination_id  uuid   NOT NULL REFERENCES termination,
    asset_id        uuid   NOT NULL,
    disablement_id  uuid   NOT NULL,
    name            text   NOT NULL,
    bytes           bigint NOT NULL,
    sanitization_id uuid,
    loss_id         uuid REFERENCES loss,
    UNIQUE (termination_id, asset_id, disablement_id, name)
);
CREATE INDEX manifest_medium_in_order ON manifest_medium (termination_id, id);
COMMENT ON TABLE manifest_medium IS 'The disks of these assets; each must be accounted for before a certificate can be issued';
COMMENT ON COLUMN manifest_medium.sanitization_id IS 'The run in which it was sanitized at its full size; null until then';
COMMENT ON COLUMN manifest_medium.loss_id IS 'The attested loss, if it was lost instead';

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
COMMENT ON TABLE blocker IS 'Reported obstacles to terminations; a row is deleted once its matter is resolved';

CREATE TABLE retention_notice (
    id             uuid        PRIMARY KEY,
    termination_id uuid        NOT NULL REFERENCES termination,
    version        integer     NOT NULL CHECK (version > 0),
    kind           text        NOT NULL CHECK (kind IN ('RETENTION_STARTED', 'RETENTION_RESCHEDULED', 'RETENTION_EXTENDED',
        'RETENTION_WARNING')),
    sequence       integer     NOT NULL,
    due_at         timestamptz NOT NULL,
    accepted_at    timestamptz,
    delivered_at   timestamptz,
    attempts       integer     NOT NULL DEFAULT 0,
    UNIQUE (termination_id, version, kind, sequence),
    CHECK (delivered_at IS NULL OR delivered_at >= accepted_at)
);
COMMENT ON COLUMN retention_notice.version IS 'Version of the schedule that it belongs to; only those of the current version count';
COMMENT ON COLUMN retention_notice.accepted_at IS 'When the mail server accepted it, which starts the time that it promises';
COMMENT ON COLUMN retention_notice.delivered_at IS 'When it was proven that it did not bounce';
COMMENT ON TABLE retention_notice IS 'The notices that must be proven delivered before the deletion may start';

CREATE TABLE retention_timer (
    termination_id uuid        PRIMARY KEY REFERENCES termination,
    due_at         timestamptz NOT NULL,
    attempts       integer     NOT NULL DEFAULT 0,
    traceparent    text
);
COMMENT ON TABLE retention_timer IS 'When to check next whether a retention is over; replicas claim rows with SKIP LOCKED';
CREATE INDEX retention_timer_by_due ON retention_timer (due_at);

CREATE TABLE deletion_gate (
    id      boolean PRIMARY KEY DEFAULT true CHECK (id),
    stopped boolean NOT NULL DEFAULT false,
    per_day integer CHECK (per_day > 0)
);
INSERT INTO deletion_gate DEFAULT VALUES;
COMMENT ON TABLE deletion_gate IS 'The provider''s settings for all deletions; locked in the transaction that starts one';
COMMENT ON COLUMN deletion_gate.per_day IS 'How many deletions may start per day (UTC); null for the day''s default';

CREATE TABLE deletion_day (
    day        date    PRIMARY KEY,
    started    integer NOT NULL,
    by_default integer NOT NULL CHECK (by_default > 0)
);
COMMENT ON TABLE deletion_day IS 'How many deletions have started per day (UTC)';
COMMENT ON COLUMN deletion_day.by_default IS 'How many may, unless a number was set: a share of the tenants at the day''s first look, at least a few';

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

GRANT SELECT, INSERT ON tenant, intervention, confirmation, evidence, certificate, certificate_key TO ${runtime};
GRANT SELECT, UPDATE ON deletion_gate TO ${runtime};
GRANT SELECT, INSERT, UPDATE ON deletion_day, termination, obligation, loss, manifest_asset, manifest_medium, retention_notice TO ${runtime};
GRANT SELECT, INSERT, UPDATE, DELETE ON blocker, retention_timer TO ${runtime};

-- Legal holds

CREATE TABLE legal_hold (
    id             uuid        PRIMARY KEY,
    tenant_id      uuid        NOT NULL REFERENCES tenant,
    asset_id       uuid,
    authority      text        NOT NULL,
    case_reference text        NOT NULL,
    reason         text        NOT NULL,
    review_at      timestamptz NOT NULL,
    remind_at      timestamptz,
    set_by         text        NOT NULL,
    set_at         timestamptz NOT NULL,
    released_by    text,
    released_at    timestamptz,
    release_reason text,
    CHECK ((released_by IS NULL) = (released_at IS NULL) AND (released_by IS NULL) = (release_reason IS NULL)),
    CHECK (released_by <> set_by),
    CHECK (released_at >= set_at),
    CHECK (released_at IS NULL OR remind_at IS NULL)
);
COMMENT ON TABLE legal_hold IS 'What forbids to delete a tenant''s data; the database also enforces that the two people differ';
COMMENT ON COLUMN legal_hold.asset_id IS 'The only asset that it is about; null for everything that the tenant has';
COMMENT ON COLUMN legal_hold.set_by IS 'The identity provider''s subject: an opaque id';
COMMENT ON COLUMN legal_hold.remind_at IS 'When to tell that the review is overdue; null once that is told. Replicas claim rows with SKIP LOCKED';
CREATE INDEX legal_hold_in_force ON legal_hold (tenant_id) WHERE released_at IS NULL;
CREATE INDEX legal_hold_in_order ON legal_hold (tenant_id, id);
CREATE INDEX legal_hold_by_reminder ON legal_hold (remind_at) WHERE remind_at IS NOT NULL;

CREATE VIEW owed AS
    SELECT termination.id AS termination_id, termination.tenant_id, termination.manifest_digest, command, participant, repeated,
        greatest(CASE command
            WHEN 'DISABLE' THEN requested_at
            WHEN 'RESTORE' THEN restoration_started_at
            ELSE deletion_started_at
        END, resumed_at) + due_within AS due_by,
        repeated_at + due_within AS repeat_at,
        state
    FROM termination JOIN obligation ON obligation.termination_id = termination.id
    WHERE fulfilled_at IS NULL AND (
        state IN ('REQUESTED', 'DISABLING') AND command = 'DISABLE'
        OR state = 'RESTORING' AND command = 'RESTORE'
        OR state = 'DELETING' AND command = 'DELETE' AND NOT EXISTS (
            SELECT FROM legal_hold WHERE legal_hold.tenant_id = termination.tenant_id AND released_at IS NULL
                AND (asset_id IS NULL OR participant = 'provisioning')));
COMMENT ON VIEW owed IS 'What the current phases of terminations wait for; nothing that a legal hold forbids';
COMMENT ON COLUMN owed.repeat_at IS 'When the command is issued again; null before the first time, which is at due_by';

-- What is agreed about retentions

CREATE TABLE tenant_policy (
    tenant_id  uuid        PRIMARY KEY REFERENCES tenant,
    contract   text,
    period_ms  bigint      NOT NULL DEFAULT 0,
    maximum_ms bigint      NOT NULL DEFAULT 0,
    time_zone  text,
    version    bigint      NOT NULL DEFAULT 0,
    changed_by text,
    changed_at timestamptz,
    CHECK (version = 0 OR contract IS NOT NULL AND time_zone IS NOT NULL AND changed_by IS NOT NULL
        AND changed_at IS NOT NULL AND period_ms > 0 AND maximum_ms >= period_ms)
);
COMMENT ON TABLE tenant_policy IS 'What a tenant''s contract says about the retention; without a row, or with version 0, the standard holds';

-- More deletions than the budget

CREATE TABLE budget_release (
    id          uuid        PRIMARY KEY,
    day         date        NOT NULL,
    number      integer     NOT NULL CHECK (number > 0),
    reason      text        NOT NULL,
    asked_by    text        NOT NULL,
    asked_at    timestamptz NOT NULL,
    approved_by text,
    approved_at timestamptz,
    CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CHECK (approved_by <> asked_by),
    CHECK (approved_at >= asked_at)
);
COMMENT ON TABLE budget_release IS 'How many more deletions may start on a day; the database also enforces that the two people differ';
COMMENT ON COLUMN budget_release.day IS 'In UTC';
CREATE INDEX budget_release_by_day ON budget_release (day) WHERE approved_at IS NOT NULL;

GRANT SELECT ON owed TO ${runtime};
GRANT SELECT, INSERT ON budget_release, legal_hold TO ${runtime};
GRANT UPDATE (approved_by, approved_at) ON budget_release TO ${runtime};
GRANT UPDATE (review_at, remind_at, released_by, released_at, release_reason) ON legal_hold TO ${runtime};
GRANT SELECT, INSERT, UPDATE ON tenant_policy TO ${runtime};
