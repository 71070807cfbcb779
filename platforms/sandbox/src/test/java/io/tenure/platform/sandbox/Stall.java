package io.tenure.platform.sandbox;

import io.tenure.platform.Intent;
import io.tenure.platform.Operation;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Has each operation of a kind stand still at one of its signs of progress. */
final class Stall implements Execution.Probe {

    private final Intent intent;
    private final int at;
    private final Map<UUID, Integer> signs = new ConcurrentHashMap<>();
    private final AtomicInteger stalled = new AtomicInteger();
    private final CountDownLatch go = new CountDownLatch(1);

    Stall(Intent intent, int at) {
        this.intent = intent;
        this.at = at;
    }

    int stalled() {
        return stalled.get();
    }

    void letGo() {
        go.countDown();
    }

    @Override
    public void at(Operation operation, Steps.Step step) {
        if (operation.command().intent() != intent || signs.merge(operation.id(), 1, Integer::sum) != at + 1) {
            return;
        }
        stalled.incrementAndGet();
        try {
            go.await();
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
        } finally {
            stalled.decrementAndGet();
        }
    }
}
