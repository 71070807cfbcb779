package io.tenure.local.platform;

import io.tenure.local.server.ClassArchive;
import io.tenure.local.server.WorkingCopy;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a platform keeps what: programs are shared by all platforms of a working copy, the rest is its own.
 *
 * @param root the working copy
 * @param state the platform's own directory
 * @param programs unpacked programs and class data archives
 * @param archiving whether a JVM's orderly end leaves a class data archive for the next start
 */
public record Layout(Path root, Path state, Path programs, boolean archiving) {

    /** The platform of {@code ./tenure up}. */
    public static Layout of(WorkingCopy copy) {
        return new Layout(copy.root(), copy.state(), copy.programs(), true);
    }

    /** A second platform beside it, with state of its own in a directory of that name. */
    public static Layout beside(WorkingCopy copy, String name) {
        return new Layout(copy.root(), copy.state().resolve(name), copy.programs(), true);
    }

    /** A platform anywhere, for tests: it uses archives and makes none. */
    public static Layout at(WorkingCopy copy, Path state) {
        return new Layout(copy.root(), state.toAbsolutePath(), copy.programs(), false);
    }

    /** Pid files and the record of the running platform. */
    public Path run() {
        return state.resolve("run");
    }

    /** Settings for {@code kcat}, with the account of operations; readable by the owner only. */
    public Path kcat() {
        return secrets().resolve("kcat.conf");
    }

    /** Log files, one per part. */
    public Path logs() {
        return state.resolve("logs");
    }

    /** The log of a part. */
    public Path log(String part) {
        return logs().resolve(part + ".log");
    }

    /** Passwords and keys, readable by the owner only. */
    public Path secrets() {
        return state.resolve("secrets");
    }

    /** A server's own directory. */
    public Path data(String part) {
        return state.resolve("data").resolve(part);
    }

    /** The disks of the sandbox driver: a directory for each location, with one for each tenant in it. */
    public Path sandbox() {
        return data("sandbox");
    }

    /** Received mail, one file per message. */
    public Path mail() {
        return state.resolve("mail");
    }

    /** The class data archive of a part's JVM, made from these files. */
    public ClassArchive archive(String part, List<Path> program) {
        return ClassArchive.of(programs.resolve("archives"), part, program, archiving);
    }
}
