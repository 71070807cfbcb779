CREATE TABLE notice (
    id             uuid        PRIMARY KEY,
    tenant_id      uuid        NOT NULL,
    kind           text        NOT NULL CHECK (kind IN ('CREDENTIAL_READY', 'RETENTION_STARTED', 'RETENTION_RESCHEDULED',
        'RETENTION_EXTENDED', 'RETENTION_WARNING', 'DELETION_CERTIFICATE')),
    cause_id       uuid        NOT NULL,
    schedule       integer     NOT NULL CHECK (schedule >= 0),
    sequence       integer     NOT NULL CHECK (sequence > 0),
    termination_id uuid,
    target         text,
    target_id      uuid,
    deadline       timestamptz,
    time_zone      text,
    sha256         text,
    due_at         timestamptz NOT NULL,
    created_at     timestamptz NOT NULL,
    state          text        NOT NULL
        CHECK (state IN ('SCHEDULED', 'RETRYING', 'ACCEPTED', 'DELIVERED', 'CANCELLED', 'FAILED')),
    withdrawn      boolean     NOT NULL,
    attempts       integer     NOT NULL CHECK (attempts >= 0),
    bounces        integer     NOT NULL CHECK (bounces >= 0),
    last_failure   text,
    next_retry_at  timestamptz,
    accepted_at    timestamptz,
    window_ends_at timestamptz,
    delivered_at   timestamptz,
    message_id     text,
    UNIQUE (kind, cause_id, schedule, sequence),
    CHECK ((kind LIKE 'RETENTION\_%') = (schedule > 0)),
    CHECK ((schedule > 0) = (time_zone IS NOT NULL)),
    CHECK ((state IN ('ACCEPTED', 'DELIVERED'))
        = (accepted_at IS NOT NULL AND window_ends_at IS NOT NULL AND message_id IS NOT NULL)),
    CHECK ((state = 'DELIVERED') = (delivered_at IS NOT NULL)),
    CHECK (delivered_at >= window_ends_at AND window_ends_at >= accepted_at),
    CHECK ((state = 'RETRYING') = (next_retry_at IS NOT NULL))
);
COMMENT ON TABLE notice IS 'Notices to tenants and the evidence of their delivery; without addresses, names, links and texts';
COMMENT ON COLUMN notice.cause_id IS 'The credential or termination that the notice is about; with kind, schedule and sequence it makes the notice unique';
COMMENT ON COLUMN notice.schedule IS 'Version of the retention''s schedule; 0 outside a retention';
COMMENT ON COLUMN notice.deadline IS 'The date in the notice: the end of the retention, or the expiry of the credential';
COMMENT ON COLUMN notice.time_zone IS 'The tenant''s, an IANA id: letters of a retention name its end in UTC and there';
COMMENT ON COLUMN notice.sha256 IS 'Hash of the payload of the attached certificate, hexadecimal';
COMMENT ON COLUMN notice.withdrawn IS 'Obsolete: if it bounces, it is not sent again';
COMMENT ON COLUMN notice.bounces IS 'How often it bounced; a bounce of an earlier round changes nothing';
COMMENT ON COLUMN notice.last_failure IS 'Class of the last failure, for example SMTP 451; does not quote a server';
COMMENT ON COLUMN notice.window_ends_at IS 'The end of the bounce window, by the database''s clock';
CREATE INDEX notice_by_tenant ON notice (tenant_id, id);
CREATE INDEX notice_by_termination ON notice (termination_id, id);

-- Rows are never removed, and the subject of a notice never changes.
GRANT SELECT, INSERT ON notice TO ${runtime};
GRANT UPDATE (state, withdrawn, attempts, bounces, last_failure, next_retry_at, accepted_at, window_ends_at, delivered_at,
    message_id) ON notice TO ${runtime};

CREATE TABLE retention_schedule (
    termination_id uuid    PRIMARY KEY,
    version        integer NOT NULL CHECK (version >= 0),
    closed         boolean NOT NULL
);
COMMENT ON TABLE retention_schedule IS 'Which version of a retention''s schedule counts; facts of an older one, or of a closed retention, change nothing';
COMMENT ON COLUMN retention_schedule.closed IS 'The termination was cancelled: nothing will be deleted';
GRANT SELECT, INSERT, UPDATE (version, closed) ON retention_schedule TO ${runtime};

CREATE TABLE return_path (
    token      text        PRIMARY KEY,
    notice_id  uuid        NOT NULL REFERENCES notice,
    round      integer     NOT NULL CHECK (round >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (notice_id, round)
);
COMMENT ON TABLE return_path IS 'The notice of a returned message, by a random token in the return address';
COMMENT ON COLUMN return_path.round IS 'The number of the notice''s bounces when the message was sent: the next message after a bounce gets a new token';
GRANT SELECT, INSERT ON return_path TO ${runtime};

CREATE TABLE bounce_mailbox (
    id       smallint    PRIMARY KEY CHECK (id = 1),
    read_at  timestamptz NOT NULL,
    asked_at timestamptz NOT NULL
);
COMMENT ON TABLE bounce_mailbox IS 'One row: until when the bounce mailbox was read, by the database''s clock; a notice whose window ends later does not count as delivered yet';
COMMENT ON COLUMN bounce_mailbox.asked_at IS 'When a notice last requested a reading, so that many notices request it only at intervals';
INSERT INTO bounce_mailbox VALUES (1, to_timestamp(0), to_timestamp(0));
GRANT SELECT, UPDATE (read_at, asked_at) ON bounce_mailbox TO ${runtime};
