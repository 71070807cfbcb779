package io.tenure.local.command;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code ./tenure down}: stops the platform and keeps its state. */
@Command(name = "down", mixinStandardHelpOptions = true, description = "Stop the platform; its state stays.")
final class DownCommand implements Callable<Integer> {

    @Override
    public Integer call() throws IOException {
        var platform = Here.platform();
        if (platform.supervisor().isPresent()) {
            System.out.println("stopping; the first time this also writes caches, which may take a minute");
        }
        var ran = platform.stop();
        System.out.println(ran ? "The platform is stopped." : "The platform was not up.");
        return 0;
    }
}
