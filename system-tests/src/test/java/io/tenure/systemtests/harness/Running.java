package io.tenure.systemtests.harness;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Work that goes on beside other work; its result, or its failure, belongs to the test that asks for it. */
public final class Running<T> {

    private final CompletableFuture<T> future = new CompletableFuture<>();

    private Running() {}

    /** Starts at once, on a thread of its own. */
    public static <T> Running<T> start(String name, Callable<T> work) {
        var running = new Running<T>();
        Thread.ofVirtual().name(name).start(() -> {
            try {
                running.future.complete(work.call());
            } catch (Throwable failure) {
                running.future.completeExceptionally(failure);
            }
        });
        return running;
    }

    /** Waits for the end; throws what the work threw. */
    public T get() {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e.getCause());
        }
    }
}
