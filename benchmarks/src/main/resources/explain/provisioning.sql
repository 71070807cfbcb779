--- fill
INSERT INTO tenant (id, name, status, allowed_locations, backup, contact, contact_version, contact_confirmed_at, created_at,
    version)
SELECT md5('tenant ' || n)::uuid, 'Tenant ' || n, 'ACTIVE', '{de-ber-1}', 'CUSTOMER', '\x00', 1, now(), now(), 1
FROM generate_series(0, :rows - 1) n
--- fill
INSERT INTO asset (id, tenant_id, kind, name, status, image, vcpus, memory_mib, storage_mib, location, platform, created_at)
SELECT uuidv7(), md5('tenant ' || n % 10240)::uuid, 'VM', 'vm ' || n, 'PROVISIONED', 'debian-13', 2, 2048, 64, 'de-ber-1',
       'sandbox', now()
FROM generate_series(1, :rows) n
--- query page of tenants on tenant (md5('tenant 77')::uuid, 51)
SELECT * FROM tenant WHERE id > $1 ORDER BY id FETCH FIRST $2 ROWS ONLY
--- query page of a tenant's assets on asset (md5('tenant 77')::uuid, '00000000-0000-0000-0000-000000000000', 51)
SELECT * FROM asset WHERE tenant_id = $1 AND id > $2 ORDER BY id FETCH FIRST $3 ROWS ONLY
--- query all assets of a tenant on asset (md5('tenant 77')::uuid)
SELECT * FROM asset WHERE tenant_id = $1 ORDER BY id
--- query a tenant's assets in a cascade on asset (md5('tenant 77')::uuid)
SELECT count(*) FROM asset WHERE tenant_id = $1 AND status IN ('DISABLING', 'RESTORING', 'SANITIZING')
