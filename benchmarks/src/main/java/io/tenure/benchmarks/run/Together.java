package io.tenure.benchmarks.run;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/** Work that goes on side by side. */
public final class Together {

    private Together() {}

    /**
     * Does all of it and returns when all has ended.
     *
     * @return what each returned, in order; throws what the first in order threw
     */
    public static <T> List<T> all(List<Callable<T>> work) throws Exception {
        try (var threads = Executors.newCachedThreadPool()) {
            var results = new ArrayList<T>();
            for (var result : threads.invokeAll(work)) {
                results.add(result.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
