package io.tenure.kit.task;

import java.time.Duration;

/**
 * What an act knows of the lease that it works under. May be used on any thread.
 *
 * <p>The lease runs by the database's clock; the time since its last renewal is measured by this process's monotonic
 * clock. So a process that slept, or whose database is away, finds out by itself that it may have lost the lease.
 */
public final class Work {

    private final Task task;
    private final Duration lease;
    private volatile long renewedAt;
    private volatile long progressedAt;
    private volatile Progress progress;
    private volatile boolean lost;

    /** How far it is, in units of its own. */
    record Progress(long done, long total) {}

    /** @param claimedAt {@link System#nanoTime} before the database was asked */
    Work(Task task, Duration lease, long claimedAt) {
        this.task = task;
        this.lease = lease;
        this.renewedAt = claimedAt;
    }

    public Task task() {
        return task;
    }

    /** To be handed to whatever can refuse a worker that comes late. */
    public long epoch() {
        return task.epoch();
    }

    /** Whether the lease still holds, so that no other replica works on this. */
    public boolean isHeld() {
        return !lost && System.nanoTime() - renewedAt < lease.toNanos();
    }

    /** @throws LeaseLostException if the lease does not hold any more */
    public void mustHold() {
        if (!isHeld()) {
            throw new LeaseLostException();
        }
    }

    /**
     * Tells how far the act is. It has its full deadline again from here.
     *
     * @param done up to {@code total}, ascending
     */
    public void progressed(long done, long total) {
        progress = new Progress(done, total);
        progressedAt = System.nanoTime();
    }

    /** Null before the first. */
    Progress progress() {
        return progress;
    }

    boolean isStalled(Duration deadline) {
        return System.nanoTime() - progressedAt > deadline.toNanos();
    }

    void begin() {
        progressedAt = System.nanoTime();
    }

    /** @param at {@link System#nanoTime} before the database was asked */
    void renewed(long at) {
        renewedAt = at;
    }

    void lose() {
        lost = true;
    }
}
