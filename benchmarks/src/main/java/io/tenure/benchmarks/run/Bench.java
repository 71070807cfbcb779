package io.tenure.benchmarks.run;

import io.tenure.local.platform.Layout;
import io.tenure.local.platform.LocalIdentities;
import io.tenure.local.platform.Platform;
import io.tenure.local.platform.PortPlan;
import io.tenure.local.platform.Progress;
import io.tenure.local.platform.Retention;
import io.tenure.local.platform.Services;
import io.tenure.local.platform.State;
import io.tenure.local.server.Ports;
import io.tenure.local.server.Topics;
import io.tenure.local.server.WorkingCopy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.TopicExistsException;

/** One run of benchmarks: its options, the servers, and the programs that were started in it. */
public final class Bench implements AutoCloseable {

    private static final String DIRECTORY = "bench/work";
    private static final int OFFSETS_BELOW_EPHEMERAL_PORTS = 130;

    private final WorkingCopy copy;
    private final Layout layout;
    private final boolean quick;
    private final int rounds;
    private final Path profiles;
    private final long began = System.nanoTime();
    private final List<Running> started = new ArrayList<>();
    private Platform platform;
    private TokenCache tokens;

    /**
     * A run. What an earlier one left is dropped.
     *
     * @param rounds how often everything is measured
     * @param profiles where the services leave recordings of what they did; null where they make none
     */
    public Bench(WorkingCopy copy, boolean quick, int rounds, Path profiles) throws IOException {
        this.copy = copy;
        this.layout = Layout.beside(copy, DIRECTORY);
        this.quick = quick;
        this.rounds = rounds;
        this.profiles = profiles;
        State.drop(layout);
    }

    /** Fewer and shorter rounds and smaller data: all of it within ten minutes. */
    public boolean quick() {
        return quick;
    }

    /** How often everything is measured. */
    public int rounds() {
        return rounds;
    }

    /** Rounds before those that count, measured like them and thrown away; a short look has no time for any. */
    public int warmups() {
        return quick ? 0 : 1;
    }

    /** The directory with the launcher. */
    public Path root() {
        return copy.root();
    }

    /** For files of a benchmark. */
    public Path scratch() {
        return directory(layout.data("scratch"));
    }

    /**
     * The servers, started when first asked for: the packaged platform on free ports with state of its own; PostgreSQL
     * with its defaults for fsync and synchronous_commit, which are on.
     */
    public synchronized Platform platform() {
        if (platform == null) {
            try {
                var offset = ThreadLocalRandom.current().nextInt(5, OFFSETS_BELOW_EPHEMERAL_PORTS) * 100;
                platform = new Platform(layout, new PortPlan(offset).orNextFree(), Retention.PRODUCTION);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            var progress = new Progress(System.err, false);
            if (profiles == null) {
                platform.startServersWithoutTraces(progress);
            } else {
                platform.startServers(progress);
            }
            tokens = new TokenCache(new LocalIdentities(platform.keycloak().url(), platform.secrets()));
        }
        return platform;
    }

    /** Drops a database and makes it anew, empty, with its roles {@code name} and {@code name_owner}. */
    public void freshDatabase(String name) throws SQLException {
        try (var admin = connectAsSuperuser("postgres");
                var statement = admin.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS \"" + name + "\" WITH (FORCE)");
        }
        var secrets = platform().secrets();
        platform()
                .postgres()
                .ensureDatabase(name, secrets.password("db-" + name + "-owner"), secrets.password("db-" + name));
    }

    /** Makes a database anew with the tables of a service, for a peer that is to use the same without the service. */
    public void freshDatabaseLike(String service, String name) throws SQLException, IOException {
        freshDatabase(name);
        try (var owner = connectAsOwner(name)) {
            new Migrations(copy.root(), service).apply(owner, name);
        }
    }

