package io.tenure.provisioning.platform.sandbox;

import io.tenure.provisioning.platform.DriverException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What lies below a directory, itself included. Customers fill virtual data centers, so nothing is trusted: symbolic links
 * are never followed, other file systems not entered, and a file that is linked from elsewhere too is recognised.
 *
 * @param directories parents before children
 * @param files regular files
 * @param others links, pipes, sockets and devices
 * @param complete false if a directory could not be listed
 */
record Tree(List<Node> directories, List<Node> files, List<Path> others, boolean complete) {

    /** Permission bits that let nobody in. */
    static final int NO_ACCESS = 0;
    /** Permission bits of a directory that only the service enters. */
    static final int OWNER_ONLY = 0700;

    /** @param mode permission bits, with set-user-id, set-group-id and sticky */
    record Node(Path path, int mode, long size, FileTime modified, Object inode, int links) {}

    static Tree of(Path top) throws IOException {
        Walk walk = new Walk();
        walk.visit(top);
        return new Tree(walk.directories, walk.files, walk.others, walk.complete);
    }

    /** The part at and below {@code directory}. */
    Tree at(Path directory) {
        return new Tree(
                directories.stream()
                        .filter(node -> node.path().startsWith(directory))
                        .toList(),
                files.stream().filter(node -> node.path().startsWith(directory)).toList(),
                others.stream().filter(path -> path.startsWith(directory)).toList(),
                complete);
    }

    /** Without the parts at and below some directories. */
    Tree without(List<Path> excluded) {
        return new Tree(
                directories.stream()
                        .filter(node -> outside(node.path(), excluded))
                        .toList(),
                files.stream().filter(node -> outside(node.path(), excluded)).toList(),
                others.stream().filter(path -> outside(path, excluded)).toList(),
                complete);
    }

    /**
     * Makes sure that the content of {@code part} belongs to this tree alone. A hard link from elsewhere would let another
     * asset's disk be locked or overwritten through this one.
     */
    void mustContain(Tree part) {
        Map<Object, Integer> found = new HashMap<>();
        files.forEach(node -> found.merge(node.inode(), 1, Integer::sum));
        if (part.files.stream().anyMatch(node -> node.links() > found.getOrDefault(node.inode(), 0))) {
            throw DriverException.passing(
                    "a disk is linked from outside of the asset; an operator must remove one of the links");
        }
    }

    /** Removes everything, children before parents, links without what they point to. */
    void remove() throws IOException {
        for (Node file : files) {
            Files.deleteIfExists(file.path());
        }
        for (Path other : others) {
            Files.deleteIfExists(other);
        }
        for (Node directory : directories.reversed()) {
            Files.deleteIfExists(directory.path());
        }
    }

    /** Sets permission bits of a file or directory, and of nothing that a link in its place points to. */
    static void setMode(Path path, int mode) throws IOException {
        try {
            Files.setAttribute(path, "unix:mode", mode, LinkOption.NOFOLLOW_LINKS);
        } catch (AccessDeniedException unreadable) {
            // Not following links means to open it, which an unprivileged owner may not who has no permission on it.
            // Such
            // a file is no link.
            Files.setAttribute(path, "unix:mode", mode);
        }
    }

    private static boolean outside(Path path, List<Path> excluded) {
        return excluded.stream().noneMatch(path::startsWith);
    }

    private static final class Walk {

        private final List<Node> directories = new ArrayList<>();
        private final List<Node> files = new ArrayList<>();
        private final List<Path> others = new ArrayList<>();
        private boolean complete = true;
        private Object device;

        private void visit(Path path) throws IOException {
            Map<String, Object> attributes;
            try {
                attributes = Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
            } catch (NoSuchFileException gone) {
                return;
            }
            Node node = new Node(
                    path,
                    (int) attributes.get("mode") & 07777,
                    (long) attributes.get("size"),
                    (FileTime) attributes.get("lastModifiedTime"),
                    attributes.get("ino"),
                    (int) attributes.get("nlink"));
            if (device == null) {
                device = attributes.get("dev");
            } else if (!device.equals(attributes.get("dev"))) {
                throw DriverException.passing("another file system is mounted inside the asset");
            }
            if ((boolean) attributes.get("isDirectory")) {
                directories.add(node);
                list(path);
            } else if ((boolean) attributes.get("isRegularFile")) {
                files.add(node);
            } else {
                others.add(path);
            }
        }

        private void list(Path directory) throws IOException {
            List<Path> entries = new ArrayList<>();
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
                stream.forEach(entries::add);
            } catch (AccessDeniedException locked) {
                complete = false;
                return;
            }
            entries.sort(Comparator.naturalOrder());
            for (Path entry : entries) {
                visit(entry);
            }
        }
    }
}
