package io.tenure.local.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Ends the children of a JVM that was killed too hard to end them itself. A shell reads, on a pipe from this JVM, which
 * processes live; the kernel closes the pipe when the JVM is gone for whatever reason, and the shell then ends what is
 * left. It leads a session of its own, so that a Ctrl-C in the terminal does not reach it.
 */
final class Guard {

    private static final String SCRIPT = """
            trap '' INT TERM HUP
            children=''
            while read -r word pid signal; do
              rest=''
              for c in $children; do [ "${c%:*}" = "$pid" ] || rest="$rest $c"; done
              children=$rest
              [ "$word" = add ] && children="$children $pid:$signal"
            done
            [ -n "$children" ] || exit 0
            for c in $children; do kill "-${c#*:}" "${c%:*}" 2>/dev/null; done
            tries=0
            while [ "$tries" -lt 80 ]; do
              alive=''
              for c in $children; do kill -0 "${c%:*}" 2>/dev/null && alive=yes; done
              [ -n "$alive" ] || exit 0
              sleep 0.1
              tries=$((tries + 1))
            done
            for c in $children; do kill -KILL "${c%:*}" 2>/dev/null; done
            """;

    private static Guard instance;

    private final OutputStream pipe;

    private Guard(OutputStream pipe) {
        this.pipe = pipe;
    }

    /** The one guard of this JVM, started when it is first needed. */
    static synchronized Guard get() throws IOException {
        if (instance == null) {
            var shell = new ProcessBuilder(Session.apart(List.of("sh", "-c", SCRIPT)))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            instance = new Guard(shell.getOutputStream());
        }
        return instance;
    }

    /** From now on the process is ended, with the given signal first, when this JVM is gone. */
    void add(long pid, String signal) throws IOException {
        send("add " + pid + " " + signal + "\n");
    }

    /** The process has ended: its pid may belong to another soon. */
    void remove(long pid) {
        try {
            send("remove " + pid + " -\n");
        } catch (IOException e) {
            // The guard is gone, and with it the danger that it ends the wrong process.
        }
    }

    private synchronized void send(String line) throws IOException {
        pipe.write(line.getBytes(StandardCharsets.US_ASCII));
        pipe.flush();
    }
}
