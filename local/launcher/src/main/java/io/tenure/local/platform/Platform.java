package io.tenure.local.platform;

import io.tenure.local.process.ChildProcess;
import io.tenure.local.server.KafkaAccess;
import io.tenure.local.server.KafkaServer;
import io.tenure.local.server.KeycloakServer;
import io.tenure.local.server.LocalServer;
import io.tenure.local.server.MailServer;
import io.tenure.local.server.PostgresServer;
import io.tenure.local.server.Topics;
import io.tenure.local.server.ZipkinServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * The whole platform on this machine: the servers, started side by side, then the five services as processes. Whoever
 * makes one closes it, and everything that it started is then gone.
 */
public final class Platform implements AutoCloseable {

    private static final int LAST_LINES = 25;

    private final Layout layout;
    private final PortPlan ports;
    private final Secrets secrets;
    private final Retention retention;
    private final PostgresServer postgres;
    private final KafkaServer kafka;
    private final KeycloakServer keycloak;
    private final ZipkinServer zipkin;
    private final MailServer mail;
    private final List<ServiceProcess> services = new CopyOnWriteArrayList<>();
    private final AtomicReference<RuntimeException> reason = new AtomicReference<>();
    private volatile boolean closed;
    private volatile Consumer<Crash> onCrash = message -> {};

    /**
     * A platform that is not started yet.
     *
     * @param retention the policy that the lifecycle service runs with
     */
    public Platform(Layout layout, PortPlan ports, Retention retention) throws IOException {
        this.layout = layout;
        this.ports = ports;
        this.secrets = new Secrets(layout);
        this.retention = retention;
        this.postgres = new PostgresServer(new PostgresServer.Config(
                layout.programs(),
                layout.data("postgresql"),
                layout.log("postgresql"),
                layout.run(),
                ports.of("postgresql"),
                secrets.password("db-superuser"),
                true));
        this.kafka = new KafkaServer(new KafkaServer.Config(
                layout.data("kafka"),
                layout.log("kafka"),
                layout.run(),
                ports.of("kafka"),
                ports.of("kafka controller"),
                account -> secrets.password("kafka-" + account)));
        this.keycloak = new KeycloakServer(new KeycloakServer.Config(
                layout.programs(),
                layout.data("keycloak"),
                layout.log("keycloak"),
                layout.run(),
                layout.archive("keycloak", KeycloakServer.program()),
                ports.of("keycloak"),
                Realm.json(layout.root()),
                Realm.secrets(secrets),
                secrets.password("keycloak-admin")));
        this.zipkin = new ZipkinServer(
                new ZipkinServer.Config(layout.data("zipkin"), layout.log("zipkin"), layout.run(), ports.of("zipkin")));
        this.mail = new MailServer(layout.mail(), ports.of("smtp"), ports.of("imap"), secrets.password("mailbox"));
        for (var service : Services.ALL) {
            services.add(replica(service, service.name(), ports.of(service.name()), Map.of()));
        }
    }

    /** Where it keeps what. */
    public Layout layout() {
        return layout;
    }

    /** Which part listens where. */
    public PortPlan ports() {
        return ports;
    }

    /** Its passwords and keys. */
    public Secrets secrets() {
        return secrets;
    }

    /** The retention policy that it runs with. */
    public Retention retention() {
        return retention;
    }

    /** The database server. */
    public PostgresServer postgres() {
        return postgres;
    }

    /** The broker. */
    public KafkaServer kafka() {
        return kafka;
    }

    /** The identity provider. */
    public KeycloakServer keycloak() {
        return keycloak;
    }

    /** The trace store. */
    public ZipkinServer zipkin() {
        return zipkin;
    }

    /** The mail server. */
    public MailServer mail() {
        return mail;
    }

    /** The first replica of a service. */
    public ServiceProcess service(String name) {
        return services.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
    }

    /**
     * A further replica of a service, not started yet; it shares database, keys and files with the others. The platform
     * does not stop it: the caller does.
     *
     * @param name unlike that of any other part
     * @param more settings beside the usual ones
     */
    public ServiceProcess replica(Services.Service service, String name, int port, Map<String, String> more) {
        var env = settings(service);
        env.putAll(more);
        return new ServiceProcess(layout, service, name, port, env);
    }

    /** The environment of a replica of a service, secrets included. The caller may change it. */
    public Map<String, String> settings(Services.Service service) {
        return ServiceSettings.of(service, layout, ports, secrets, retention);
    }

    /** Every part, in the order of {@code status}. */
    public List<LocalServer> parts() {
        var parts = new ArrayList<LocalServer>(List.of(postgres, kafka, keycloak, zipkin, mail));
        parts.addAll(services);
        return parts;
    }

    /**
     * A part that ended and that nobody has stopped.
     *
     * @param part its name
     * @param report what happened, last log lines included
     */
    public record Crash(String part, String report) {}

    /** Called when a part crashes. */
    public void onCrash(Consumer<Crash> listener) {
        onCrash = listener;
    }

    /**
     * Starts the servers without the services. When one fails, those that run already are stopped.
     *
     * @throws io.tenure.local.process.StartFailure naming the part that failed first
     * @throws PlatformException when a port is taken
     */
    public void startServers(Progress progress) {
        ports.requireFree();
        startAll(progress, servers(new CountDownLatch(0), progress));
    }

