#!/usr/bin/env bash
# Run by the postgres image when it makes its data directory. Each service gets a database, an owner role that migrates it
# and a weaker role that runs on it (docs/adr/0015); Keycloak gets a database of its own.
set -euo pipefail

# Passwords come through the environment of psql, not its command line.
run() { psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres; }

for service in provisioning lifecycle credential audit notification; do
  runtime=TENURE_DB_${service^^}_PASSWORD
  owner=TENURE_DB_${service^^}_OWNER_PASSWORD
  service=$service runtime_password=${!runtime} owner_password=${!owner} run <<'SQL'
\getenv service service
\getenv runtime_password runtime_password
\getenv owner_password owner_password
SELECT :'service' || '_owner' AS owner \gset
CREATE ROLE :"owner" LOGIN PASSWORD :'owner_password';
CREATE ROLE :"service" LOGIN PASSWORD :'runtime_password';
CREATE DATABASE :"service" OWNER :"owner";
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"service" TO :"service";
SQL
done

run <<'SQL'
\getenv password TENURE_DB_KEYCLOAK_PASSWORD
CREATE ROLE keycloak LOGIN PASSWORD :'password';
CREATE DATABASE keycloak OWNER keycloak;
REVOKE ALL ON DATABASE keycloak FROM PUBLIC;
SQL
