package io.tenure.local.command;

import io.tenure.local.platform.Layout;
import io.tenure.local.platform.RunningPlatform;
import io.tenure.local.platform.State;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code ./tenure reset}: stops the platform and drops its state: databases, topics, disks, secrets, mail, logs. */
@Command(name = "reset", mixinStandardHelpOptions = true, description = "Stop the platform and drop its state.")
final class ResetCommand implements Callable<Integer> {

    @Override
    public Integer call() throws IOException {
        for (var layout : List.of(Layout.of(Here.copy()), Layout.beside(Here.copy(), Here.DEMO))) {
            new RunningPlatform(layout).stop();
            State.drop(layout);
        }
        System.out.println("The platform's state is dropped. Unpacked programs stay for the next start.");
        return 0;
    }
}
