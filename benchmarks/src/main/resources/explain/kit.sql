--- fill
INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, tenant_id, bucket, traceparent, recorded_at)
SELECT uuidv7(), 'tenure.provisioning', tenant, 'io.tenure.provisioning.AssetDisabled', repeat('x', 700), tenant,
       CASE WHEN n > :rows - 100 THEN 63 ELSE n % 63 END,
       '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', now()
FROM (SELECT n, md5('tenant ' || n % 10240)::uuid AS tenant FROM generate_series(1, :rows) n) event
--- fill
INSERT INTO inbox SELECT 'tenure.lifecycle', md5('event ' || n)::uuid, now() - n * interval '1 second'
FROM generate_series(1, :rows) n
--- fill
INSERT INTO idempotency_key
SELECT 'POST /v1/tenants crm', 'key ' || n, 'fingerprint', md5('resource ' || n)::uuid, now() - n * interval '0.1 second'
FROM generate_series(1, :rows) n
--- fill
INSERT INTO task (id, kind, tenant_id, subject_id, due_at, leased_until)
SELECT uuidv7(), 'asset', md5('tenant ' || n % 10240)::uuid, md5('subject ' || n)::uuid,
       now() + (n - 100) * interval '1 second', CASE WHEN n % 10 = 0 THEN now() + interval '1 minute' END
FROM generate_series(1, :rows) n
--- query relay claims buckets on outbox ()
WITH waiting AS MATERIALIZED (
    SELECT b::int4 AS bucket FROM generate_series(0, 63) b
    WHERE EXISTS (SELECT FROM outbox WHERE outbox.bucket = b))
SELECT bucket FROM waiting WHERE pg_try_advisory_xact_lock(32267, bucket)
--- query relay reads, all buckets on outbox (ARRAY(SELECT generate_series(0, 63)), 500)
SELECT seq, id, aggregatetype, aggregateid, payload, traceparent FROM outbox
WHERE bucket = ANY($1) ORDER BY seq LIMIT $2
--- query relay reads, half of the buckets on outbox (ARRAY(SELECT generate_series(0, 63, 2)), 500)
SELECT seq, id, aggregatetype, aggregateid, payload, traceparent FROM outbox
WHERE bucket = ANY($1) ORDER BY seq LIMIT $2
--- query relay reads, one bucket on outbox (ARRAY[7], 500)
SELECT seq, id, aggregatetype, aggregateid, payload, traceparent FROM outbox
WHERE bucket = ANY($1) ORDER BY seq LIMIT $2
--- query relay reads, one bucket whose rows are the latest on outbox (ARRAY[63], 500)
SELECT seq, id, aggregatetype, aggregateid, payload, traceparent FROM outbox
WHERE bucket = ANY($1) ORDER BY seq LIMIT $2
--- query relay deletes on outbox (ARRAY(SELECT seq FROM outbox ORDER BY seq LIMIT 500))
DELETE FROM outbox WHERE seq = ANY($1)
--- query inbox notes an event on inbox ('tenure.lifecycle', md5('event 77')::uuid, now())
INSERT INTO inbox (consumer, event_id, received_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
--- query inbox forgets on inbox (now() - interval '10 years')
DELETE FROM inbox WHERE received_at < $1
--- query idempotency key is claimed on idempotency_key ('POST /v1/tenants crm', 'key 77', 'fingerprint', now())
INSERT INTO idempotency_key (scope, key, fingerprint, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
--- query idempotency key is recalled on idempotency_key ('POST /v1/tenants crm', 'key 77', 'fingerprint')
SELECT resource_id FROM idempotency_key WHERE scope = $1 AND key = $2 AND fingerprint = $3
--- query idempotency key remembers on idempotency_key (md5('resource 5')::uuid, 'POST /v1/tenants crm', 'key 77')
UPDATE idempotency_key SET resource_id = $1 WHERE scope = $2 AND key = $3
--- query idempotency keys are forgotten on idempotency_key (now() - interval '10 years')
DELETE FROM idempotency_key WHERE created_at < $1
--- query due tasks are claimed on task (md5('lease')::uuid, now() + interval '30 seconds', now(), 8)
UPDATE task SET lease = $1, leased_until = $2, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM task WHERE due_at <= $3 AND (leased_until IS NULL OR leased_until < $3)
    ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED)
RETURNING *
