INSERT INTO location (id, city, country, operator, since) VALUES
    ('de-ber-1', 'Berlin', 'DE', 'the provider', '2024-03-01'),
    ('de-fra-1', 'Frankfurt am Main', 'DE', 'the provider', '2022-01-15'),
    ('fr-par-1', 'Paris', 'FR', 'the provider', '2023-06-01'),
    ('nl-ams-1', 'Amsterdam', 'NL', 'the provider', '2025-02-01');

INSERT INTO subcontractor (id, name, service, country, since) VALUES
    ('colocation-de', 'Rhein-Main Colocation GmbH', 'Power, cooling and physical security of the data center in Frankfurt', 'DE', '2022-01-15'),
    ('colocation-fr', 'Centre de Données Francilien SAS', 'Power, cooling and physical security of the data center in Paris', 'FR', '2023-06-01'),
    ('mail-relay', 'Postweg Mail B.V.', 'Delivery of notices by e-mail', 'NL', '2023-01-01'),
    ('media-destruction', 'Sicher & Spurlos Datenvernichtung KG', 'Physical destruction of storage media at the end of their life', 'DE', '2022-01-15');

INSERT INTO image (id, os, version, baseline, patched_at) VALUES
    ('almalinux-10', 'AlmaLinux', '10.1', 'CIS AlmaLinux OS 10 Benchmark v1.0.0, Level 1 Server', '2026-11-02T04:00:00Z'),
    ('debian-13', 'Debian', '13.2', 'CIS Debian Linux 13 Benchmark v1.0.0, Level 1 Server', '2026-11-02T04:00:00Z'),
    ('ubuntu-24.04', 'Ubuntu', '24.04.3', 'CIS Ubuntu Linux 24.04 LTS Benchmark v1.0.0, Level 1 Server', '2026-11-02T04:00:00Z'),
    ('windows-server-2025', 'Windows Server', '2025', 'CIS Microsoft Windows Server 2025 Benchmark v1.0.0, Level 1', '2026-11-11T04:00:00Z');
