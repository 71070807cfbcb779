CREATE TABLE log (
    id           smallint    PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    origin       text        NOT NULL,
    verifier_key text        NOT NULL,
    opened_at    timestamptz NOT NULL
);
COMMENT ON TABLE log IS 'The only log of this database, and the key that it was opened with: no other key can continue it';

CREATE TABLE leaf (
    index          bigint      PRIMARY KEY CHECK (index >= 0),
    event_id       uuid        NOT NULL UNIQUE,
    leaf_hash      bytea       NOT NULL CHECK (octet_length(leaf_hash) = 32),
    type           text        NOT NULL,
    tenant_id      uuid        NOT NULL,
    correlation_id uuid,
    time           timestamptz NOT NULL,
    source         text        NOT NULL,
    topic          text        NOT NULL,
    kafka_partition integer     NOT NULL,
    kafka_offset   bigint      NOT NULL,
    sequenced_at   timestamptz NOT NULL,
    bytes          bytea       NOT NULL CHECK (octet_length(bytes) <= 65535)
);
COMMENT ON TABLE leaf IS 'The entries of the tree: every event once, exactly as it was published; the other columns only help to find it';
COMMENT ON COLUMN leaf.leaf_hash IS 'SHA-256(0x00 || bytes), RFC 6962';
CREATE INDEX leaf_by_tenant ON leaf (tenant_id, index);
CREATE INDEX leaf_by_type ON leaf (type, index);
CREATE INDEX leaf_by_correlation ON leaf (correlation_id, index) WHERE correlation_id IS NOT NULL;

CREATE TABLE tile (
    level  smallint NOT NULL CHECK (level BETWEEN 0 AND 63),
    index  bigint   NOT NULL CHECK (index >= 0),
    hashes bytea    NOT NULL CHECK (octet_length(hashes) = 8192),
    PRIMARY KEY (level, index)
);
COMMENT ON TABLE tile IS 'Full tiles of the tree (C2SP tlog-tiles): 256 hashes each, final';
ALTER TABLE tile ALTER COLUMN hashes SET STORAGE EXTERNAL;

CREATE TABLE tile_part (
    level  smallint NOT NULL CHECK (level BETWEEN 0 AND 63),
    index  bigint   NOT NULL CHECK (index >= 0),
    first  smallint NOT NULL CHECK (first BETWEEN 0 AND 254),
    hashes bytea    NOT NULL CHECK (octet_length(hashes) % 32 = 0 AND octet_length(hashes) BETWEEN 32 AND 8160),
    PRIMARY KEY (level, index, first)
);
COMMENT ON TABLE tile_part IS 'Hashes of a tile that is not full yet, one row per batch; a partial tile of any width is a prefix of their sequence';
COMMENT ON COLUMN tile_part.first IS 'Position of the first of these hashes within the tile';

CREATE TABLE checkpoint (
    size      bigint      PRIMARY KEY CHECK (size >= 0),
    note      text        NOT NULL,
    signed_at timestamptz NOT NULL
);
COMMENT ON TABLE checkpoint IS 'Every tree head that was ever signed (C2SP tlog-checkpoint), each proven consistent with the one before';

-- The log is append-only: privileges stop the running service from changing it, the trigger stops everybody else.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused: the audit log is append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON leaf FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tile FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tile_part FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoint FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON log, leaf, tile, tile_part, checkpoint TO ${runtime};
