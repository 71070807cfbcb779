CREATE TABLE sample (
    id        uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    name      text NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON sample TO ${runtime};

-- A duplicate is refused at the COMMIT.
CREATE TABLE sample_once (id uuid UNIQUE DEFERRABLE INITIALLY DEFERRED);
GRANT INSERT ON sample_once TO ${runtime};

-- Fails like a server with this SQLSTATE.
CREATE FUNCTION fail_with(state text) RETURNS text LANGUAGE plpgsql AS
    'BEGIN RAISE EXCEPTION ''as a test wants it'' USING ERRCODE = state; END';
GRANT EXECUTE ON FUNCTION fail_with TO ${runtime};

-- A row named 'cut' cuts its own connection while it is committed, when the sequence was set to 1.
CREATE SEQUENCE cuts START 2;
CREATE FUNCTION cut_at_commit() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN IF nextval(''cuts'') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END';
CREATE CONSTRAINT TRIGGER cut_at_commit AFTER INSERT ON sample DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.name = 'cut') EXECUTE FUNCTION cut_at_commit();
GRANT USAGE, UPDATE ON SEQUENCE cuts TO ${runtime};

-- A row named 'cut at once' cuts its connection while it is inserted.
CREATE FUNCTION cut_at_once() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
CREATE TRIGGER cut_at_once AFTER INSERT ON sample
    FOR EACH ROW WHEN (NEW.name = 'cut at once') EXECUTE FUNCTION cut_at_once();