    /** Deletes the platform's topics and makes them anew, empty. */
    public void freshTopics() throws Exception {
        try (var admin = platform().kafka().admin()) {
            var present = new HashSet<>(admin.listTopics().names().get(30, TimeUnit.SECONDS));
            present.retainAll(Set.copyOf(Topics.all()));
            admin.deleteTopics(present).all().get(30, TimeUnit.SECONDS);
            awaitAbsent(admin, present);
        }
        for (int attempt = 0; ; attempt++) {
            try {
                platform().kafka().ensureTopics(Topics.all(), Topics.PARTITIONS);
                return;
            } catch (RuntimeException e) {
                // The controller may take a moment longer than its brokers to forget a name.
                if (attempt == 50 || !(rootOf(e) instanceof TopicExistsException)) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }

    private static void awaitAbsent(Admin admin, Set<String> topics) throws InterruptedException, ExecutionException {
        for (int attempt = 0; attempt < 100; attempt++) {
            var present = new HashSet<>(admin.listTopics().names().get());
            present.retainAll(topics);
            if (present.isEmpty()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static Throwable rootOf(Throwable e) {
        return e.getCause() == null ? e : rootOf(e.getCause());
    }

    /**
     * One of the five services, packaged, ready, with the options of the container image. It listens where the others
     * expect it, if that is free.
     *
     * @param env beside the platform's usual settings. Spans are exported only in a run that makes profiles
     */
    public Running service(String name, int heapMiB, Map<String, String> env) throws Exception {
        var service = Services.named(name);
        var settings = platform().settings(service);
        if (profiles == null) {
            settings.put("TENURE_TRACING_ZIPKIN_ENDPOINT", "");
        }
        settings.putAll(env);
        int usual = platform().ports().of(name);
        int port = Ports.isFree(usual) ? usual : Ports.free();
        return start(service, copy.root(), port, heapMiB, settings);
    }

    /**
     * Any Quarkus program below {@code root}, likewise. It gets the settings of the provisioning service, and a database
     * named after itself, which {@link #freshDatabase} makes.
     */
    public Running program(Services.Service program, Path root, int heapMiB, Map<String, String> env) throws Exception {
        var name = program.name();
        var secrets = platform().secrets();
        var settings = platform().settings(Services.named("provisioning"));
        settings.put("TENURE_TRACING_ZIPKIN_ENDPOINT", "");
        settings.put("TENURE_DB_NAME", name);
        settings.put("TENURE_DB_PASSWORD", secrets.password("db-" + name));
        settings.put("TENURE_DB_OWNER_PASSWORD", secrets.password("db-" + name + "-owner"));
        settings.putAll(env);
        return start(program, root, Ports.free(), heapMiB, settings);
    }

    private Running start(Services.Service program, Path root, int port, int heapMiB, Map<String, String> env)
            throws Exception {
        var name = program.name();
        var options = profiles == null ? archive(program, root) : profiling(name);
        var running = Replica.start(
                program.program(root),
                name,
                port,
                heapMiB,
                options,
                directory(layout.data(name)),
                layout.log(name),
                new HashMap<>(env));
        synchronized (started) {
            started.add(running);
        }
        note("%s ready after %.1f s".formatted(name, running.ready().toMillis() / 1e3));
        return running;
    }

    /** Where this run leaves what shows the services at work; empty where it leaves nothing. */
    public Optional<Path> profiles() {
        return Optional.ofNullable(profiles);
    }

    /**
     * Options for the archive that the local platform has made, if any; it only shortens the start. It does not fit a
     * JVM with Flight Recorder.
     */
    private List<String> archive(Services.Service program, Path root) throws IOException {
        var options = new ArrayList<>(new Layout(root, layout.state(), layout.programs(), false)
                .archive(program.name(), program.jars(root))
                .options());
        if (!options.isEmpty()) {
            // The archive was made with this option, and is not used without it.
            options.addFirst("--enable-native-access=ALL-UNNAMED");
        }
        return options;
    }

    /** A recording by Flight Recorder, written at the program's end: processor time and allocation by stack. */
    private List<String> profiling(String name) {
        // Reactive stacks are deep; the 64 frames of the default would leave out whose work it is.
        return List.of(
                "-XX:FlightRecorderOptions:stackdepth=256",
                "-XX:StartFlightRecording:settings=profile,jdk.CPUTimeSample#enabled=true,dumponexit=true,filename="
                        + directory(profiles).resolve(name + "-%p.jfr"));
    }

    /** A connection to a service's database as the role that it runs with. */
    public Connection connect(String service) throws SQLException {
        return platform().postgres().connect(service, platform().secrets().password("db-" + service), service);
    }

    /** A connection to a service's database as the role that owns it. */
    public Connection connectAsOwner(String service) throws SQLException {
        return platform()
                .postgres()
                .connect(service + "_owner", platform().secrets().password("db-" + service + "-owner"), service);
    }

    /** A connection that may change the server's settings. */
    public Connection connectAsSuperuser(String database) throws SQLException {
        return platform().postgres().connect("postgres", platform().secrets().password("db-superuser"), database);
    }

    /** An access token of a client ({@code crm}, {@code operations}) or a local user; from memory for a minute. */
    public String token(String user) {
        platform();
        return tokens.of(user);
    }

    /** Progress, for people. */
    public void note(String line) {
        System.err.printf(Locale.ROOT, "%6.1f s  %s%n", (System.nanoTime() - began) / 1e9, line);
    }

    private static Path directory(Path dir) {
        try {
            return Files.createDirectories(dir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops whatever a benchmark has left running, and the servers. Logs stay. */
    @Override
    public synchronized void close() throws IOException {
        synchronized (started) {
            started.forEach(Running::close);
        }
        if (platform != null) {
            platform.close();
        }
    }
}
