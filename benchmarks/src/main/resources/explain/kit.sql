--- fill
INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, tenant_id, bucket, traceparent, recorded_at)
SELECT uuidv7(), 'tenure.provisioning', tenant, 'io.tenure.provisioning.AssetDisabled', repeat('x', 700), tenant,
       CASE WHEN n > :rows - 100 THEN 63 ELSE n % 63 END,
       '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', now()
FROM (SELECT n, md5('tenant ' || n % 10240)::uuid AS tenant FROM generate_series(1, :rows) n) event
--- fill
INSERT INTO inbox SELECT '/tenure/lifecycle', md5('event ' || n)::uuid, sha256('bytes'), now() - n * interval '1 second'
FROM generate_series(1, :rows) n
--- fill
INSERT INTO idempotency_key
SELECT 'POST /v1/tenants crm', 'key ' || n, 'fingerprint', md5('resource ' || n)::uuid, now() - n * interval '0.1 second'
FROM generate_series(1, :rows) n
--- fill
INSERT INTO task (id, kind, tenant_id, subject_id, urgency, due_at, leased_until)
SELECT uuidv7(), 'asset', md5('tenant ' || n % 10240)::uuid, md5('subject ' || n)::uuid,
       (ARRAY['URGENT', 'NORMAL', 'BACKGROUND'])[n % 3 + 1],
       now() + (n - 100) * interval '1 second', CASE WHEN n % 10 = 0 THEN now() + interval '1 minute' END
FROM generate_series(1, :rows) n
--- fill
INSERT INTO tenant_restriction
SELECT md5('tenant ' || n % 10240)::uuid, md5('termination ' || n)::uuid, now() - n * interval '1 second', true
FROM generate_series(1, :rows) n
--- query restrictions of a tenant on tenant_restriction (md5('tenant 77')::uuid)
SELECT max(not_before) AS not_before, coalesce(bool_or(NOT restored), false) AS restricted
FROM tenant_restriction WHERE tenant_id = $1
--- query relay claims buckets on outbox (ARRAY(SELECT generate_series(0, 63)))
WITH waiting AS MATERIALIZED (
    SELECT b::int4 AS bucket FROM unnest($1::int2[]) b
    WHERE EXISTS (SELECT FROM outbox WHERE outbox.bucket = b)),
patience AS MATERIALIZED (SELECT set_config('idle_in_transaction_session_timeout', '45000', true))
SELECT bucket FROM waiting, patience WHERE pg_try_advisory_xact_lock(32267, bucket)
--- query relay reads, all buckets on outbox (ARRAY(SELECT generate_series(0, 63)), 500)
SELECT seq, id, aggregatetype, aggregateid, type, payload, traceparent, bucket FROM outbox
WHERE bucket = ANY($1::int2[]) ORDER BY seq LIMIT $2
--- query relay reads, half of the buckets on outbox (ARRAY(SELECT generate_series(0, 63, 2)), 500)
SELECT seq, id, aggregatetype, aggregateid, type, payload, traceparent, bucket FROM outbox
WHERE bucket = ANY($1::int2[]) ORDER BY seq LIMIT $2
--- query relay reads, one bucket on outbox (ARRAY[7], 500, 500)
SELECT one.* FROM unnest($1::int2[]) AS mine (bucket) CROSS JOIN LATERAL (
    SELECT seq, id, aggregatetype, aggregateid, type, payload, traceparent, bucket FROM outbox
    WHERE outbox.bucket = mine.bucket ORDER BY seq LIMIT $2) AS one
ORDER BY seq LIMIT $3
--- query relay reads, one bucket whose rows are the latest on outbox (ARRAY[63], 500, 500)
SELECT one.* FROM unnest($1::int2[]) AS mine (bucket) CROSS JOIN LATERAL (
    SELECT seq, id, aggregatetype, aggregateid, type, payload, traceparent, bucket FROM outbox
    WHERE outbox.bucket = mine.bucket ORDER BY seq LIMIT $2) AS one
ORDER BY seq LIMIT $3
--- query relay deletes on outbox (ARRAY(SELECT seq FROM outbox ORDER BY seq LIMIT 500))
DELETE FROM outbox WHERE seq = ANY($1)
--- query inbox notes an event on inbox ('/tenure/lifecycle', md5('event 77')::uuid, sha256('bytes'))
INSERT INTO inbox (source, event_id, digest) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
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
--- query due tasks are claimed on task (30.0, ARRAY['URGENT', 'NORMAL', 'BACKGROUND'], ARRAY[8, 6, 4])
WITH due AS MATERIALIZED (
    SELECT one.id FROM unnest($2::text[], $3::int4[]) AS room (urgency, free) CROSS JOIN LATERAL (
        SELECT id FROM task
        WHERE task.urgency = room.urgency AND due_at <= now() AND (leased_until IS NULL OR leased_until < now())
        ORDER BY due_at LIMIT room.free FOR UPDATE SKIP LOCKED) AS one)
UPDATE task SET epoch = nextval('task_epoch'), leased_until = now() + make_interval(secs => $1),
    attempts = attempts + 1, hastened = false, progress_done = NULL, progress_total = NULL
FROM due WHERE task.id = due.id
RETURNING task.id
