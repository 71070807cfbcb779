-- Column names id, aggregatetype, aggregateid, type and payload are those of Debezium's EventRouter.
CREATE TABLE outbox (
    seq           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id            uuid        NOT NULL UNIQUE,
    aggregatetype text        NOT NULL,
    aggregateid   text        NOT NULL,
    type          text        NOT NULL,
    payload       text        NOT NULL,
    tenant_id     uuid        NOT NULL,
    bucket        smallint    NOT NULL,
    traceparent   text,
    recorded_at   timestamptz NOT NULL
);
COMMENT ON TABLE outbox IS 'Events recorded with the change that caused them, waiting for Kafka; a row is deleted once the broker has it';
COMMENT ON COLUMN outbox.aggregatetype IS 'Kafka topic';
COMMENT ON COLUMN outbox.aggregateid IS 'Kafka record key: the tenant id';
COMMENT ON COLUMN outbox.bucket IS 'Hash of the tenant; a relay owns a bucket while it sends its rows, so a tenant''s facts keep their order';
CREATE INDEX outbox_by_bucket ON outbox (bucket, seq);
-- The table is small and busy: rows live for milliseconds.
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

CREATE TABLE inbox (
    source      text        NOT NULL,
    event_id    uuid        NOT NULL,
    digest      bytea       NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (event_id, source)
);
COMMENT ON TABLE inbox IS 'Events whose effect is committed; a second delivery finds its source and id here and changes nothing';
COMMENT ON COLUMN inbox.digest IS 'SHA-256 of the record''s value: the same id with other bytes is another event that claims this id';
CREATE INDEX inbox_by_age ON inbox (received_at);

CREATE TABLE unconfirmed (
    event_id       uuid        PRIMARY KEY,
    tenant_id      uuid        NOT NULL,
    termination_id uuid        NOT NULL,
    topic          text        NOT NULL,
    part           integer     NOT NULL,
    position       bigint      NOT NULL,
    value          bytea       NOT NULL,
    received_at    timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE unconfirmed IS 'Records that order a deletion and wait until the lifecycle service has confirmed it';
COMMENT ON COLUMN unconfirmed.part IS 'Kafka partition of the record, with its offset (position)';

CREATE TABLE idempotency_key (
    scope       text        NOT NULL,
    key         text        NOT NULL,
    fingerprint text        NOT NULL,
    resource_id uuid,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (scope, key)
);
COMMENT ON TABLE idempotency_key IS 'Which resource a command with an Idempotency-Key made; a repeated request finds it here';
CREATE INDEX idempotency_key_by_age ON idempotency_key (created_at);

CREATE SEQUENCE task_epoch;
CREATE TABLE task (
    id             uuid        PRIMARY KEY,
    kind           text        NOT NULL,
    tenant_id      uuid        NOT NULL,
    subject_id     uuid        NOT NULL,
    correlation_id uuid,
    urgency        text        NOT NULL CHECK (urgency IN ('URGENT', 'NORMAL', 'BACKGROUND')),
    due_at         timestamptz NOT NULL,
    attempts       integer     NOT NULL DEFAULT 0,
    epoch          bigint      NOT NULL DEFAULT 0,
    leased_until   timestamptz,
    hastened       boolean     NOT NULL DEFAULT false,
    progress_done  bigint,
    progress_total bigint,
    traceparent    text,
    UNIQUE (kind, subject_id)
);
COMMENT ON TABLE task IS 'Work outside the database that must be done at least once; claimed under a lease by whichever replica comes first. All times are by the database''s clock';
COMMENT ON COLUMN task.epoch IS 'New with each claim, from one sequence: a worker with an older one cannot commit';
COMMENT ON COLUMN task.hastened IS 'Requested again since it was claimed: however the attempt ends, another one follows';
COMMENT ON COLUMN task.progress_done IS 'How far the work is, of progress_total, in its own units; null until it reports it';
CREATE INDEX task_by_due ON task (urgency, due_at);

CREATE TABLE tenant_key (
    tenant_id    uuid        PRIMARY KEY,
    wrapped      bytea,
    created_at   timestamptz NOT NULL,
    destroyed_at timestamptz,
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);
COMMENT ON TABLE tenant_key IS 'One data key per tenant, wrapped by the master key; the row of a destroyed key stays, so that no new one is made';

CREATE TABLE tenant_restriction (
    tenant_id      uuid        NOT NULL,
    termination_id uuid        NOT NULL,
    not_before     timestamptz,
    restored       boolean     NOT NULL,
    PRIMARY KEY (tenant_id, termination_id)
);
COMMENT ON TABLE tenant_restriction IS 'Terminations that restricted a tenant, from the credential service''s facts: older tokens of its people are refused, and until the tenant is restored only a departing administrator''s count';
COMMENT ON COLUMN tenant_restriction.not_before IS 'By the clock of the credential service''s database; null if that fact has not arrived';

GRANT SELECT, INSERT, UPDATE ON tenant_restriction TO ${runtime};
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox, inbox, unconfirmed, idempotency_key, task, tenant_key TO ${runtime};
GRANT USAGE ON SEQUENCE task_epoch TO ${runtime};
