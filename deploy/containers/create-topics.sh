#!/usr/bin/env bash
# Run once in the Kafka image: makes the topics that are absent. The broker makes none by itself, so that a misspelt name
# is an error. "producer: consumers" below; each consumer has a dead-letter topic for each topic that it reads.
set -euo pipefail

broker=${1:?the address of a broker}
bin=${KAFKA_BIN:-/opt/kafka/bin}
partitions=6
# A dead letter waits for an operator, but not beyond the time for which services remember events (tenure.inbox.keep, 35
# days): replayed later, it would count twice.
dead_letters_kept_ms=$((30 * 24 * 60 * 60 * 1000))

consumers() {
  cat <<'END'
provisioning: lifecycle credential audit
lifecycle: provisioning credential notification audit
credential: lifecycle notification audit
audit: audit
notification: provisioning lifecycle audit
END
}

# A line a topic: its name and the options that it has beside the common ones.
topics() {
  local producer consumer all
  while read -r producer all; do
    echo "tenure.${producer%:}"
    for consumer in $all; do
      echo "tenure.${producer%:}.$consumer.dlq --config retention.ms=$dead_letters_kept_ms"
    done
  done < <(consumers)
}

if [ "$broker" = --list ]; then
  topics | cut -d ' ' -f 1
  exit
fi

export KAFKA_HEAP_OPTS=${KAFKA_HEAP_OPTS:--Xmx96m}
running=()
await() {
  local pid
  for pid in "${running[@]}"; do wait "$pid"; done
  running=()
}
while read -r name options; do
  # shellcheck disable=SC2086  # the options are words
  "$bin/kafka-topics.sh" --bootstrap-server "$broker" --create --if-not-exists --topic "$name" \
    --partitions "$partitions" --replication-factor 1 $options &
  running+=("$!")
  # Four at a time: each is a JVM.
  [ "${#running[@]}" -lt 4 ] || await
done < <(topics)
await
