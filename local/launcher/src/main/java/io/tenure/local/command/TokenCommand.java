package io.tenure.local.command;

import io.tenure.local.platform.LocalIdentities;
import io.tenure.local.platform.Secrets;
import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./tenure token USER}: an access token of a local user, and nothing else, on standard output. */
@Command(name = "token", mixinStandardHelpOptions = true, description = "Print an access token of a local user.")
final class TokenCommand implements Callable<Integer> {

    @Parameters(paramLabel = "USER", description = "operator, admin, account-manager, auditor or tenant-admin")
    private String user;

    @Option(names = "--tenant", paramLabel = "ID", description = "Make tenant-admin the administrator of this tenant.")
    private String tenant;

    @Override
    public Integer call() {
        var keycloak = URI.create("http://127.0.0.1:" + Here.ports().of("keycloak"));
        var identities = new LocalIdentities(keycloak, new Secrets(Here.layout()));
        if (tenant != null) {
            identities.assignTenant(tenant);
        }
        System.out.println(identities.token(user));
        return 0;
    }
}
