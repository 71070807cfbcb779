package io.tenure.local.demo;

import java.io.IOException;
import java.util.List;

/**
 * The files that the sandbox driver has in place of disks: as a customer's machine writes to them, and as somebody sees
 * them who holds the storage in his hands. Paths are relative to the driver's root.
 */
public interface Storage {

    /**
     * A file's name and what its permissions allow.
     *
     * @param path relative to the driver's root
     * @param mode permission bits, 0 where nobody may do anything
     */
    record Found(String path, int mode) {}

    /** A file that was opened and is held, whatever becomes of its name and permissions. */
    interface Held extends AutoCloseable {

        /** What it holds now. */
        byte[] content() throws IOException;

        @Override
        void close() throws IOException;
    }

    /** Makes a directory and a file of random bytes in it. */
    void create(String path, int bytes) throws IOException;

    /** Writes ASCII text into a file again and again, each time so many bytes further, and has it stored. */
    void write(String path, String text, int every) throws IOException;

    /** Opens a file and holds it. */
    Held hold(String path) throws IOException;

    /** Whether there is a file of this name. */
    boolean exists(String path) throws IOException;

    /** All files below a directory; none where there is no such directory. */
    List<Found> files(String below) throws IOException;
}
