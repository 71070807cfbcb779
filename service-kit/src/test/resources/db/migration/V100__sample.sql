CREATE TABLE sample (
    id        uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    name      text NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON sample TO ${runtime};

-- Of which a COMMIT is refused.
CREATE TABLE sample_once (id uuid UNIQUE DEFERRABLE INITIALLY DEFERRED);
GRANT INSERT ON sample_once TO ${runtime};

-- Fails as a server does that has this reason.
CREATE FUNCTION fail_with(state text) RETURNS text LANGUAGE plpgsql AS
    'BEGIN RAISE EXCEPTION ''as a test wants it'' USING ERRCODE = state; END';
GRANT EXECUTE ON FUNCTION fail_with TO ${runtime};
