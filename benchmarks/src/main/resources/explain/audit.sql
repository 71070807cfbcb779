--- fill
INSERT INTO leaf (index, event_id, leaf_hash, type, tenant_id, correlation_id, time, source, topic, kafka_partition,
    kafka_offset, sequenced_at, bytes)
SELECT n - 1, md5('event ' || n)::uuid, sha256(convert_to('event ' || n, 'UTF8')),
       CASE WHEN n % 1000 = 0 THEN 'io.tenure.lifecycle.TenantDeleted' ELSE 'io.tenure.provisioning.AssetDisabled' END,
       md5('tenant ' || n % 10240)::uuid, md5('termination ' || n / 30)::uuid, now(), '/tenure/provisioning',
       'tenure.provisioning', n % 6, n, now(), convert_to(repeat('x', 700), 'UTF8')
FROM generate_series(1, :rows) n
--- fill
INSERT INTO tile SELECT level, n, decode(repeat('ab', 8192), 'hex')
FROM (VALUES (0, 256), (1, 65536)) AS l(level, span), generate_series(0, :rows / span - 1) n
--- fill
INSERT INTO tile_part SELECT 0, n / 8, n % 8 * 30, decode(repeat('ab', 32 * 30), 'hex') FROM generate_series(0, :rows / 32) n
--- fill
INSERT INTO checkpoint SELECT n * 100, repeat('x', 200), now() FROM generate_series(0, :rows / 100) n
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
--- query an event on leaf (md5('event 77')::uuid)
SELECT tenant_id, bytes FROM leaf WHERE event_id = $1
--- query an event with all that proves it on tile (md5('event 77')::uuid)
SELECT e.index, e.tenant_id, e.bytes, c.size, c.note, t.levels, t.indexes, t.hashes
FROM leaf e, (SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1) c, LATERAL (
    SELECT array_agg(w.level) AS levels, array_agg(w.index) AS indexes, array_agg(coalesce(
        (SELECT hashes FROM tile WHERE level = w.level AND index = w.index),
        (SELECT string_agg(hashes, ''::bytea ORDER BY first) FROM tile_part WHERE level = w.level AND index = w.index),
        ''::bytea)) AS hashes
    FROM generate_series(0, 7) l, LATERAL (
        SELECT l AS level, e.index >> least(8 * (l + 1), 63) AS index
        UNION SELECT l, c.size >> least(8 * (l + 1), 63)) w
    WHERE c.size >> (8 * l) > 0) t
WHERE e.event_id = $1
--- query newest checkpoint on checkpoint ()
SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1
--- query head and edge of the tree on tile_part ()
SELECT c.size, c.note, p.level, p.index, p.hashes
FROM (SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1) c
LEFT JOIN LATERAL (
    SELECT p.level, p.index, string_agg(p.hashes, ''::bytea ORDER BY p.first) AS hashes
    FROM generate_series(0, 7) l
    JOIN tile_part p ON p.level = l AND p.index = c.size >> least(8 * (l + 1), 63)
    GROUP BY p.level, p.index) p ON true
--- query which of 1000 events are known on leaf (ARRAY(SELECT md5('new event ' || n)::uuid FROM generate_series(1, 1000) n))
SELECT event_id, leaf_hash FROM leaf WHERE event_id = ANY($1)
