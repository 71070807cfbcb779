package io.tenure.provisioning.platform;

import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Uni;
import io.tenure.kit.Ids;
import io.tenure.kit.task.Urgency;
import io.tenure.kit.task.Work;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The configured platform, for tasks. Its calls block, so each class of urgency has threads of its own: a platform that hangs
 * in a hundred wipes still disables.
 */
@ApplicationScoped
public class Hypervisor {

    /** As many as tasks of a class run at once, and as many again for calls that were given up and have not returned. */
    private static final int THREADS = 16;

    private final HypervisorDriver driver;
    private final Platforms platforms;
    private final Duration deadline;
    private final Map<Urgency, ExecutorService> workers = new EnumMap<>(Urgency.class);

    Hypervisor(
            HypervisorDriver driver,
            Platforms platforms,
            @ConfigProperty(name = "tenure.hypervisor.deadline") Duration deadline) {
        this.driver = driver;
        this.platforms = platforms;
        this.deadline = deadline;
        for (Urgency urgency : Urgency.values()) {
            var pool = new ThreadPoolExecutor(
                    THREADS,
                    THREADS,
                    1,
                    TimeUnit.MINUTES,
                    new LinkedBlockingQueue<>(),
                    Thread.ofPlatform()
                            .daemon()
                            .name("hypervisor-" + urgency.name().toLowerCase() + "-", 0)
                            .factory());
            pool.allowCoreThreadTimeOut(true);
            workers.put(urgency, pool);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        workers.values().forEach(ExecutorService::shutdownNow);
    }

    /** The platform that places assets in a location; empty if there is none. */
    public Optional<String> platformIn(String location) {
        return driver.locations().contains(location) ? Optional.of(platforms.name()) : Optional.empty();
    }

    /** How long a call may go on without progress. */
    public Duration deadline() {
        return deadline;
    }

    /**
     * Makes a call on a worker thread, unless its task's lease is lost by then. Cancelling it interrupts the call.
     *
     * @return fails unless the platform is the one on which the assets were placed, before the call and after it: a storage that
     *     was not mounted answers as well, and what it says is nothing
     */
    public <T> Uni<T> call(Work work, Function<HypervisorDriver, T> call) {
        return platforms
                .identity(() -> onWorker(work, () -> driver.mark(Ids.next())))
                .flatMap(identity -> onWorker(work, () -> {
                    mustBe(identity);
                    T answer = call.apply(driver);
                    mustBe(identity);
                    return answer;
                }));
    }

    private void mustBe(UUID identity) {
        if (!driver.identity().equals(Optional.of(identity))) {
            throw DriverException.passing(
                    "the storage that is there does not carry the platform's mark: bring back the one on"
                            + " which the assets were placed");
        }
    }

    private <T> Uni<T> onWorker(Work work, Supplier<T> call) {
        return Uni.createFrom().emitter(answer -> {
            Future<?> running = workers.get(work.task().urgency()).submit(() -> {
                try {
                    work.mustHold();
                    answer.complete(call.get());
                } catch (RuntimeException failure) {
                    answer.fail(failure);
                }
            });
            answer.onTermination(() -> running.cancel(true));
        });
    }
}
