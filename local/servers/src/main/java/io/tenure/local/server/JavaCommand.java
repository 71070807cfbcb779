package io.tenure.local.server;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.jar.JarFile;

/** Command lines of child JVMs, of the same JDK as this one. */
public final class JavaCommand {

    private static final int WITH_MEMORY_ACCESS_OPTION = 24;
    private static final int WITH_COMPACT_HEADERS = 25;

    private JavaCommand() {}

    /**
     * The command up to the main class or {@code -jar}: the JDK's java, a heap limit, and what keeps a short-lived JVM
     * small and quick to start.
     */
    public static List<String> java(int heapMiB) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + heapMiB + "m");
        command.add("-XX:+UseSerialGC");
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.add("--enable-native-access=ALL-UNNAMED");
        if (Runtime.version().feature() >= WITH_MEMORY_ACCESS_OPTION) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        if (Runtime.version().feature() >= WITH_COMPACT_HEADERS) {
            command.add("-XX:+UseCompactObjectHeaders");
        }
        return command;
    }

    /**
     * The command up to {@code -jar} with the options of the container image, for a JVM that is to be fast for long. Two of
     * them keep it from stopping for collections of the whole heap that free nothing: at the first 21 MiB of metadata, and
     * when 15 % of the code cache are in use.
     */
    public static List<String> asInProduction(int heapMiB) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + heapMiB + "m");
        command.add("-XX:+UseSerialGC");
        if (Runtime.version().feature() >= WITH_COMPACT_HEADERS) {
            command.add("-XX:+UseCompactObjectHeaders");
        }
        command.add("-XX:MetaspaceSize=192m");
        command.add("-XX:SweeperThreshold=50");
        command.add("-XX:+ExitOnOutOfMemoryError");
        return command;
    }

    /** The entries of this JVM's class path, also where it hides in the manifest of a jar as under Surefire. */
    private static List<Path> classPath() {
        var entries = new LinkedHashSet<Path>();
        for (var entry : System.getProperty("java.class.path", "").split(File.pathSeparator)) {
            if (!entry.isEmpty()) {
                addWithManifest(Path.of(entry).toAbsolutePath().normalize(), entries);
            }
        }
        return List.copyOf(entries);
    }

    private static void addWithManifest(Path entry, Set<Path> entries) {
        if (!Files.exists(entry) || !entries.add(entry) || Files.isDirectory(entry)) {
            return;
        }
        try (var jar = new JarFile(entry.toFile())) {
            var manifest = jar.getManifest();
            var classPath =
                    manifest == null ? null : manifest.getMainAttributes().getValue("Class-Path");
            if (classPath != null) {
                for (var relative : classPath.strip().split("\\s+")) {
                    addWithManifest(Path.of(entry.toUri().resolve(relative)).normalize(), entries);
                }
            }
        } catch (IOException | RuntimeException e) {
            // Not a jar, or a manifest that names no local files: the entry itself is all there is.
        }
    }

    /** The class path entries that are this module, or whose file name passes, joined for {@code -cp}. */
    static String joined(Predicate<String> fileName) {
        var chosen = classPath().stream()
                .filter(e -> fileName.test(e.getFileName().toString()) || holdsThisModule(e))
                .map(Path::toString)
                .toList();
        return String.join(File.pathSeparator, chosen);
    }

    private static boolean holdsThisModule(Path entry) {
        return Files.isDirectory(entry)
                ? Files.exists(entry.resolve(JavaCommand.class.getName().replace('.', '/') + ".class"))
                : entry.getFileName().toString().startsWith("tenure-local-servers-");
    }
}
