#!/usr/bin/env bash
# Starts PostgreSQL as the entry point of the public image does, as far as compose and Testcontainers use that: makes the data
# directory the first time, runs what is in /docker-entrypoint-initdb.d on a server that listens on its socket only, and
# then becomes the server. Anything else than "postgres" or its options is run as it is.
set -Eeuo pipefail

case ${1:-postgres} in
  -*) set -- postgres "$@" ;;
esac
[ "${1:-postgres}" = postgres ] || exec "$@"

# NAME or the content of the file that NAME_FILE names.
from_file() {
  local file=${1}_FILE
  [ -z "${!file:-}" ] || export "$1=$(<"${!file}")"
}

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  chmod 700 "$PGDATA"
  find "$PGDATA" \! -user postgres -exec chown postgres {} +
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

from_file POSTGRES_PASSWORD
from_file POSTGRES_USER
from_file POSTGRES_DB
export POSTGRES_USER=${POSTGRES_USER:-postgres}
export POSTGRES_DB=${POSTGRES_DB:-$POSTGRES_USER}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]; then
    echo "Error: Database is uninitialized and superuser password is not specified. Set POSTGRES_PASSWORD." >&2
    exit 1
  fi
  # The socket inside the container asks for no password, as in the public image.
  eval "initdb --username=\"\$POSTGRES_USER\" --pwfile=<(printf '%s\n' \"\$POSTGRES_PASSWORD\") ${POSTGRES_INITDB_ARGS:-} \"\$PGDATA\""
  printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >> "$PGDATA/pg_hba.conf"

  pg_ctl --pgdata="$PGDATA" --wait --options="$(printf '%q ' "${@:2}") -c listen_addresses='' -p 5432" start
  process_sql() { psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --no-password --no-psqlrc "$@"; }
  if [ "$POSTGRES_DB" != postgres ]; then
    process_sql --dbname postgres --set db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
  fi
  for script in /docker-entrypoint-initdb.d/*; do
    case $script in
      *.sh) if [ -x "$script" ]; then "$script"; else . "$script"; fi ;;
      *.sql) process_sql --dbname "$POSTGRES_DB" --file "$script" ;;
      *.sql.gz) gunzip -c "$script" | process_sql --dbname "$POSTGRES_DB" ;;
    esac
  done
  pg_ctl --pgdata="$PGDATA" --wait --mode=fast stop
  echo
  echo 'PostgreSQL init process complete; ready for start up.'
  echo
fi

unset POSTGRES_PASSWORD
exec "$@"
