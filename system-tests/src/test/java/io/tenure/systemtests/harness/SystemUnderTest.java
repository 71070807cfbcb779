package io.tenure.systemtests.harness;

import io.tenure.local.platform.Http;
import io.tenure.local.platform.Layout;
import io.tenure.local.platform.Platform;
import io.tenure.local.platform.PortPlan;
import io.tenure.local.platform.Progress;
import io.tenure.local.platform.Retention;
import io.tenure.local.platform.ServiceProcess;
import io.tenure.local.platform.Services;
import io.tenure.local.platform.State;
import io.tenure.local.server.WorkingCopy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The real servers on ports of their own and the five packaged services as processes: what all classes of this module
 * drive, from outside. Started once.
 */
public final class SystemUnderTest implements AutoCloseable {

    /** The policy in production, compressed: warnings 5.6, 2.8 and 0.4 seconds before the end. Some tests act within it. */
    public static final Retention RETENTION = Retention.scaled(Duration.ofSeconds(12));

    /** Beside what the platform sets: how long anybody waits for a replica that died. */
    private static final Map<String, String> IMPATIENT = Map.of(
            "TENURE_TASKS_LEASE", "PT3S",
            "TENURE_TASKS_BACKOFF_MOST", "PT2S",
            "KAFKA_SESSION_TIMEOUT_MS", "6000",
            "KAFKA_HEARTBEAT_INTERVAL_MS", "1500");

    private static final int OFFSETS_BELOW_EPHEMERAL_PORTS = 130;

    private final Platform platform;
    private final Map<String, ServiceProcess> processes = new ConcurrentHashMap<>();
    private final Map<String, ServiceProcess> replicas = new ConcurrentHashMap<>();
    private final List<TestedTenant> tenants = new CopyOnWriteArrayList<>();
    private final Sensitive sensitive = new Sensitive();
    private final Tokens tokens;
    private final Journal journal;
    private final Gates gates;
    private final Set<Throwable> failures = Collections.newSetFromMap(new ConcurrentHashMap<>());

