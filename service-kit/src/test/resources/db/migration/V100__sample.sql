CREATE TABLE sample (
    id        uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    name      text NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON sample TO ${runtime};
