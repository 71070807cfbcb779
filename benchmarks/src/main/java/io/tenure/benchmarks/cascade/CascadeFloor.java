package io.tenure.benchmarks.cascade;

import io.tenure.benchmarks.fill.OutboxRows;
import io.tenure.benchmarks.run.Bench;
import io.tenure.local.platform.Http;
import io.tenure.local.server.KafkaAccess;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What the cascade cannot do without: each kind of step measured alone, one after the other, medians in milliseconds. How
 * often a way takes each was counted in the code: a transaction that locks or writes a row is a commit that is flushed.
 *
 * @param commit a transaction that inserts one row
 * @param hop a record from its sending (acks=all) to the consumer's poll
 * @param list the admin API's search for a tenant's users, as the credential service asks it
 * @param reduce the six calls of the admin API, together, that make an administrator one who departs
 */
record CascadeFloor(double commit, double hop, double list, double reduce) {

    /** From the accepted request to the last disablement. */
    static final String DISABLEMENT = """
            from the answer of POST /v1/terminations: 2 hops (TerminationRequested; the last fact to the watcher), and the longer of
              provisioning, 7 commits: inbox with task; claim; look at the asset; asset off with AssetDisabled and next task;
                claim; look at the tenant; inventory compared with TenantDisabled
              credential, 5 commits and 7 calls of Keycloak: inbox with CredentialRevoked and task; claim; plan; users of the tenant
                (GET); noted; its roles (GET), one taken (DELETE), the other (GET), given (POST), read back (GET), logged out (POST);
                TenantAccessRestricted""";

    /** From the end of the retention to the certificate. */
    static final String CERTIFICATE = """
            from the end of the retention: 3 hops (DeletionStarted; the last fact to lifecycle; the certificate's to the watcher), the
            sweep's commit, that of lifecycle's inbox with the certificate, and the longer of
              provisioning, 8 commits: inbox with task; claim; look at the asset; evidence of the sanitization; AssetSanitized with
                next task; claim; look at the tenant; inventory compared with TenantAssetsDeleted
              credential, 4 commits and a call of Keycloak: inbox with keys destroyed and task; claim; plan; users of the tenant
                (GET), of whom the administrator stays; TenantKeysDestroyed""";

    private static final int WARMUPS = 100;
    private static final int TIMES = 200;
    private static final int CALL_WARMUPS = 15;
    private static final int CALLS = 30;
    private static final String TABLE = "bench_commit";
    private static final String TOPIC = "bench.hop";

    double disablement() {
        return 2 * hop + Math.max(7 * commit, 5 * commit + list + reduce);
    }

    double certificate() {
        return 3 * hop + 2 * commit + Math.max(8 * commit, 4 * commit + list);
    }

    String shown() {
        return ("commit %.2f ms, hop %.2f ms; Keycloak: GET users of a tenant %.2f ms, the six calls that reduce"
                        + " an administrator %.2f ms: each the median of %d (calls: %d), one after the other, by this JVM, while the"
                        + " services idle")
                .formatted(commit, hop, list, reduce, TIMES, CALLS);
    }

    private interface Step {
        void run(int turn) throws Exception;
    }

    /** Measures all of it. */
    static CascadeFloor measure(Bench bench) throws Exception {
        double commit = commit(bench);
        double hop = hop(bench);
        var calls = new Calls(bench);
        var medians = calls.medians();
        return new CascadeFloor(commit, hop, medians.get(0), medians.get(1));
    }

    private static double median(int warmups, int times, Step step) throws Exception {
        var nanos = new Histogram(3);
        for (int i = 0; i < warmups + times; i++) {
            long began = System.nanoTime();
            step.run(i);
            if (i >= warmups) {
                nanos.recordValue(System.nanoTime() - began);
            }
        }
        return nanos.getValueAtPercentile(50) / 1e6;
    }

    private static double commit(Bench bench) throws Exception {
        try (var owner = bench.connectAsOwner("lifecycle");
                var statement = owner.createStatement()) {
            statement.execute("CREATE TABLE " + TABLE + " (id uuid PRIMARY KEY, what text NOT NULL)");
            owner.setAutoCommit(false);
            try (var insert = owner.prepareStatement("INSERT INTO " + TABLE + " VALUES (?, 'something')")) {
                return median(WARMUPS, TIMES, turn -> insertOne(insert));
            } finally {
                owner.rollback();
                statement.execute("DROP TABLE " + TABLE);
                owner.commit();
            }
        }
    }

