--- fill
INSERT INTO notice (id, tenant_id, kind, cause_id, schedule, sequence, termination_id, due_at, created_at, state, withdrawn,
    attempts, bounces)
SELECT uuidv7(), md5('tenant ' || n % 10240)::uuid, 'RETENTION_WARNING', md5('termination ' || n / 3)::uuid, 1, 1 + n % 3,
       md5('termination ' || n / 3)::uuid, now(), now(), 'SCHEDULED', false, 0, 0
FROM generate_series(1, :rows) n
--- query page of a tenant's notices on notice ('00000000-0000-0000-0000-000000000000', md5('tenant 77')::uuid, 51)
SELECT * FROM notice WHERE id > $1 AND tenant_id = $2 ORDER BY id FETCH FIRST $3 ROWS ONLY
--- query page of a termination's notices on notice ('00000000-0000-0000-0000-000000000000', md5('termination 77')::uuid, 51)
SELECT * FROM notice WHERE id > $1 AND termination_id = $2 ORDER BY id FETCH FIRST $3 ROWS ONLY
--- query whether a notice exists on notice ('RETENTION_WARNING', md5('termination 77')::uuid, 1, 2)
SELECT count(*) FROM notice WHERE kind = $1 AND cause_id = $2 AND schedule = $3 AND sequence = $4
