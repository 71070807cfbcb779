CREATE TABLE notice (
    id             uuid        PRIMARY KEY,
    tenant_id      uuid        NOT NULL,
    kind           text        NOT NULL
        CHECK (kind IN ('CREDENTIAL_READY', 'RETENTION_STARTED', 'RETENTION_WARNING', 'DELETION_CERTIFICATE')),
    cause_id       uuid        NOT NULL,
    sequence       integer     NOT NULL CHECK (sequence > 0),
    termination_id uuid,
    target         text,
    target_id      uuid,
    deadline       timestamptz,
    sha256         text,
    due_at         timestamptz NOT NULL,
    created_at     timestamptz NOT NULL,
    state          text        NOT NULL CHECK (state IN ('SCHEDULED', 'RETRYING', 'DELIVERED', 'CANCELLED')),
    attempts       integer     NOT NULL CHECK (attempts >= 0),
    last_failure   text,
    next_retry_at  timestamptz,
    delivered_at   timestamptz,
    message_id     text,
    UNIQUE (kind, cause_id, sequence),
    CHECK ((state = 'DELIVERED') = (delivered_at IS NOT NULL AND message_id IS NOT NULL)),
    CHECK ((state = 'RETRYING') = (next_retry_at IS NOT NULL))
);
COMMENT ON TABLE notice IS 'What a tenant is told, and the evidence that it was; without addresses, names, links and texts';
COMMENT ON COLUMN notice.cause_id IS 'The credential or termination that the notice is about; with kind and sequence it makes the notice unique';
COMMENT ON COLUMN notice.deadline IS 'What the notice points at: the end of the retention, or the expiry of the credential';
COMMENT ON COLUMN notice.sha256 IS 'Hash of the payload of the certificate that is to be attached, hexadecimal';
COMMENT ON COLUMN notice.last_failure IS 'Class of the last failure, for example SMTP 451; quotes nothing that a server said';
CREATE INDEX notice_by_tenant ON notice (tenant_id, id);
CREATE INDEX notice_by_termination ON notice (termination_id, id);

-- Nothing is ever removed here, and what a notice is about never changes.
GRANT SELECT, INSERT ON notice TO ${runtime};
GRANT UPDATE (state, attempts, last_failure, next_retry_at, delivered_at, message_id) ON notice TO ${runtime};
