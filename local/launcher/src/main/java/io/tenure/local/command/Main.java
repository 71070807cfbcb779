package io.tenure.local.command;

import io.tenure.local.platform.PlatformException;
import io.tenure.local.process.StartFailure;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The launcher's commands in Java; {@code ./tenure} finds the JDK and starts this. */
@Command(
        name = "tenure",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "The local platform of Tenure.",
        subcommands = {
            DemoCommand.class,
            UpCommand.class,
            DownCommand.class,
            ResetCommand.class,
            StatusCommand.class,
            TokenCommand.class,
            VerifyCommand.class,
            ReplayCommand.class
        })
public final class Main implements Runnable {

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** Runs one command and exits with its status. */
    public static void main(String[] args) {
        if (System.getProperty("org.slf4j.simpleLogger.defaultLogLevel") == null) {
            System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
        }
        var line = new CommandLine(new Main());
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            command.getErr().println("tenure: " + explain(e));
            return 1;
        });
        System.exit(line.execute(args));
    }

    private static String explain(Exception e) {
        // Said to the user: no stack trace where the message is meant for people.
        if (e instanceof PlatformException || e instanceof StartFailure || e instanceof UncheckedIOException) {
            return e.getMessage();
        }
        if (Boolean.getBoolean("tenure.debug")) {
            e.printStackTrace();
        }
        return e.toString();
    }

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
