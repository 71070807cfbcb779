package io.tenure.platform.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;

/**
 * Reaches what lies deeper than the operating system takes a path for (PATH_MAX, 4096 bytes on Linux): from the handle
 * of one directory to the next, at most two of which are open at once. Customers can make such directories, and need
 * only a few lines for it.
 */
final class DeepPath {

    /** Longest path that is used as it is, in bytes; leaves room for what is appended to it. */
    private static final int LONGEST = 3900;
    /** A name, in bytes, with its slash. */
    private static final int LONGEST_NAME = 256;

    private DeepPath() {}

    static int bytes(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    /** Whether no call takes the path as it is. */
    static boolean isDeep(Path path) {
        return bytes(path) > LONGEST;
    }

    /** Whether that may be so for an entry of a directory. */
    static boolean isNearlyDeep(Path directory) {
        return bytes(directory) > LONGEST - LONGEST_NAME;
    }

    /** A directory, however deep. Its entries are reached through the handle by their names. */
    static SecureDirectoryStream<Path> open(Path directory) throws IOException {
        Path rest = directory.getRoot().relativize(directory);
        SecureDirectoryStream<Path> handle = secure(Files.newDirectoryStream(directory.getRoot()));
        int from = 0;
        while (from < rest.getNameCount()) {
            int to = reach(rest, from);
            try (SecureDirectoryStream<Path> left = handle) {
                handle = left.newDirectoryStream(rest.subpath(from, to), LinkOption.NOFOLLOW_LINKS);
            }
            from = to;
        }
        return handle;
    }

    /** Where the names end that one call can take. */
    private static int reach(Path path, int from) {
        int bytes = 0;
        int to = from;
        while (to < path.getNameCount() && bytes < LONGEST - LONGEST_NAME) {
            bytes += bytes(path.getName(to)) + 1;
            to++;
        }
        return to;
    }

    private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream) throws IOException {
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        stream.close();
        throw new IOException("the file system has no directory handles");
    }

    static PosixFileAttributes attributes(SecureDirectoryStream<Path> directory, Path name) throws IOException {
        return directory
                .getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
    }

    /** Removes a file, however deep; nothing to do where it is gone. */
    static void deleteFile(Path file) throws IOException {
        if (!isDeep(file)) {
            Files.deleteIfExists(file);
            return;
        }
        try (SecureDirectoryStream<Path> parent = open(file.getParent())) {
            parent.deleteFile(file.getFileName());
        } catch (NoSuchFileException gone) {
            return;
        }
    }

    /** The same for an empty directory. */
    static void deleteDirectory(Path directory) throws IOException {
        if (!isDeep(directory)) {
            Files.deleteIfExists(directory);
            return;
        }
        try (SecureDirectoryStream<Path> parent = open(directory.getParent())) {
            parent.deleteDirectory(directory.getFileName());
        } catch (NoSuchFileException gone) {
            return;
        }
    }

    /** Moves a file to where a path reaches it. */
    static void moveUp(Path deep, Path target) throws IOException {
        try (SecureDirectoryStream<Path> from = open(deep.getParent());
                SecureDirectoryStream<Path> to = open(target.getParent())) {
            from.move(deep.getFileName(), to, target.getFileName());
        }
        DurableFiles.sync(target.getParent());
    }
}
