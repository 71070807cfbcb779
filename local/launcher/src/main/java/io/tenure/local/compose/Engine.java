package io.tenure.local.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tenure.local.platform.PlatformException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The engine that runs the containers, by its command line.
 *
 * @param command {@code docker} or {@code podman}, or another that takes the same arguments
 */
record Engine(String command) {

    /** Names another command line. */
    static final String OVERRIDE = "TENURE_CONTAINER_ENGINE";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LABEL = "com.docker.compose.";

    /**
     * A container of the compose file.
     *
     * @param service as in the compose file
     * @param inspected what the engine says of it
     */
    record Container(String id, String service, JsonNode inspected) {

        /** {@code running}, {@code exited} and so on. */
        String status() {
            return inspected.path("State").path("Status").asText();
        }

        /** {@code starting}, {@code healthy} or {@code unhealthy}; empty where its image or the compose file checks nothing. */
        String health() {
            return inspected.path("State").path("Health").path("Status").asText("");
        }

        /** Whether it does what it is there for, as far as can be told from here. */
        boolean works() {
            return status().equals("running") && (health().isEmpty() || health().equals("healthy"));
        }

        /** A variable of its environment. */
        Optional<String> variable(String name) {
            for (var line : inspected.path("Config").path("Env")) {
                if (line.asText().startsWith(name + "=")) {
                    return Optional.of(line.asText().substring(name.length() + 1));
                }
            }
            return Optional.empty();
        }

        /** The port of this machine that leads to one of the container. */
        int published(int port) {
            var found = inspected
                    .path("NetworkSettings")
                    .path("Ports")
                    .path(port + "/tcp")
                    .path(0)
                    .path("HostPort")
                    .asInt();
            if (found == 0) {
                throw new PlatformException(
                        "the compose file publishes no port of this machine for " + service + ", port " + port);
            }
            return found;
        }
    }

    /** The engine that has containers of the project; or else the first that answers. */
    static Engine find(String project, Map<String, String> environment) {
        var named = environment.get(OVERRIDE);
        var answering = (named == null ? Stream.of("docker", "podman") : Stream.of(named))
                .map(Engine::new)
                .filter(Engine::answers)
                .toList();
        return answering.stream()
                .filter(e -> !e.ids(project).isEmpty())
                .findFirst()
                .or(() -> answering.stream().findFirst())
                .orElseThrow(() -> new PlatformException("no container engine answers: tried "
                        + (named == null ? "docker and podman. " + OVERRIDE + " may name another" : named)));
    }

    private boolean answers() {
        try {
            run("ps", "--quiet");
            return true;
        } catch (PlatformException e) {
            return false;
        }
    }

    private List<String> ids(String project) {
        return run("ps", "--all", "--quiet", "--filter", "label=" + LABEL + "project=" + project)
                .lines()
                .filter(id -> !id.isBlank())
                .toList();
    }

    /** The containers of a project by their service. */
    Map<String, Container> containers(String project) {
        var ids = ids(project);
        var containers = new TreeMap<String, Container>();
        if (!ids.isEmpty()) {
            var arguments = new ArrayList<>(List.of("inspect"));
            arguments.addAll(ids);
            try {
                for (var one : JSON.readTree(run(arguments.toArray(String[]::new)))) {
                    var service = one.path("Config")
                            .path("Labels")
                            .path(LABEL + "service")
                            .asText();
                    containers.put(service, new Container(one.path("Id").asText(), service, one));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return containers;
    }

    /** The command line for a program inside a container that reads what is written to it. */
    List<String> inside(Container container, String... program) {
        var line = new ArrayList<>(List.of(command, "exec", "--interactive", container.id()));
        line.addAll(Arrays.asList(program));
        return line;
    }

    private String run(String... arguments) {
        var line = new ArrayList<>(List.of(command));
        line.addAll(Arrays.asList(arguments));
        try {
            var process = new ProcessBuilder(line)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new PlatformException("'" + command + " " + arguments[0] + "' ended with status " + status);
            }
            return output;
        } catch (IOException e) {
            throw new PlatformException(command + " cannot be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PlatformException("interrupted while asking " + command);
        }
    }
}
