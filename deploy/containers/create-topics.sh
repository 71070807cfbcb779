#!/usr/bin/env bash
# Run once in the Kafka image: makes the topics that are absent, the accounts, and the rules of who may do what. The broker
# makes no topic by itself, so that a misspelt name is an error, and refuses whatever is not allowed here.
#
#   create-topics.sh HOST:PORT     KAFKA_ADMIN_PASSWORD and KAFKA_<ACCOUNT>_PASSWORD for each account are in the environment
#   create-topics.sh --list        the topics
#   create-topics.sh --rules       the rules: account, operation, kind, name
#
# REPLICATION (3) and MIN_IN_SYNC (2) say how many brokers keep a topic, and how many must have a fact before it counts.
set -euo pipefail

bin=${KAFKA_BIN:-/opt/kafka/bin}
partitions=6
# Facts are kept longer than a consumer may be away, and dead letters as long again. Services remember events for longer
# than both and a replay together (tenure.inbox.keep, 120 days): what comes that late must not count twice.
kept_ms=$((30 * 24 * 60 * 60 * 1000))

# "producer: consumers"; each consumer has a dead-letter topic for each topic that it reads.
consumers() {
  cat <<'END'
provisioning: lifecycle credential audit
lifecycle: provisioning credential notification audit
credential: provisioning lifecycle notification audit
audit: audit
notification: provisioning lifecycle audit
END
}

topics() {
  local producer consumer all
  while read -r producer all; do
    echo "tenure.${producer%:}"
    for consumer in $all; do echo "tenure.${producer%:}.$consumer.dlq"; done
  done < <(consumers)
}

# Each topic has one writer; people of operations read every topic of Tenure's and write nothing. A name that ends in .*
# stands for all that begin with it.
rules() {
  local producer consumer all
  while read -r producer all; do
    echo "${producer%:} Write topic tenure.${producer%:}"
    echo "${producer%:} Read group tenure-${producer%:}"
    for consumer in $all; do
      echo "$consumer Read topic tenure.${producer%:}"
      echo "$consumer Write topic tenure.${producer%:}.$consumer.dlq"
    done
  done < <(consumers)
  echo "operations Read topic tenure.*"
  echo "operations Describe group *"
  echo "operations Describe cluster kafka-cluster"
}

case ${1:?the address of a broker, --list or --rules} in
  --list) topics; exit ;;
  --rules) rules; exit ;;
esac

broker=$1
export KAFKA_HEAP_OPTS=${KAFKA_HEAP_OPTS:--Xmx96m}
umask 077
files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT
cat >"$files/admin" <<END
security.protocol=SASL_PLAINTEXT
sasl.mechanism=PLAIN
sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="admin" password="${KAFKA_ADMIN_PASSWORD:?}";
END

running=()
await() {
  local pid
  for pid in "${running[@]}"; do wait "$pid"; done
  running=()
}
# Four at a time: each is a JVM.
start() {
  "$@" &
  running+=("$!")
  [ "${#running[@]}" -lt 4 ] || await
}

while read -r name; do
  start "$bin/kafka-topics.sh" --bootstrap-server "$broker" --command-config "$files/admin" --create --if-not-exists \
    --topic "$name" --partitions "$partitions" --replication-factor "${REPLICATION:-3}" \
    --config "min.insync.replicas=${MIN_IN_SYNC:-2}" --config "retention.ms=$kept_ms" \
    --config message.timestamp.type=LogAppendTime
done < <(topics)
await

while read -r account; do
  password=KAFKA_${account^^}_PASSWORD
  echo "SCRAM-SHA-512=password=${!password:?}" >"$files/$account"
  start "$bin/kafka-configs.sh" --bootstrap-server "$broker" --command-config "$files/admin" --alter \
    --entity-type users --entity-name "$account" --add-config-file "$files/$account"
done < <(rules | cut -d ' ' -f 1 | sort -u)
await

# One call for all that an account may do in the same way.
declare -A names
while read -r account operation kind name; do
  pattern=literal
  what="--$kind $name"
  case $kind in cluster) what=--cluster ;; esac
  case $name in
    *.\*) pattern=prefixed what="--$kind ${name%\*}" ;;
  esac
  names["$account $operation $pattern"]+=" $what"
done < <(rules)
for of in "${!names[@]}"; do
  read -r account operation pattern <<<"$of"
  read -r -a what <<<"${names[$of]}"
  start "$bin/kafka-acls.sh" --bootstrap-server "$broker" --command-config "$files/admin" --add --force \
    --allow-principal "User:$account" --operation "$operation" --resource-pattern-type "$pattern" "${what[@]}"
done
await