    /** The settings of an account's clients, as a file for the launcher. */
    public Path kafkaSettings(String account) {
        try {
            var properties = new Properties();
            properties.putAll(platform.kafka().clientSettings(account));
            var file = Files.createTempFile(platform.layout().run(), "kafka", ".properties");
            try (var writer = Files.newBufferedWriter(file)) {
                properties.store(writer, null);
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private SystemUnderTest(Platform platform) throws IOException {
        this.platform = platform;
        var progress = new Progress(System.out, false);
        platform.startServers(progress);
        this.journal = new Journal(platform.kafka());
        this.tokens = new Tokens(platform, sensitive);
        try (var threads = Executors.newCachedThreadPool()) {
            var starting = Services.ALL.stream()
                    .map(service -> threads.submit(() -> {
                        var process = platform.replica(
                                service, service.name(), platform.ports().of(service.name()), IMPATIENT);
                        processes.put(service.name(), process);
                        progress.part(service.name(), "starting");
                        process.start();
                        progress.part(service.name(), "ready");
                        return process;
                    }))
                    .toList();
            for (var start : starting) {
                start.get();
            }
        } catch (java.util.concurrent.ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        this.gates = new Gates(platform);
        sensitive.addSecretsOf(platform.layout());
    }

    /** Starts everything. When something does not start, nothing is left running. */
    static SystemUnderTest start() throws IOException {
        var copy = WorkingCopy.find().orElseThrow(() -> new IllegalStateException("not in a working copy of Tenure"));
        for (var service : Services.ALL) {
            if (!Files.exists(service.program(copy.root()))) {
                throw new IllegalStateException(service.program(copy.root())
                        + " is missing: run ./tenure test, which packages the services first");
            }
        }
        var state = Path.of("target", "system").toAbsolutePath();
        var layout = Layout.at(copy, state);
        State.drop(layout);
        var ports =
                new PortPlan(ThreadLocalRandom.current().nextInt(5, OFFSETS_BELOW_EPHEMERAL_PORTS) * 100).orNextFree();
        var platform = new Platform(layout, ports, RETENTION);
        try {
            return new SystemUnderTest(platform);
        } catch (IOException | RuntimeException | LinkageError e) {
            platform.close();
            throw e;
        }
    }

    /** The servers, their ports and secrets. */
    public Platform platform() {
        return platform;
    }

    /** What is on the topics. */
    public Journal journal() {
        return journal;
    }

    /** Stops a service where it records a fact. */
    public Gates gates() {
        return gates;
    }

    /** Access tokens of Keycloak. */
    public Tokens tokens() {
        return tokens;
    }

    /** What must be seen nowhere. */
    public Sensitive sensitive() {
        return sensitive;
    }

    /** The first replica of a service. */
    public ServiceProcess service(String name) {
        return processes.get(name);
    }

    /** Every service process that was ever started, for their logs. */
    List<ServiceProcess> allProcesses() {
        var all = new ArrayList<>(processes.values());
        all.addAll(replicas.values());
        return all;
    }

    /** A further replica, running. */
    public ServiceProcess replica(String service, String name) throws IOException {
        return replica(service, name, Map.of());
    }

    /** A further replica, running, with more in its environment. */
    public ServiceProcess replica(String service, String name, Map<String, String> more) throws IOException {
        var env = new HashMap<>(IMPATIENT);
        env.putAll(more);
        var replica = platform.replica(Services.named(service), name, io.tenure.local.server.Ports.free(), env);
        replicas.put(name, replica);
        try {
            replica.launch();
            // Beside all that runs already, it may take its time.
            replica.awaitReady(Duration.ofMinutes(4));
        } catch (RuntimeException failure) {
            replica.stop();
            throw failure;
        }
        return replica;
    }

    /** The base address of a service's first replica. */
    public URI url(String service) {
        return URI.create("http://127.0.0.1:" + platform.ports().of(service));
    }

    /** A GET that is sent again as long as nobody answers it: another case may have killed the service just now. */
    public Http.Answer get(String service, String path, String... headers) {
        return persistently(
                "GET " + path + " is answered", () -> Http.get(url(service).resolve(path), headers));
    }

    /** A POST that is sent again, under the same key, as long as nobody answers it. */
    public Http.Answer post(String service, String path, Object body, String token) {
        var key = UUID.randomUUID().toString();
        return persistently(
                "POST " + path + " is answered",
                () -> Http.json(
                        "POST",
                        url(service).resolve(path),
                        body,
                        "Authorization",
                        "Bearer " + token,
                        "Idempotency-Key",
                        key));
    }

    /** Sends a request that may be repeated until it is answered. */
    public Http.Answer persistently(String what, Supplier<Http.Answer> request) {
        return persistently(what, 503, request);
    }

    /** Sends a request that may be repeated until it is answered, and not with this status either. */
    public Http.Answer persistently(String what, int notYet, Supplier<Http.Answer> request) {
        var answer = new AtomicReference<Http.Answer>();
        Waiting.until(what, () -> {
            answer.set(request.get());
            return answer.get().status() != 503 && answer.get().status() != notYet;
        });
        return answer.get();
    }

    /** Where the sandbox driver keeps this tenant's disks. */
    public Path disksOf(UUID tenantId) {
        return platform.layout().sandbox().resolve("de-fra-1").resolve(tenantId.toString());
    }

    /** A test drives this tenant from now on. */
    public void register(TestedTenant tenant) {
        tenants.add(tenant);
    }

    /** Those that tests have driven so far. */
    public List<TestedTenant> tenants() {
        return List.copyOf(tenants);
    }

    /** What helps to find the reason of a failure: what happened to the tenants named in it, and the logs. */
    String report(String failure) {
        var text = new StringBuilder();
        for (var tenant : tenants) {
            if (failure.contains(tenant.label())
                    || failure.contains(tenant.tenantId().toString())) {
                text.append(tenant.chronicle()).append('\n');
            }
        }
        for (var process : allProcesses().stream()
                .sorted(java.util.Comparator.comparing(ServiceProcess::name))
                .toList()) {
            var state = process.process()
                    .map(p -> p.isAlive() ? "runs" : "does not run")
                    .orElse("was never started");
            text.append("--- ")
                    .append(process.name())
                    .append(' ')
                    .append(state)
                    .append("; last of ")
                    .append(process.log())
                    .append('\n');
            Logs.notable(process.log(), 12)
                    .forEach(line -> text.append("    ").append(line).append('\n'));
        }
        return text.toString();
    }

    /** Keeps state and logs, to be looked at. @return whether this failure is a new one */
    boolean markFailed(Throwable failure) {
        return failures.add(failure);
    }

    @Override
    public void close() throws IOException {
        gates.close();
        journal.close();
        try (var threads = Executors.newCachedThreadPool()) {
            allProcesses().forEach(p -> threads.submit(p::stop));
        }
        platform.close();
        if (failures.isEmpty()) {
            State.drop(platform.layout());
        } else {
            System.out.println(
                    "The logs of the failed run are in " + platform.layout().logs());
        }
    }

    /** Runs work on several threads and gives the first failure, if any, to the caller. */
    static void together(List<? extends Runnable> work) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var futures = work.stream().map(threads::submit).collect(Collectors.toList());
            for (var future : futures) {
                future.get();
            }
        } catch (java.util.concurrent.ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static <T> T unchecked(java.util.concurrent.Callable<T> call) {
        try {
            return call.call();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
