CREATE TABLE tenant_access (
    tenant_id            uuid        PRIMARY KEY,
    state                text        NOT NULL CHECK (state IN ('OPEN', 'RESTRICTED', 'DESTROYED')),
    revision             bigint      NOT NULL DEFAULT 0,
    termination_id       uuid,
    announced            boolean     NOT NULL DEFAULT true,
    identity_id          text,
    not_before           timestamptz,
    identities           integer     NOT NULL DEFAULT 0,
    revoked_credentials  integer     NOT NULL DEFAULT 0,
    erased_ciphertexts   integer     NOT NULL DEFAULT 0,
    destroyed_keys       integer     NOT NULL DEFAULT 0,
    CHECK (state = 'OPEN' OR termination_id IS NOT NULL)
);
COMMENT ON TABLE tenant_access IS 'Whether a tenant may have credentials and identities; locked by every transaction that issues, revokes or destroys them';
COMMENT ON COLUMN tenant_access.revision IS 'Grows with each change of state, so that work outside the database can tell that the state changed meanwhile';
COMMENT ON COLUMN tenant_access.termination_id IS 'The latest termination, even if it was cancelled';
COMMENT ON COLUMN tenant_access.announced IS 'False while the identity provider is not in line with the state';
COMMENT ON COLUMN tenant_access.identity_id IS 'The administrator at the identity provider; null before it exists and after it was removed';
COMMENT ON COLUMN tenant_access.not_before IS 'When the identity provider was in line with the latest restriction, by the clock of this database';
COMMENT ON COLUMN tenant_access.identities IS 'How many people the latest change affected';
COMMENT ON COLUMN tenant_access.erased_ciphertexts IS 'How many ciphertexts the latest termination erased';

CREATE TABLE credential (
    id             uuid        PRIMARY KEY,
    tenant_id      uuid        NOT NULL REFERENCES tenant_access,
    target         text        NOT NULL CHECK (target IN ('TENANT', 'VM', 'VDC')),
    target_id      uuid        NOT NULL,
    number         integer     NOT NULL DEFAULT 1 CHECK (number > 0),
    username       text        NOT NULL,
    ciphertext     bytea,
    state          text        NOT NULL CHECK (state IN ('PREPARED', 'ISSUED', 'HANDED_OVER', 'REVOKED', 'DESTROYED')),
    issued_at      timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL CHECK (expires_at > issued_at),
    handed_over_at timestamptz,
    revoked_at     timestamptz,
    destroyed_at   timestamptz,
    UNIQUE (target_id, number),
    CONSTRAINT ciphertext_only_while_issued CHECK (ciphertext IS NULL OR state IN ('PREPARED', 'ISSUED'))
);
COMMENT ON TABLE credential IS 'Temporary credentials; the ciphertext is erased once it is shown, revoked or expired';
COMMENT ON COLUMN credential.number IS 'Its number among its target''s credentials, from 1';
CREATE INDEX credential_by_tenant ON credential (tenant_id, id);
CREATE UNIQUE INDEX credential_in_force ON credential (target_id) WHERE state IN ('PREPARED', 'ISSUED', 'HANDED_OVER');
CREATE INDEX credential_by_expiry ON credential (expires_at) WHERE ciphertext IS NOT NULL;

CREATE TABLE reveal_link (
    id            uuid        PRIMARY KEY,
    credential_id uuid        NOT NULL REFERENCES credential,
    tenant_id     uuid        NOT NULL,
    token_hash    bytea       NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    consumed_at   timestamptz,
    superseded_at timestamptz,
    revoked_at    timestamptz,
    refusals      integer     NOT NULL DEFAULT 0
);
COMMENT ON TABLE reveal_link IS 'One-time links, by the SHA-256 of their tokens; the tokens themselves are not stored';
CREATE INDEX reveal_link_by_credential ON reveal_link (credential_id);
CREATE UNIQUE INDEX reveal_link_alive ON reveal_link (credential_id)
    WHERE consumed_at IS NULL AND superseded_at IS NULL AND revoked_at IS NULL;

CREATE TABLE disabled_identity (
    tenant_id   uuid NOT NULL REFERENCES tenant_access,
    identity_id text NOT NULL,
    PRIMARY KEY (tenant_id, identity_id)
);
COMMENT ON TABLE disabled_identity IS 'Identities that a termination disabled: a restoration enables only these, not those disabled before';

GRANT SELECT, INSERT ON tenant_access, credential, reveal_link TO ${runtime};
GRANT UPDATE (state, revision, termination_id, announced, identity_id, not_before, identities, revoked_credentials,
    erased_ciphertexts, destroyed_keys) ON tenant_access TO ${runtime};
GRANT UPDATE (state, ciphertext, handed_over_at, revoked_at, destroyed_at) ON credential TO ${runtime};
GRANT UPDATE (consumed_at, superseded_at, revoked_at, refusals) ON reveal_link TO ${runtime};
GRANT SELECT, INSERT, DELETE ON disabled_identity TO ${runtime};
