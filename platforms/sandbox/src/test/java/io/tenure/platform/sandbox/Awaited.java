package io.tenure.platform.sandbox;

import io.tenure.platform.Answer;
import io.tenure.platform.AssetRef;
import io.tenure.platform.AssetSpec;
import io.tenure.platform.Command;
import io.tenure.platform.Expected;
import io.tenure.platform.Inventory;
import io.tenure.platform.Operation;
import io.tenure.platform.Outcome;
import io.tenure.platform.Presence;
import io.tenure.platform.Priority;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** A platform whose work is waited for: each call is an operation of its own, and throws why it failed. */
record Awaited(SandboxPlatform platform) {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    Optional<UUID> identity() {
        return platform.identity().await().atMost(PATIENCE);
    }

    UUID mark(UUID proposed) {
        return platform.mark(proposed).await().atMost(PATIENCE);
    }

    Inventory inventory(UUID tenantId) {
        return platform.inventory(mark(UUID.randomUUID()), tenantId, Priority.NORMAL)
                .await()
                .atMost(PATIENCE);
    }

    String create(AssetSpec spec, long epoch) {
        return ((Outcome.Created) run(new Command.Create(spec), epoch)).location();
    }

    Presence disable(AssetRef asset, long epoch) {
        return ((Outcome.Disabled) run(new Command.Disable(asset), epoch)).presence();
    }

    Presence restore(AssetRef asset, Expected expected, long epoch) {
        return ((Outcome.Restored) run(new Command.Restore(asset, expected), epoch)).presence();
    }

    Outcome.Sanitized sanitize(AssetRef asset, Expected expected, long epoch) {
        return (Outcome.Sanitized) run(new Command.Sanitize(asset, expected), epoch);
    }

    void delete(AssetRef asset, Expected expected, long epoch) {
        run(new Command.Delete(asset, expected), epoch);
    }

    void shutOff(UUID tenantId, Inventory.Place place, long epoch) {
        run(new Command.ShutOff(tenantId, Set.of(place), Set.of()), epoch);
    }

    void takeIn(AssetRef.Own asset, Inventory.Place place, long epoch) {
        run(new Command.TakeIn(asset, place), epoch);
    }

    Outcome run(Command command, long epoch) {
        Operation operation = new Operation(UUID.randomUUID(), command, epoch, mark(UUID.randomUUID()));
        String handle = platform.start(operation).await().atMost(PATIENCE);
        return switch (platform.poll(handle, PATIENCE).await().atMost(PATIENCE.multipliedBy(2))) {
            case Answer.Done done -> done.outcome();
            case Answer.Failed failed -> throw failed.error();
            case Answer.Running running -> throw new AssertionError("it does not end");
            case Answer.Unknown unknown -> throw new AssertionError("nobody works on it");
        };
    }
}
