package io.tenure.local.compose;

import io.tenure.local.demo.Storage;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The sandbox driver's files on a volume of the container of the provisioning service, which this machine may have no other
 * way to: a shell inside it, as the service's own user, takes commands and holds files open.
 */
final class ContainerStorage implements Storage, AutoCloseable {

    /** A descriptor is read once, from its beginning: nothing in the image can go back in one, and a file that nobody has
     * permissions for cannot be opened a second time. */
    private static final int READINGS = 8;

    private final Process shell;
    private final BufferedWriter commands;
    private final BufferedReader answers;
    private int nextDescriptor = 20;

    private final class Open implements Held {

        private final String path;
        private final int first;
        private int read;

        private Open(String path, int first) {
            this.path = path;
            this.first = first;
        }

        @Override
        public byte[] content() throws IOException {
            if (read == READINGS) {
                throw new IOException(path + " was opened for " + READINGS + " readings and no more");
            }
            return ask("cat <&" + (first + read++), "reading " + path);
        }

        @Override
        public void close() throws IOException {
            for (int i = 0; i < READINGS; i++) {
                send("exec " + (first + i) + "<&-; echo ' 0'");
                answer("closing " + path);
            }
        }
    }

    /**
     * Starts the shell.
     *
     * @param command of the engine, for {@code bash} inside the container
     * @param root the driver's root in there
     */
    ContainerStorage(List<String> command, String root) throws IOException {
        shell = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        commands = new BufferedWriter(new OutputStreamWriter(shell.getOutputStream(), StandardCharsets.UTF_8));
        answers = new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.US_ASCII));
        send("cd " + quoted(root) + " && echo ' 0' || echo ' 1'");
        answer("the directory " + root);
    }

    @Override
    public synchronized void create(String path, int bytes) throws IOException {
        var directory = path.substring(0, path.lastIndexOf('/'));
        ask("mkdir " + quoted(directory) + " && head -c " + bytes + " /dev/urandom >" + quoted(path), "making " + path);
    }

    @Override
    public synchronized void write(String path, String text, int every) throws IOException {
        ask(
                "size=$(stat -c %s " + quoted(path) + ") && for ((at = 0; at + " + text.length()
                        + " <= size; at += " + every + ")); do printf %s " + quoted(text) + " | dd of="
                        + quoted(path) + " oflag=seek_bytes seek=$at conv=notrunc status=none || exit; done && sync "
                        + quoted(path),
                "writing " + path);
    }

    @Override
    public synchronized Held hold(String path) throws IOException {
        int first = nextDescriptor;
        nextDescriptor += READINGS;
        for (int i = 0; i < READINGS; i++) {
            send("exec " + (first + i) + "<" + quoted(path) + " && echo ' 0' || echo ' 1'");
            answer("opening " + path);
        }
        return new Open(path, first);
    }

    @Override
    public synchronized boolean exists(String path) throws IOException {
        return text("if [ -e " + quoted(path) + " ]; then echo yes; else echo no; fi", "looking for " + path)
                .equals("yes\n");
    }

    @Override
    public synchronized List<Found> files(String below) throws IOException {
        var directory = quoted(below);
        var listed = text(
                "if [ -e " + directory + " ]; then find " + directory + " -type f -printf '%m %p\\n'; fi",
                "listing " + below);
        var found = new ArrayList<Found>();
        for (var line : listed.lines().toList()) {
            var parts = line.split(" ", 2);
            found.add(new Found(parts[1], Integer.parseInt(parts[0], 8)));
        }
        return found;
    }

    private String text(String command, String what) throws IOException {
        return new String(ask(command, what), StandardCharsets.UTF_8);
    }

    /** What a command prints; its errors are part of the failure. */
    private byte[] ask(String command, String what) throws IOException {
        send("( " + command + " ) 2>&1 </dev/null | base64 --wrap=0; echo \" ${PIPESTATUS[0]}\"");
        return answer(what);
    }

    private void send(String line) throws IOException {
        try {
            commands.write(line);
            commands.newLine();
            commands.flush();
        } catch (IOException e) {
            throw new IOException("the shell in the container of provisioning has ended", e);
        }
    }

    /** An answer is a line: what was printed in base64, a space, the status. A shell that ends may leave half of one. */
    private byte[] answer(String what) throws IOException {
        var line = answers.readLine();
        if (line == null || line.indexOf(' ') < 0 || line.endsWith(" ")) {
            throw new IOException(what + ": the shell in the container of provisioning has ended");
        }
        int space = line.lastIndexOf(' ');
        var printed = Base64.getDecoder().decode(line.substring(0, space));
        if (!line.substring(space + 1).equals("0")) {
            throw new IOException(what + " failed in the container of provisioning: "
                    + new String(printed, StandardCharsets.UTF_8).strip());
        }
        return printed;
    }

    private static String quoted(String value) {
        return "'" + value.replace("'", "'\\''") + "'";
    }

    @Override
    public void close() {
        // Ends with its input; where it has ended already, what was not written has no reader.
        shell.destroy();
    }
}
