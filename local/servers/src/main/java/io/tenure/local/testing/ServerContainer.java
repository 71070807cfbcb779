package io.tenure.local.testing;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotModifiedException;
import io.tenure.local.process.Running;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.StartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/**
 * A container that is reached on one port of 127.0.0.1 and can be stopped and started again: its port and its data stay.
 * Whoever starts it waits until it serves.
 */
final class ServerContainer implements Running {

    private static final int READABLE = 0100644;

    private final String name;
    private final GenericContainer<?> container;
    private boolean created;

    /**
     * A container that does not exist yet.
     *
     * @param name the part's name
     * @param port where it is reached
     * @param inside where its program listens
     */
    ServerContainer(String name, ContainerImage image, int port, int inside) {
        this.name = name;
        this.container = new GenericContainer<>(DockerImageName.parse(image.reference()));
        container.setPortBindings(List.of("127.0.0.1:" + port + ":" + inside));
        // Readiness waits, in the same way for containers and processes, and says why where one has ended.
        container.setWaitStrategy(new AbstractWaitStrategy() {
            @Override
            protected void waitUntilReady() {}
        });
        container.withStartupCheckStrategy(new StartupCheckStrategy() {
            @Override
            public StartupStatus checkStartupState(DockerClient client, String id) {
                return StartupStatus.SUCCESSFUL;
            }
        });
    }

    ServerContainer env(Map<String, String> env) {
        container.withEnv(env);
        return this;
    }

    ServerContainer file(String path, byte[] content) {
        container.withCopyToContainer(Transferable.of(content, READABLE), path);
        return this;
    }

    ServerContainer entrypoint(String... program) {
        container.withCreateContainerCmdModifier(create -> create.withEntrypoint(program));
        return this;
    }

    ServerContainer command(List<String> command) {
        container.withCommand(command.toArray(String[]::new));
        return this;
    }

    /** Makes it the first time; starts it. */
    ServerContainer start() {
        if (created) {
            container
                    .getDockerClient()
                    .startContainerCmd(container.getContainerId())
                    .exec();
        } else {
            container.start();
            created = true;
        }
        return this;
    }

    /** Removes it with its data. */
    void remove() {
        container.stop();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean isAlive() {
        return container.isRunning();
    }

    @Override
    public int exitStatus() {
        return container
                .getDockerClient()
                .waitContainerCmd(container.getContainerId())
                .start()
                .awaitStatusCode();
    }

    @Override
    public List<String> lastLines(int count) {
        var lines = container.getLogs().lines().toList();
        return lines.subList(Math.max(0, lines.size() - count), lines.size());
    }

    @Override
    public void stop(Duration limit) {
        if (!created) {
            return;
        }
        try {
            container
                    .getDockerClient()
                    .stopContainerCmd(container.getContainerId())
                    .withTimeout((int) limit.toSeconds())
                    .exec();
        } catch (NotModifiedException e) {
            // It had ended already.
        }
    }
}
