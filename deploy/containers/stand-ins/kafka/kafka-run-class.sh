#!/usr/bin/env bash
# kafka-run-class.sh CLASS ARGS, and by its other names the tools of Kafka's bin directory that compose, its scripts and
# Testcontainers call.
set -euo pipefail

name=$(basename "$0")
case $name in
  kafka-run-class.sh)
    class=$1
    shift
    ;;
  kafka-server-start.sh) class=kafka.Kafka KAFKA_HEAP_OPTS=${KAFKA_HEAP_OPTS:--Xmx1G -Xms1G} ;;
  kafka-storage.sh) class=kafka.tools.StorageTool ;;
  kafka-topics.sh) class=org.apache.kafka.tools.TopicCommand ;;
  kafka-configs.sh) class=kafka.admin.ConfigCommand ;;
  kafka-acls.sh) class=org.apache.kafka.tools.AclCommand ;;
  kafka-consumer-groups.sh) class=org.apache.kafka.tools.consumer.group.ConsumerGroupCommand ;;
  kafka-console-consumer.sh) class=org.apache.kafka.tools.consumer.ConsoleConsumer ;;
  kafka-console-producer.sh) class=org.apache.kafka.tools.ConsoleProducer ;;
  kafka-broker-api-versions.sh) class=org.apache.kafka.tools.BrokerApiVersionsCommand ;;
  *)
    echo "$name: not in this stand-in" >&2
    exit 1
    ;;
esac

# The distribution logs with Log4j, this with slf4j-simple: to the standard error stream, tools only what is wrong.
level=info
[ "$name" = kafka-server-start.sh ] || [ "$name" = kafka-run-class.sh ] || level=warn
# Options are lists of words.
# shellcheck disable=SC2086
exec java ${KAFKA_HEAP_OPTS:--Xmx256M} ${KAFKA_JVM_PERFORMANCE_OPTS:--XX:+UseSerialGC} \
  -Dorg.slf4j.simpleLogger.defaultLogLevel=$level -Dorg.slf4j.simpleLogger.showDateTime=true ${KAFKA_OPTS:-} \
  -cp "${CLASSPATH:+$CLASSPATH:}/opt/kafka/libs/*" "$class" "$@"
