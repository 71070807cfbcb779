package io.tenure.platform.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tenure.platform.AssetRef;
import io.tenure.platform.DriverException;
import io.tenure.platform.Expected;
import io.tenure.platform.Presence;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Locks between processes: this one, and another that does what it is told on its standard input. */
class AssetLocksTest {

    @TempDir
    Path directory;

    private Path root;
    private UUID tenant;
    private AssetRef.Own asset;
    private Process process;
    private BufferedReader answers;
    private PrintStream orders;

    @BeforeEach
    void another() throws IOException {
        Sandbox sandbox = new Sandbox(directory.resolve("sandbox"));
        root = sandbox.root;
        tenant = sandbox.tenant;
        asset = sandbox.vm(1);
        sandbox.disable(asset);
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Other.class.getName(),
                        root.toString(),
                        tenant.toString(),
                        asset.assetId().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        answers = process.inputReader();
        orders = new PrintStream(process.getOutputStream(), true);
    }

    @AfterEach
    void end() {
        process.destroy();
    }

    private String tell(String order) throws IOException {
        orders.println(order);
        return answers.readLine();
    }

    /**
     * A worker waits for the lock while its holder removes the asset. When it gets the lock, it is the only one that
     * has it: with a lock file per asset, removed with it, this worker would hold the removed file and the next one a
     * new file of the same name.
     */
    @Test
    void aLockThatOutlivesItsAssetHasOneHolder() throws Exception {
        assertThat(tell("hold")).isEqualTo("held");
        CountDownLatch has = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        AssetLocks patient = new AssetLocks(root.resolve(".lock"), Duration.ofMinutes(1));
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> {
            try {
                patient.with(asset.assetId().toString(), () -> {
                    has.countDown();
                    await(done);
                    return null;
                });
            } catch (IOException failure) {
                throw new AssertionError(failure);
            }
        });

        assertThat(tell("forget")).isEqualTo("forgotten");
        assertThat(tell("release")).isEqualTo("released");
        has.await();
        assertThat(tell("try")).isEqualTo("busy");

        done.countDown();
        waiting.join();
        assertThat(tell("try")).isEqualTo("free");
    }

    @Test
    void anotherProcessKeepsThisOneOut() throws Exception {
        assertThat(tell("hold")).isEqualTo("held");
        Awaited driver = Sandbox.driver(root);

        assertThatThrownBy(() -> driver.restore(asset, Expected.all(List.of()), Sandbox.epoch()))
                .isInstanceOf(DriverException.class)
                .hasMessageContaining("another worker is busy");
        // Another asset is another lock.
        assertThat(driver.disable(new AssetRef.Own(tenant, UUID.randomUUID()), Sandbox.epoch()))
                .isEqualTo(new Presence.ProvenAbsent());

        assertThat(tell("release")).isEqualTo("released");
        assertThat(driver.restore(asset, Expected.all(List.of()), Sandbox.epoch()))
                .isInstanceOf(Presence.Present.class);
    }

    /** A process that dies holds nothing. */
    @Test
    void theDeadHoldNothing() throws Exception {
        assertThat(tell("hold")).isEqualTo("held");
        process.destroyForcibly().waitFor();

        assertThat(Sandbox.driver(root).restore(asset, Expected.all(List.of()), Sandbox.epoch()))
                .isInstanceOf(Presence.Present.class);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        }
    }

    /** The other process. */
    static final class Other {

        private Other() {}

        public static void main(String[] arguments) throws IOException {
            Path root = Path.of(arguments[0]);
            UUID asset = UUID.fromString(arguments[2]);
            AssetState state = new SandboxLayout(root).state(new AssetRef.Own(UUID.fromString(arguments[1]), asset));
            AssetLocks locks = new AssetLocks(root.resolve(".lock"), Duration.ZERO);
            BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
            while (orders.readLine() instanceof String order) {
                switch (order) {
                    case "hold" ->
                        locks.with(asset.toString(), () -> {
                            System.out.println("held");
                            while (orders.readLine() instanceof String inside && !inside.equals("release")) {
                                state.forget();
                                System.out.println("forgotten");
                            }
                            return null;
                        });
                    case "try" -> {
                        System.out.println(isFree(locks, asset) ? "free" : "busy");
                        continue;
                    }
                    default -> throw new IllegalArgumentException(order);
                }
                System.out.println("released");
            }
        }

        private static boolean isFree(AssetLocks locks, UUID asset) throws IOException {
            try {
                return locks.with(asset.toString(), () -> true);
            } catch (DriverException busy) {
                return false;
            }
        }
    }
}
