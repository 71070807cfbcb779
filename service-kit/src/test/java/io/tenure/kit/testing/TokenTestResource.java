package io.tenure.kit.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;

/**
 * Stands in for the identity provider in the tests of one service: a key pair whose public half the service trusts, and
 * with whose private half {@link TestTokens} signs. Also makes the master key file.
 */
public class TokenTestResource implements QuarkusTestResourceLifecycleManager {

    @Override
    public Map<String, String> start() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            KeyPair keys = generator.generateKeyPair();
            TestTokens.signWith(keys.getPrivate());
            byte[] master = new byte[32];
            new SecureRandom().nextBytes(master);
            Path masterKey = Files.createTempFile("tenure-test", ".key");
            masterKey.toFile().deleteOnExit();
            Files.writeString(masterKey, Base64.getEncoder().encodeToString(master));
            return Map.of(
                    "quarkus.oidc.public-key",
                    Base64.getEncoder().encodeToString(keys.getPublic().getEncoded()),
                    "quarkus.oidc.auth-server-url",
                    "",
                    "quarkus.oidc.token.issuer",
                    TestTokens.ISSUER,
                    "tenure.master-key-file",
                    masterKey.toString());
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void stop() {}
}
