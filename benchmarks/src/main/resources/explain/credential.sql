--- fill
INSERT INTO tenant_access (tenant_id, state) SELECT md5('tenant ' || n)::uuid, 'OPEN' FROM generate_series(0, 10239) n
--- fill
INSERT INTO credential (id, tenant_id, target, target_id, username, ciphertext, state, issued_at, expires_at)
SELECT md5('credential ' || n)::uuid, md5('tenant ' || n % 10240)::uuid, 'VM', md5('target ' || n)::uuid, 'vmadmin',
       '\x00', 'ISSUED', now(), now() + n * interval '1 second'
FROM generate_series(1, :rows) n
--- fill
INSERT INTO reveal_link (id, credential_id, tenant_id, token_hash, created_at, expires_at)
SELECT uuidv7(), md5('credential ' || n)::uuid, md5('tenant ' || n % 10240)::uuid,
       sha256(convert_to('token ' || n, 'UTF8')), now(), now() + interval '1 day'
FROM generate_series(1, :rows) n
--- query page of a tenant's credentials on credential (md5('tenant 77')::uuid, '00000000-0000-0000-0000-000000000000', 51)
SELECT * FROM credential WHERE tenant_id = $1 AND id > $2 ORDER BY id FETCH FIRST $3 ROWS ONLY
--- query latest credential of a target on credential (md5('target 77')::uuid)
SELECT * FROM credential WHERE target_id = $1 ORDER BY number DESC FETCH FIRST 1 ROWS ONLY
--- query redeem of a link on reveal_link (sha256('token 77'), now())
UPDATE reveal_link SET consumed_at = $2
WHERE token_hash = $1 AND consumed_at IS NULL AND expires_at > $2 AND superseded_at IS NULL AND revoked_at IS NULL
RETURNING id
--- query links of a tenant are revoked on reveal_link (md5('tenant 77')::uuid, now())
UPDATE reveal_link SET revoked_at = $2
WHERE credential_id IN (SELECT id FROM credential WHERE tenant_id = $1)
  AND consumed_at IS NULL AND superseded_at IS NULL AND revoked_at IS NULL
