package io.tenure.local.server;

import io.tenure.local.process.ChildProcess;
import io.tenure.local.process.Running;
import io.tenure.local.process.StartFailure;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Kafka from the jars of this JVM's class path, a process of this machine.
 *
 * @param dir its own directory: settings and data
 * @param log its log file
 * @param runDir for the pid file, or null
 */
record KafkaProcess(Path dir, Path log, Path runDir) implements KafkaServer.Program {

    /** The jars of the class path that a broker needs; a test's class path holds many more. */
    private static final Pattern JARS = Pattern.compile(
            "(kafka[-_]|scala-|slf4j-api-|log4j-api-|jackson-|metrics-core-|zstd-jni-|"
                    + "lz4-java-|at-yawk-lz4|snappy-java-|jopt-simple-|commons-|caffeine-|pcollections-|jose4j-|argparse4j-|re2j-|"
                    + "HdrHistogram-|rocksdbjni-|opentelemetry-proto-|protobuf-java-|checker-qual|jspecify|error_prone).*\\.jar");

    @Override
    public String address() {
        return "127.0.0.1";
    }

    @Override
    public String data() {
        return dir.resolve("data").toString();
    }

    @Override
    public Running start(int port, String settings) throws IOException {
        Files.createDirectories(dir);
        if (Files.exists(dir.resolve("data")) && !Files.exists(dir.resolve(KafkaBroker.PROTECTED))) {
            throw new StartFailure(
                    "kafka",
                    "has state of an older version, which let anybody write. Drop it with ./tenure reset",
                    List.of());
        }
        var properties = dir.resolve("server.properties");
        Files.deleteIfExists(properties);
        Files.createFile(
                properties, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(properties, settings);
        var command = new ArrayList<>(JavaCommand.java(256));
        command.add("-cp");
        command.add(JavaCommand.joined(name -> JARS.matcher(name).matches())
                + File.pathSeparator
                + Artifacts.find("slf4j-simple-"));
        command.add(KafkaBroker.class.getName());
        command.add(properties.toString());
        return ChildProcess.start(new ChildProcess.Spec("kafka", command, Map.of(), dir, log, runDir, port, "TERM"));
    }
}
