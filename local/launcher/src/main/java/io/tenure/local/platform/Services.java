package io.tenure.local.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The five services. */
public final class Services {

    /**
     * One of them.
     *
     * @param name as in {@code tenure.service}
     * @param port its port without an offset
     */
    public record Service(String name, int port) {

        /** Its packaged program in a working copy. */
        public Path program(Path root) {
            return root.resolve(name + "-service/target/quarkus-app/quarkus-run.jar");
        }

        /** The jars that the program consists of; none where it is not built. */
        public List<Path> jars(Path root) throws IOException {
            var app = program(root).getParent();
            if (!Files.isDirectory(app)) {
                return List.of();
            }
            try (var files = Files.walk(app)) {
                return files.filter(f -> f.toString().endsWith(".jar")).sorted().toList();
            }
        }

        /** Its client in Keycloak. */
        public String client() {
            return "tenure-" + name;
        }
    }

    /** In the order of their ports. */
    public static final List<Service> ALL = List.of(
            new Service("provisioning", 8081),
            new Service("lifecycle", 8082),
            new Service("credential", 8083),
            new Service("audit", 8084),
            new Service("notification", 8085));

    private Services() {}

    /** The service of this name. */
    public static Service named(String name) {
        return ALL.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
    }
}
