--- fill
INSERT INTO leaf (index, event_id, leaf_hash, type, tenant_id, correlation_id, time, source, topic, kafka_partition,
    kafka_offset, sequenced_at, bytes)
SELECT n - 1, md5('event ' || n)::uuid, sha256(convert_to('event ' || n, 'UTF8')),
       CASE WHEN n % 1000 = 0 THEN 'io.tenure.lifecycle.TenantDeleted' ELSE 'io.tenure.provisioning.AssetDisabled' END,
       md5('tenant ' || n % 10240)::uuid, md5('termination ' || n / 30)::uuid, now(), '/tenure/provisioning',
       'tenure.provisioning', n % 6, n, now(), convert_to(repeat('x', 700), 'UTF8')
FROM generate_series(1, :rows) n
--- query page of the log on leaf (77::bigint, 51)
SELECT index, event_id, type, tenant_id, time, source, correlation_id, leaf_hash FROM leaf
WHERE index > $1 ORDER BY index LIMIT $2
--- query page of a tenant's events on leaf ((-1)::bigint, md5('tenant 77')::uuid, 51)
SELECT index, event_id, type, tenant_id, time, source, correlation_id, leaf_hash FROM leaf
WHERE index > $1 AND tenant_id = $2 ORDER BY index LIMIT $3
--- query page of events of a rare type on leaf ((-1)::bigint, 'io.tenure.lifecycle.TenantDeleted', 51)
SELECT index, event_id, type, tenant_id, time, source, correlation_id, leaf_hash FROM leaf
WHERE index > $1 AND type = $2 ORDER BY index LIMIT $3
--- query page of a tenant's events of a type on leaf ((-1)::bigint, md5('tenant 77')::uuid, 'io.tenure.lifecycle.TenantDeleted', 51)
SELECT index, event_id, type, tenant_id, time, source, correlation_id, leaf_hash FROM leaf
WHERE index > $1 AND tenant_id = $2 AND type = $3 ORDER BY index LIMIT $4
--- query page of a termination's events on leaf ((-1)::bigint, md5('termination 77')::uuid, 51)
SELECT index, event_id, type, tenant_id, time, source, correlation_id, leaf_hash FROM leaf
WHERE index > $1 AND correlation_id = $2 ORDER BY index LIMIT $3
--- query an event for its proof on leaf (md5('event 77')::uuid)
SELECT index, tenant_id, bytes FROM leaf WHERE event_id = $1
