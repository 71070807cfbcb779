--- fill
INSERT INTO tenant SELECT md5('tenant ' || n)::uuid, now() FROM generate_series(1, :rows) n
--- fill
INSERT INTO termination (id, tenant_id, state, requested_at, assets_disabled_at, access_revoked_at, retention_started_at,
    retention_ends_at, notices_required)
SELECT md5('termination ' || n)::uuid, md5('tenant ' || n)::uuid, 'RETAINED', now() - interval '31 days',
       now() - interval '30 days', now() - interval '30 days', now() - interval '30 days',
       now() + (n - 1000) * interval '1 second', 4
FROM generate_series(1, :rows) n
--- fill
INSERT INTO retention_timer (termination_id, due_at)
SELECT md5('termination ' || n)::uuid, now() + (n - 1000) * interval '1 second' FROM generate_series(1, :rows) n
--- fill
INSERT INTO retention_notice (id, termination_id, kind, sequence, due_at, delivered_at)
SELECT uuidv7(), md5('termination ' || n / 4)::uuid, CASE n % 4 WHEN 0 THEN 'RETENTION_STARTED' ELSE 'RETENTION_WARNING' END,
       greatest(n % 4, 1), now(), now()
FROM generate_series(4, :rows + 3) n
--- fill
INSERT INTO evidence (event_id, termination_id, type, subject, resource_id, occurred_at, sha256, event)
SELECT uuidv7(), md5('termination ' || n / 10)::uuid, 'io.tenure.provisioning.AssetDisabled', '/v1/vms/x',
       md5('asset ' || n)::uuid, now(), repeat('0', 64), '\x00'
FROM generate_series(10, :rows + 9) n
--- query next due time of the sweep on retention_timer ()
SELECT min(due_at) FROM retention_timer
--- query sweep claims on retention_timer (now(), 50)
SELECT timer.termination_id
FROM retention_timer timer JOIN termination ON termination.id = timer.termination_id
WHERE timer.due_at <= $1 AND termination.state = 'RETAINED'
ORDER BY timer.due_at LIMIT $2 FOR UPDATE SKIP LOCKED
--- query sweep reads the notices on retention_notice (ARRAY(SELECT md5('termination ' || n)::uuid FROM generate_series(1, 50) n))
SELECT * FROM retention_notice WHERE termination_id = ANY($1) ORDER BY kind, sequence
--- query page of a tenant's terminations on termination ('00000000-0000-0000-0000-000000000000', md5('tenant 77')::uuid, 51)
SELECT * FROM termination WHERE id > $1 AND tenant_id = $2 ORDER BY id FETCH FIRST $3 ROWS ONLY
--- query page of terminations in a state on termination ('00000000-0000-0000-0000-000000000000', 'RETAINED', 51)
SELECT * FROM termination WHERE id > $1 AND state = $2 ORDER BY id FETCH FIRST $3 ROWS ONLY
--- query steps of a termination on evidence (md5('termination 77')::uuid)
SELECT type, occurred_at, subject, event_id FROM evidence WHERE termination_id = $1 ORDER BY occurred_at, event_id
--- query assets without proven sanitization on evidence (md5('termination 77')::uuid, 'io.tenure.provisioning.AssetDisabled', 'io.tenure.provisioning.AssetSanitized')
SELECT resource_id FROM evidence WHERE termination_id = $1 AND type = $2
EXCEPT SELECT resource_id FROM evidence WHERE termination_id = $1 AND type = $3