    /** The same without the trace store, for services that export no spans. */
    public void startServersWithoutTraces(Progress progress) {
        ports.requireFree();
        startAll(
                progress,
                servers(new CountDownLatch(0), progress).stream()
                        .filter(s -> s.server() != zipkin)
                        .toList());
    }

    /** Starts the five services on servers that run. */
    public void startServices(Progress progress) {
        startAll(progress, services(new CountDownLatch(0), progress));
    }

    /**
     * Starts everything. The services wait for the database, the topics and Keycloak's one-time preparation, and not for
     * Keycloak itself: they wait for it on their own while they start, which keeps all processors at work.
     */
    public void start(Progress progress) {
        ports.requireFree();
        var gate = new CountDownLatch(3);
        var all = new ArrayList<>(servers(gate, progress));
        all.addAll(services(gate, progress));
        startAll(progress, all);
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private record Starting(LocalServer server, Work before, Work after) {}

    private List<Starting> servers(CountDownLatch gate, Progress progress) {
        Work nothing = () -> {};
        return List.of(
                new Starting(postgres, nothing, () -> {
                    Services.ALL.forEach(s -> postgres.ensureDatabase(
                            s.name(),
                            secrets.password("db-" + s.name() + "-owner"),
                            secrets.password("db-" + s.name())));
                    gate.countDown();
                }),
                new Starting(kafka, nothing, () -> {
                    kafka.ensureTopics(Topics.all(), Topics.PARTITIONS);
                    kafka.ensureAccess();
                    writeKcatSettings();
                    gate.countDown();
                }),
                new Starting(
                        keycloak,
                        () -> {
                            progress.part(keycloak.name(), "preparing; takes longer the first time");
                            keycloak.prepare();
                            gate.countDown();
                        },
                        nothing),
                new Starting(zipkin, nothing, nothing),
                new Starting(mail, nothing, nothing));
    }

    /**
     * People who read topics have an account that cannot write. It may also say its password plainly: the kcat of most
     * distributions has a librdkafka before 2.6.1, whose SCRAM no broker from 4.0 on accepts (edenhill/kcat, issue 462).
     */
    private void writeKcatSettings() throws IOException {
        Files.deleteIfExists(layout.kcat());
        Files.createFile(
                layout.kcat(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(layout.kcat(), """
                bootstrap.servers=%s
                security.protocol=SASL_PLAINTEXT
                sasl.mechanism=PLAIN
                sasl.username=%s
                sasl.password=%s
                """.formatted(
                kafka.bootstrapServers(), KafkaAccess.OPERATIONS, secrets.password("kafka-" + KafkaAccess.OPERATIONS)));
    }

    private List<Starting> services(CountDownLatch gate, Progress progress) {
        return services.stream()
                .map(s -> new Starting(
                        s,
                        () -> {
                            progress.part(s.name(), "waiting for database and topics");
                            awaitOpen(gate);
                        },
                        () -> {}))
                .toList();
    }

    private void awaitOpen(CountDownLatch gate) throws InterruptedException {
        while (!gate.await(200, TimeUnit.MILLISECONDS)) {
            if (closed) {
                throw new PlatformException("not started, because another part failed");
            }
        }
    }

    private void startAll(Progress progress, List<Starting> all) {
        try (var threads = Executors.newCachedThreadPool()) {
            var running = new ExecutorCompletionService<Void>(threads);
            all.forEach(s -> running.submit(() -> startOne(progress, s), null));
            for (int i = 0; i < all.size(); i++) {
                running.take().get();
            }
        } catch (ExecutionException e) {
            var first = reason.get();
            if (first != null) {
                throw first;
            }
            throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PlatformException("interrupted while starting");
        }
    }

    private void startOne(Progress progress, Starting starting) {
        var server = starting.server();
        long began = System.nanoTime();
        try {
            starting.before().run();
            if (closed) {
                return;
            }
            began = System.nanoTime();
            progress.part(server.name(), "starting");
            server.start();
            starting.after().run();
            server.process().ifPresent(this::watch);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PlatformException("interrupted while starting " + server.name());
        } catch (IOException | RuntimeException e) {
            var failure = e instanceof IOException io
                    ? new UncheckedIOException(server.name() + ": " + io.getMessage(), io)
                    : (RuntimeException) e;
            // Closing makes the other starts end, and fail sooner than this one: only the first tells why.
            if (reason.compareAndSet(null, failure)) {
                if (!closed) {
                    progress.part(server.name(), "failed");
                }
                close();
            }
            throw failure;
        }
        if (closed) {
            server.stop();
            return;
        }
        var took = (System.nanoTime() - began) / 1e9;
        progress.part(server.name(), String.format(Locale.ROOT, "ready on port %d after %.1f s", server.port(), took));
    }

    private void watch(ChildProcess child) {
        child.onExit().thenAccept(status -> {
            if (!child.isStopping()) {
                var lines = String.join("\n    ", child.lastLines(LAST_LINES));
                onCrash.accept(new Crash(
                        child.name(),
                        child.name() + " ended by itself with status " + status + ". Its last lines:\n    " + lines));
            }
        });
    }

    /** Stops the services side by side, then the servers. */
    @Override
    public void close() {
        closed = true;
        stopAll(services);
        stopAll(List.of(zipkin, mail, kafka, keycloak));
        postgres.stop();
    }

    private static void stopAll(List<? extends LocalServer> parts) {
        try (var threads = Executors.newCachedThreadPool()) {
            parts.forEach(p -> threads.submit(p::stop));
        }
    }
}