    private static void insertOne(java.sql.PreparedStatement insert) throws SQLException {
        insert.setObject(1, UUID.randomUUID());
        insert.executeUpdate();
        insert.getConnection().commit();
    }

    private static double hop(Bench bench) throws Exception {
        var kafka = bench.platform().kafka();
        kafka.ensureTopics(List.of(TOPIC), 1);
        var partition = new TopicPartition(TOPIC, 0);
        var value = new byte[OutboxRows.payloadBytes()];
        var producing = kafka.clientSettings(KafkaAccess.ADMIN);
        producing.put(ProducerConfig.ACKS_CONFIG, "all");
        producing.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        var consuming = kafka.clientSettings(KafkaAccess.ADMIN);
        consuming.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        try (var producer = new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer());
                var consumer =
                        new KafkaConsumer<>(consuming, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToEnd(List.of(partition));
            consumer.position(partition);
            return median(WARMUPS, TIMES, turn -> {
                producer.send(new ProducerRecord<>(TOPIC, value));
                while (consumer.poll(Duration.ofSeconds(10)).isEmpty()) {
                    // Not there yet.
                }
            });
        }
    }

    /** The calls that the credential service makes of Keycloak's admin API, with its own account. */
    private static final class Calls {

        private final URI users;
        private final URI roles;
        private final String bearer;
        private final Histogram[] nanos = {new Histogram(3), new Histogram(3)};

        Calls(Bench bench) {
            var keycloak = bench.platform().keycloak();
            this.users = keycloak.url().resolve("/admin/realms/tenure/users");
            this.roles = keycloak.url().resolve("/admin/realms/tenure/roles");
            var token = Http.form(
                            URI.create(keycloak.realmUrl() + "/protocol/openid-connect/token"),
                            Map.of(
                                    "grant_type",
                                    "client_credentials",
                                    "client_id",
                                    "tenure-credential",
                                    "client_secret",
                                    bench.platform().secrets().password("client-credential")))
                    .json()
                    .get("access_token")
                    .asText();
            this.bearer = "Bearer " + token;
        }

        List<Double> medians() {
            for (int i = 0; i < CALL_WARMUPS + CALLS; i++) {
                if (i == CALL_WARMUPS) {
                    List.of(nanos).forEach(Histogram::reset);
                }
                once();
            }
            return List.of(nanos).stream()
                    .map(n -> n.getValueAtPercentile(50) / 1e6)
                    .toList();
        }

        /** One user's life. */
        private void once() {
            var tenant = UUID.randomUUID().toString();
            answered(Http.json(
                    "POST",
                    users,
                    Map.of(
                            "username",
                            "bench-" + tenant,
                            "enabled",
                            true,
                            "attributes",
                            Map.of("tenant_id", List.of(tenant))),
                    "Authorization",
                    bearer));
            var query = URI.create(users + "?q=tenant_id:" + tenant + "&first=0&max=100&briefRepresentation=false");
            long began = System.nanoTime();
            var found = get(query);
            nanos[0].recordValue(System.nanoTime() - began);
            var user = URI.create(users + "/" + found.json().get(0).get("id").asText());
            var held = URI.create(user + "/role-mappings/realm");
            var administrator = List.of(get(role("tenant-admin")).json());
            answered(Http.json("POST", held, administrator, "Authorization", bearer));
            began = System.nanoTime();
            get(held);
            answered(Http.json("DELETE", held, administrator, "Authorization", bearer));
            var departing = List.of(get(role("departing-admin")).json());
            answered(Http.json("POST", held, departing, "Authorization", bearer));
            get(URI.create(held + "/composite"));
            answered(Http.json("POST", URI.create(user + "/logout"), null, "Authorization", bearer));
            nanos[1].recordValue(System.nanoTime() - began);
            answered(Http.json("DELETE", user, null, "Authorization", bearer));
        }

        private URI role(String name) {
            return URI.create(roles + "/" + name);
        }

        private Http.Answer get(URI what) {
            return answered(Http.get(what, "Authorization", bearer));
        }

        private static Http.Answer answered(Http.Answer answer) {
            if (answer.status() / 100 != 2) {
                throw new IllegalStateException("Keycloak answered " + answer.status() + ": " + answer.body());
            }
            return answer;
        }
    }
}
