package io.tenure.local.command;

import io.tenure.local.platform.Secrets;
import io.tenure.verifier.offline.OfflineVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./tenure verify FILE}: checks a proof, a certificate or an evidence bundle, without any server. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Verify a proof, a certificate or an evidence bundle offline.")
final class VerifyCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE")
    private Path file;

    @Option(names = "--log-key", paramLabel = "FILE", description = "The log's public key, a vkey line.")
    private Path logKey;

    @Option(names = "--certificate-keys", paramLabel = "FILE", description = "The certificate keys, a JWK set.")
    private Path certificateKeys;

    @Override
    public Integer call() throws IOException {
        var layout = Here.layout();
        var secrets = new Secrets(layout);
        // Without a key from elsewhere, those of the platform in this working copy.
        var ownLog = Files.exists(layout.secrets().resolve("log-signing.key"));
        var ownCertificates = Files.exists(layout.secrets().resolve("certificate-signing.pem"));
        var report = OfflineVerifier.file(
                file,
                logKey != null ? Optional.of(Files.readString(logKey)) : when(ownLog, secrets::logVkey),
                certificateKeys != null
                        ? Optional.of(Files.readString(certificateKeys))
                        : when(ownCertificates, secrets::certificateJwks));
        for (var finding : report.findings()) {
            System.out.println((finding.ok() ? "  ok    " : "  FAIL  ") + finding.name() + ": " + finding.detail());
        }
        System.out.println(
                report.ok() ? "The " + report.kind() + " holds." : "The " + report.kind() + " does NOT hold.");
        return report.ok() ? 0 : 1;
    }

    private static Optional<String> when(boolean exists, java.util.function.Supplier<String> value) {
        return exists ? Optional.of(value.get()) : Optional.empty();
    }
}
