--- fill
INSERT INTO tenant SELECT md5('tenant ' || n)::uuid, now() FROM generate_series(1, :rows) n
--- fill
INSERT INTO termination (id, tenant_id, state, requested_at, assets_disabled_at, manifest_media, manifest_digest,
    access_revoked_at, retention_started_at, retention_ends_at, notices_required)
SELECT md5('termination ' || n)::uuid, md5('tenant ' || n)::uuid, 'RETAINED', now() - interval '31 days',
       now() - interval '30 days', 10, repeat('0', 64), now() - interval '30 days', now() - interval '30 days',
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
INSERT INTO manifest_asset (termination_id, asset_id, disablement_id)
SELECT md5('termination ' || n / 10)::uuid, md5('asset ' || n)::uuid, md5('run ' || n)::uuid FROM generate_series(10, :rows + 9) n
--- fill
INSERT INTO manifest_medium (termination_id, asset_id, disablement_id, name, bytes)
SELECT md5('termination ' || n / 10)::uuid, md5('asset ' || n)::uuid, md5('run ' || n)::uuid, 'disk.img', n
FROM generate_series(10, :rows + 9) n
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
--- query manifest of a termination on manifest_medium (md5('termination 77')::uuid)
SELECT asset_id, name, bytes FROM manifest_medium JOIN manifest_asset USING (termination_id, asset_id, disablement_id)
WHERE termination_id = $1
--- query assets that are not accounted for on manifest_asset (md5('termination 77')::uuid)
SELECT asset_id FROM manifest_asset asset WHERE termination_id = $1 AND (sanitization_id IS NULL OR EXISTS (
    SELECT FROM manifest_medium medium
    WHERE medium.termination_id = asset.termination_id AND medium.asset_id = asset.asset_id
        AND medium.disablement_id = asset.disablement_id AND medium.sanitization_id IS NULL))
ORDER BY asset_id
