package io.tenure.provisioning.hypervisor;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.Function;

/** The configured platform, for callers on an event loop. */
@ApplicationScoped
public class Hypervisor {

    private final HypervisorDriver driver;

    Hypervisor(HypervisorDriver driver) {
        this.driver = driver;
    }

    /** Runs a call on a worker thread; its result comes back on the caller's own context, where its sessions live. */
    public <T> Uni<T> call(Function<HypervisorDriver, T> call) {
        Context own = Vertx.currentContext();
        return Uni.createFrom()
                .item(() -> call.apply(driver))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .emitOn(next -> own.runOnContext(run -> next.run()));
    }
}
