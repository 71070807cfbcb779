CREATE TABLE test_time (shift interval NOT NULL);
INSERT INTO test_time VALUES ('0');
GRANT SELECT, UPDATE ON test_time TO ${runtime};

CREATE OR REPLACE FUNCTION present_time() RETURNS timestamptz LANGUAGE sql STABLE
    AS 'SELECT statement_timestamp() + shift FROM test_time';
