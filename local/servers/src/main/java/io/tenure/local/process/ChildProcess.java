package io.tenure.local.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A process that this JVM started and will end: its log, its pid file, its end. Safe for use by several threads. */
public final class ChildProcess implements Running {

    /** The exit status of a JVM that a SIGTERM ended in order. */
    private static final int ENDED_BY_TERM = 143;

    private static final int TAIL_BYTES = 16 * 1024;

    /**
     * What to run.
     *
     * @param name the part's name, also that of its pid file
     * @param command program and arguments; never a secret, since every user of the machine can read them
     * @param env added to this JVM's environment; an empty value removes the variable
     * @param workDir the working directory
     * @param log where output goes, appended
     * @param runDir where the pid file goes, or null for none
     * @param port where it will listen, for {@code status}; 0 for none
     * @param stopSignal what asks it to end in order, for instance {@code TERM}
     */
    public record Spec(
            String name,
            List<String> command,
            Map<String, String> env,
            Path workDir,
            Path log,
            Path runDir,
            int port,
            String stopSignal) {}

    private final Spec spec;
    private final Process process;
    private volatile boolean stopping;

    private ChildProcess(Spec spec, Process process) {
        this.spec = spec;
        this.process = process;
    }

    /** Starts it; returns as soon as the process exists. */
    public static ChildProcess start(Spec spec) throws IOException {
        Files.createDirectories(spec.log().toAbsolutePath().getParent());
        var builder = new ProcessBuilder(Session.apart(spec.command()))
                .directory(spec.workDir().toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(spec.log().toFile()));
        var env = builder.environment();
        // The caller's options are for its own JVM: a debugger port or an agent would be opened twice.
        env.keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "MAVEN_OPTS"));
        spec.env().forEach((key, value) -> {
            if (value.isEmpty()) {
                env.remove(key);
            } else {
                env.put(key, value);
            }
        });
        var guard = Guard.get();
        var child = new ChildProcess(spec, builder.start());
        guard.add(child.pid(), spec.stopSignal());
        if (spec.runDir() != null) {
            PidFile.of(spec.name(), child.pid(), spec.port()).write(spec.runDir());
        }
        child.process.onExit().thenRun(() -> {
            guard.remove(child.pid());
            child.forgetPidFile();
        });
        return child;
    }

    @Override
    public String name() {
        return spec.name();
    }

    /** The process id. */
    public long pid() {
        return process.pid();
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Whether its end was asked for, so that it is no crash. */
    public boolean isStopping() {
        return stopping;
    }

    /** Completes with the exit status when the process has ended. */
    public CompletableFuture<Integer> onExit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    @Override
    public int exitStatus() {
        return onExit().join();
    }

    /** Whether it has ended because it was asked to, having done what it does at its end. */
    public boolean endedInOrder() {
        return !process.isAlive() && process.exitValue() == ENDED_BY_TERM;
    }

    @Override
    public void stop(Duration limit) {
        stopping = true;
        signal(spec.stopSignal());
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                process.waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        forgetPidFile();
    }

    /** Ends it as a crash of the machine would (SIGKILL). Returns when it is gone. */
    public void kill() {
        stopping = true;
        process.destroyForcibly();
        process.onExit().join();
        forgetPidFile();
    }

    /** Sends a signal by its name without SIG, for instance {@code INT}. */
    public void signal(String signal) {
        signal(pid(), signal);
    }

    /** Sends a signal to any process of this user. */
    public static void signal(long pid, String signal) {
        try {
            // The shell has kill built in; a minimal system need not have it as a program.
            new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid + " 2>/dev/null")
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public List<String> lastLines(int count) {
        return tail(spec.log(), count);
    }

    /** The last lines of a file, oldest first; none where it cannot be read. */
    public static List<String> tail(Path log, int count) {
        try (var file = new RandomAccessFile(log.toFile(), "r")) {
            var from = Math.max(0, file.length() - TAIL_BYTES);
            var bytes = new byte[(int) (file.length() - from)];
            file.seek(from);
            file.readFully(bytes);
            var lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
            return lines.subList(Math.max(0, lines.size() - count), lines.size());
        } catch (IOException e) {
            return List.of();
        }
    }

    private void forgetPidFile() {
        if (spec.runDir() == null) {
            return;
        }
        var file = PidFile.path(spec.runDir(), spec.name());
        // A restarted part has written a new one by now, which is not ours to remove.
        if (PidFile.read(file).filter(f -> f.pid() == pid()).isPresent()) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
