package io.tenure.platform.sandbox;

import io.tenure.platform.DriverException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What lies below a directory, itself included. Customers fill virtual data centers, so nothing is trusted: symbolic links
 * are never followed, other file systems not entered, and no depth ends the walk.
 *
 * @param directories parents before children
 * @param files regular files
 * @param others links, pipes, sockets and devices, and the sealed directories
 * @param sealed directories that are too deep even to be listed
 * @param complete false if another directory could not be listed
 */
record Tree(List<Node> directories, List<Node> files, List<Node> others, List<Node> sealed, boolean complete) {

    /** Permission bits that let nobody in. */
    static final int NO_ACCESS = 0;
    /** Permission bits of a directory that only the service enters. */
    static final int OWNER_ONLY = 0700;

    /** Longest path that is looked into, in bytes: memory is not for customers to fill. */
    private static final int DEEPEST = 1 << 14;

    /**
     * @param mode permission bits, with set-user-id, set-group-id and sticky; 0 where it is deep
     * @param key tells the same file under all its names
     * @param links how many names it has; {@link #UNKNOWN} where it is deep
     * @param deep whether no path reaches it, but only handles do
     */
    record Node(Path path, int mode, long size, FileTime modified, Object key, int links, boolean deep) {
        static final int UNKNOWN = -1;
    }

    static Tree of(Path top) throws IOException {
        return of(top, Set.of());
    }

    /** Without the parts at and below some paths. */
    static Tree of(Path top, Collection<Path> without) throws IOException {
        Walk walk = new Walk(Set.copyOf(without));
        walk.run(top);
        return new Tree(walk.directories, walk.files, walk.others, walk.sealed, walk.complete);
    }

    /** Removes everything, children before parents, links without what they point to. */
    void remove() throws IOException {
        for (Node file : files) {
            DeepPath.deleteFile(file.path());
        }
        for (Node other : others) {
            DeepPath.deleteFile(other.path());
        }
        for (Node directory : directories.reversed()) {
            DeepPath.deleteDirectory(directory.path());
        }
    }

    /** Sets permission bits of a file or directory, and of nothing that a link in its place points to. */
    static void setMode(Path path, int mode) throws IOException {
        try {
            Files.setAttribute(path, "unix:mode", mode, LinkOption.NOFOLLOW_LINKS);
        } catch (AccessDeniedException unreadable) {
            // NOFOLLOW_LINKS opens the file, which an unprivileged owner without permission on it may not. A file that
            // is refused like this is no link.
            Files.setAttribute(path, "unix:mode", mode);
        }
    }

    private static final class Walk {

        private enum Type {
            DIRECTORY,
            FILE,
            OTHER
        }

        private record Seen(Node node, Type type, String device) {}

        private final Set<Path> without;
        private final List<Node> directories = new ArrayList<>();
        private final List<Node> files = new ArrayList<>();
        private final List<Node> others = new ArrayList<>();
        private final List<Node> sealed = new ArrayList<>();
        private final Deque<Seen> ahead = new ArrayDeque<>();
        private boolean complete = true;
        private String device;

        private Walk(Set<Path> without) {
            this.without = without;
        }

        private void run(Path top) throws IOException {
            push(look(top));
            while (!ahead.isEmpty()) {
                Seen seen = ahead.pop();
                if (device == null) {
                    device = seen.device();
                } else if (!device.equals(seen.device())) {
                    throw DriverException.passing("another file system is mounted inside the asset");
                }
                switch (seen.type()) {
                    case DIRECTORY -> enter(seen.node());
                    case FILE -> files.add(seen.node());
                    case OTHER -> others.add(seen.node());
                }
            }
        }

        private void push(Seen seen) {
            if (seen != null && !without.contains(seen.node().path())) {
                ahead.push(seen);
            }
        }

        private void enter(Node directory) throws IOException {
            if (DeepPath.bytes(directory.path()) > DEEPEST) {
                seal(directory);
                return;
            }
            directories.add(directory);
            List<Seen> entries = new ArrayList<>();
            try {
                if (DeepPath.isNearlyDeep(directory.path())) {
                    list(directory.path(), entries);
                } else {
                    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory.path())) {
                        for (Path entry : stream) {
                            entries.add(look(entry));
                        }
                    }
                }
            } catch (AccessDeniedException locked) {
                if (directory.deep()) {
                    // Nobody can give the service permissions there: no path reaches it.
                    seal(directory);
                } else {
                    complete = false;
                }
                return;
            } catch (NoSuchFileException gone) {
                return;
            }
            entries.removeIf(entry -> entry == null);
            entries.sort(
                    Comparator.comparing((Seen entry) -> entry.node().path()).reversed());
            entries.forEach(this::push);
        }

        private void seal(Node directory) {
            others.add(directory);
            sealed.add(directory);
        }

        private static void list(Path directory, List<Seen> entries) throws IOException {
            try (SecureDirectoryStream<Path> handle = DeepPath.open(directory)) {
                for (Path entry : handle) {
                    Path path = directory.resolve(entry.getFileName());
                    entries.add(
                            DeepPath.isDeep(path)
                                    ? seen(path, DeepPath.attributes(handle, entry.getFileName()))
                                    : look(path));
                }
            }
        }

        private static Seen seen(Path path, PosixFileAttributes attributes) {
            return new Seen(
                    new Node(
                            path,
                            NO_ACCESS,
                            attributes.size(),
                            attributes.lastModifiedTime(),
                            attributes.fileKey(),
                            Node.UNKNOWN,
                            true),
                    type(attributes.isDirectory(), attributes.isRegularFile()),
                    device(attributes.fileKey()));
        }

        /** Null if it is gone. */
        private static Seen look(Path path) throws IOException {
            try {
                Map<String, Object> attributes = Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
                Object key = attributes.get("fileKey");
                return new Seen(
                        new Node(
                                path,
                                (int) attributes.get("mode") & 07777,
                                (long) attributes.get("size"),
                                (FileTime) attributes.get("lastModifiedTime"),
                                key,
                                (int) attributes.get("nlink"),
                                false),
                        type((boolean) attributes.get("isDirectory"), (boolean) attributes.get("isRegularFile")),
                        device(key));
            } catch (NoSuchFileException gone) {
                return null;
            }
        }

        private static Type type(boolean directory, boolean file) {
            return directory ? Type.DIRECTORY : file ? Type.FILE : Type.OTHER;
        }

        /** A file's key reads {@code (dev=801,ino=42)}. */
        private static String device(Object key) {
            return key.toString().split(",", 2)[0];
        }
    }
}
