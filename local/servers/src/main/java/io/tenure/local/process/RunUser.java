package io.tenure.local.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The user as whom a server runs that refuses to run as root (PostgreSQL). For an ordinary user that is the user itself.
 * For root it is {@code postgres} where the machine has that user and {@code nobody} otherwise; such a user may be unable
 * to reach a directory below root's home or a private temporary directory, so {@link #reachable} finds a place that it can.
 */
public final class RunUser {

    private final String name;
    private final UserPrincipal principal;

    private RunUser(String name, UserPrincipal principal) {
        this.name = name;
        this.principal = principal;
    }

    /** The unprivileged user of this process. */
    public static RunUser unprivileged() {
        if (!isRoot()) {
            return new RunUser(null, null);
        }
        for (var candidate : List.of("postgres", "nobody")) {
            try {
                var principal = Path.of("/")
                        .getFileSystem()
                        .getUserPrincipalLookupService()
                        .lookupPrincipalByName(candidate);
                return new RunUser(candidate, principal);
            } catch (IOException e) {
                // Not on this machine: the next one.
            }
        }
        throw new IllegalStateException("PostgreSQL does not run as root, and this machine has neither a user"
                + " 'postgres' nor 'nobody'. Create one of them, or run ./tenure as an ordinary user.");
    }

    private static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException e) {
            return "root".equals(System.getProperty("user.name"));
        }
    }

    /** The command as this user runs it. */
    public List<String> wrap(List<String> command) {
        if (name == null) {
            return command;
        }
        var all = new ArrayList<String>();
        var setpriv = Session.find("setpriv");
        var runuser = Session.find("runuser");
        if (setpriv.isPresent()) {
            // Replaces itself by the command, so that the pid stays.
            all.addAll(List.of(setpriv.get().toString(), "--reuid=" + name, "--regid=" + primaryGroup()));
            all.addAll(List.of("--clear-groups", "--"));
        } else if (runuser.isPresent()) {
            all.addAll(List.of(runuser.get().toString(), "-u", name, "--"));
        } else {
            throw new IllegalStateException(
                    "Neither setpriv nor runuser (package util-linux) is on the PATH: root needs"
                            + " one of them to start PostgreSQL as user '" + name + "'.");
        }
        all.addAll(command);
        return all;
    }

    private String primaryGroup() {
        try {
            var id = new ProcessBuilder("id", "-g", name).start();
            var group = new String(id.getInputStream().readAllBytes()).strip();
            return id.waitFor() == 0 ? group : name;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Gives a file, or a directory and all below it, to this user. */
    public void own(Path path) throws IOException {
        if (name == null || !Files.exists(path)) {
            return;
        }
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attrs) throws IOException {
                Files.setOwner(dir, principal);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attrs) throws IOException {
                if (!attrs.isSymbolicLink()) {
                    Files.setOwner(file, principal);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /**
     * The wanted directory where this user can reach it, and otherwise one in the temporary directory whose name is
     * derived from the wanted one, so that it is found again. Exists on return, mode 755.
     */
    public Path reachable(Path wanted) throws IOException {
        Files.createDirectories(wanted);
        if (canReach(wanted)) {
            return wanted;
        }
        var key = UUID.nameUUIDFromBytes(wanted.toRealPath().toString().getBytes())
                .toString();
        var instead = Path.of(System.getProperty("java.io.tmpdir"), "tenure-" + key.substring(0, 13));
        Files.createDirectories(instead);
        var owner = Files.getAttribute(instead, "unix:uid");
        if (!Integer.valueOf(0).equals(owner)) {
            throw new IOException(instead + " belongs to another user: remove it, or move this working copy out of "
                    + "a directory that other users cannot enter.");
        }
        Files.setPosixFilePermissions(instead, PosixFilePermissions.fromString("rwxr-xr-x"));
        if (!canReach(instead)) {
            throw new IOException("User '" + name + "' can enter neither " + wanted + " nor " + instead
                    + ": PostgreSQL needs a directory that it can reach.");
        }
        return instead;
    }

    private boolean canReach(Path directory) throws IOException {
        if (name == null) {
            return true;
        }
        try {
            return new ProcessBuilder(wrap(List.of(
                                    "test", "-x", directory.toAbsolutePath().toString())))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
