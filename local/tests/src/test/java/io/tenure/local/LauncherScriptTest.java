package io.tenure.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tenure.local.server.WorkingCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher, with a JDK and a Maven that only say how they were called. */
class LauncherScriptTest {

    private static final List<String> SERVICES =
            List.of("provisioning", "lifecycle", "credential", "audit", "notification");

    private record Outcome(int status, String out) {}

    @TempDir
    private Path dir;

    private Path root;
    private Path bin;

    @BeforeEach
    void copyTheLauncher() throws IOException {
        root = Files.createDirectory(dir.resolve("a copy"));
        bin = Files.createDirectory(dir.resolve("bin"));
        Files.copy(
                WorkingCopy.find().orElseThrow().root().resolve("tenure"),
                root.resolve("tenure"),
                java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        write(root.resolve("local/launcher/pom.xml"), "");
    }

    @Test
    void saysWhichJdkItWasGivenWhenThatIsTooOld() throws Exception {
        var outcome = run(jdk("17.0.15"), "status");
        assertEquals(1, outcome.status());
        assertTrue(outcome.out().contains("a JDK 17. Tenure needs 21 or newer"), outcome.out());
    }

    @Test
    void saysThatThereIsNoJdkWhereItWasTold() throws Exception {
        var outcome = run(dir.resolve("nowhere"), "status");
        assertEquals(1, outcome.status());
        assertTrue(outcome.out().contains("TENURE_JAVA_HOME") && outcome.out().contains("no JDK"), outcome.out());
    }

    @Test
    void runsACommandWithTheJdkItWasGiven() throws Exception {
        built();
        var outcome = run(jdk("21.0.2"), "token", "operator");
        assertEquals(0, outcome.status(), outcome.out());
        assertTrue(outcome.out().startsWith("java 21.0.2"), outcome.out());
        assertTrue(outcome.out().strip().endsWith("io.tenure.local.command.Main token operator"), outcome.out());
    }

    @Test
    void buildsWhatIsMissingFirstAndShowsProgress() throws Exception {
        maven("echo '[INFO] Building Tenure :: events 0.1.0-SNAPSHOT            [2/9]'; " + buildsEverything());
        var outcome = run(jdk("25"), "up", "--detach");
        assertEquals(0, outcome.status(), outcome.out());
        assertTrue(outcome.out().contains("module 2 of 9: Tenure :: events"), outcome.out());
        assertTrue(outcome.out().contains("Main up --detach"), outcome.out());
        var again = run(jdk("25"), "up");
        assertTrue(!again.out().contains("building"), "nothing has changed since: " + again.out());
        write(root.resolve("events/src/main/java/New.java"), "");
        Files.setLastModifiedTime(
                root.resolve(".tenure/build.stamp"), java.nio.file.attribute.FileTime.fromMillis(1_000));
        assertTrue(run(jdk("25"), "up").out().contains("built in"), "a source is newer than the build");
    }

    @Test
    void benchBuildsWhatItMeasuresAndThePlatformDoesNotBuildTheBenchmarks() throws Exception {
        maven(
                "echo \"[INFO] Building $* 0.1 [1/1]\"; mkdir -p benchmarks/target; echo bench.jar > benchmarks/target/classpath.txt; "
                        + buildsEverything());
        assertTrue(!run(jdk("25"), "up").out().contains("benchmarks"), "up needs no benchmarks");
        var outcome = run(jdk("25"), "bench", "command", "--quick");
        assertEquals(0, outcome.status(), outcome.out());
        assertTrue(outcome.out().contains("benchmarks/noop-service,benchmarks"), outcome.out());
        assertTrue(outcome.out().strip().endsWith("io.tenure.benchmarks.Main command --quick"), outcome.out());
        assertTrue(!run(jdk("25"), "bench").out().contains("built in"), "nothing has changed since");
        write(root.resolve("benchmarks/src/main/java/New.java"), "");
        Files.setLastModifiedTime(
                root.resolve(".tenure/build-bench.stamp"), java.nio.file.attribute.FileTime.fromMillis(1_000));
        assertTrue(!run(jdk("25"), "up").out().contains("built in"), "a benchmark is no part of the platform");
        assertTrue(run(jdk("25"), "bench").out().contains("built in"), "a source is newer than the build");
    }

    @Test
    void showsTheEndOfTheLogWhenTheBuildFails() throws Exception {
        maven("echo 'the reason'; exit 1");
        var outcome = run(jdk("25"), "build");
        assertEquals(1, outcome.status());
        assertTrue(outcome.out().contains("the reason") && outcome.out().contains("the build failed"), outcome.out());
    }

    @Test
    void testsLetMavenSpeakAndGiveItsStatus() throws Exception {
        maven("echo \"mvn $*\"; exit 3");
        var all = run(jdk("25"), "test");
        assertEquals(3, all.status());
        assertTrue(all.out().contains("mvn -B -T 1.5C verify"), all.out());
        var one = run(jdk("25"), "test", "local/launcher");
        assertTrue(one.out().contains("mvn -B -T 1.5C verify -am -pl local/launcher"), one.out());
        var none = run(jdk("25"), "test", "no-such-module");
        assertEquals(1, none.status());
        assertTrue(none.out().contains("local/launcher"), "the modules are named: " + none.out());
    }

    @Test
    void theWrapperStandsInForAMavenThatIsNotInstalled() throws Exception {
        executable(root.resolve("mvnw"), "#!/bin/sh\necho \"mvnw $*\"; exit 3\n");
        var path = pathWithoutMaven();
        var nowhere = runOn(path, Map.of("MVNW_REPOURL", ""), jdk("25"), "test");
        assertEquals(1, nowhere.status(), nowhere.out());
        assertTrue(nowhere.out().contains("MVNW_REPOURL"), nowhere.out());
        var none = runOn(path, Map.of("MVNW_REPOURL", "http://127.0.0.1:9"), jdk("25"), "test");
        assertEquals(3, none.status(), none.out());
        assertTrue(none.out().contains("mvnw -B -T 1.5C verify"), none.out());
        maven("echo \"mvn $*\"; exit 4");
        var installed = run(jdk("25"), "test");
        assertEquals(4, installed.status(), installed.out());
    }

    @Test
    void theListOfWhatShipsIsNotClaimedWhenItWasNotMade() throws Exception {
        maven("echo \"mvn $*\"");
        var made = run(jdk("25"), "sbom");
        assertEquals(0, made.status(), made.out());
        assertTrue(made.out().contains("validate -Psbom") && made.out().contains("target/bom.json"), made.out());
        maven("exit 1");
        var failed = run(jdk("25"), "sbom");
        assertEquals(1, failed.status());
        assertTrue(!failed.out().contains("target/bom.json"), failed.out());
    }

    @Test
    void helpNeedsNothingAndAnUnknownCommandIsRefused() throws Exception {
        var help = run(dir.resolve("nowhere"), "help");
        assertEquals(0, help.status(), help.out());
        for (var verb : List.of(
                "demo", "up", "down", "reset", "status", "bench", "build", "test", "sbom", "token", "verify",
                "replay")) {
            assertTrue(help.out().contains("./tenure " + verb), verb);
        }
        assertNotEquals(0, run(jdk("25"), "dance").status());
    }

    private Outcome run(Path javaHome, String... arguments) throws Exception {
        return runOn(bin + ":" + System.getenv("PATH"), Map.of(), javaHome, arguments);
    }

    /** The programs that the script calls, and no Maven. */
    private String pathWithoutMaven() throws IOException {
        var tools = Files.createDirectory(dir.resolve("tools"));
        for (var tool : List.of("bash", "dirname", "head", "readlink", "sed", "sh")) {
            for (var place : System.getenv("PATH").split(":")) {
                var program = Path.of(place, tool);
                if (Files.isExecutable(program) && !Files.exists(tools.resolve(tool))) {
                    Files.createSymbolicLink(tools.resolve(tool), program);
                }
            }
        }
        return tools.toString();
    }

    private Outcome runOn(String path, Map<String, String> more, Path javaHome, String... arguments) throws Exception {
        var command = Stream.concat(Stream.of(root.resolve("tenure").toString()), Stream.of(arguments))
                .toList();
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        var env = new HashMap<>(Map.of("TENURE_JAVA_HOME", javaHome.toString()));
        env.put("PATH", path);
        env.putAll(more);
        builder.environment().putAll(env);
        var process = builder.start();
        var out = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Outcome(process.waitFor(), out);
    }

    private Path jdk(String version) throws IOException {
        var home = dir.resolve("jdk " + version);
        var answer = "#!/bin/sh\n[ \"$1\" = -version ] && { echo 'openjdk version \"" + version
                + "\"' >&2; exit 0; }\necho java " + version + " \"$@\"\n";
        executable(home.resolve("bin/java"), answer);
        executable(home.resolve("bin/javac"), answer);
        return home;
    }

    private void maven(String script) throws IOException {
        executable(bin.resolve("mvn"), "#!/bin/sh\n" + script + "\n");
    }

    private void built() throws IOException {
        write(root.resolve("local/launcher/target/classpath.txt"), "some.jar");
        for (var service : SERVICES) {
            write(root.resolve(service + "-service/target/quarkus-app/quarkus-run.jar"), "");
        }
    }

    private String buildsEverything() {
        var script = new StringBuilder(
                "mkdir -p local/launcher/target; echo some.jar > local/launcher/target/classpath.txt; ");
        for (var service : SERVICES) {
            var app = service + "-service/target/quarkus-app";
            script.append("mkdir -p ").append(app).append("; : > ").append(app).append("/quarkus-run.jar; ");
        }
        return script.toString();
    }

    private static void executable(Path file, String content) throws IOException {
        write(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void write(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
