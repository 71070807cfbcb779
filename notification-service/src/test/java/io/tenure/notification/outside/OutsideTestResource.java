package io.tenure.notification.outside;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.tenure.local.server.Ports;
import java.util.Map;

/** Tells the service where {@link Services} and {@link MailDoor} will be. */
public class OutsideTestResource implements QuarkusTestResourceLifecycleManager {

    @Override
    public Map<String, String> start() {
        String services = "http://127.0.0.1:" + Ports.free();
        return Map.ofEntries(
                Map.entry("tenure.provisioning.url", services),
                Map.entry("tenure.credential.url", services),
                Map.entry("tenure.lifecycle.url", services),
                Map.entry("tenure.oidc.url", services + "/realms/tenure"),
                Map.entry("tenure.oidc.client-secret", "the-services-own-secret"),
                Map.entry("quarkus.mailer.port", Integer.toString(Ports.free())),
                Map.entry("quarkus.mailer.from", "Tenure <notices@provider.example>"),
                Map.entry("tenure.mail.bounces.address", "bounces@provider.example"),
                Map.entry("tenure.mail.bounces.host", "127.0.0.1"),
                Map.entry("tenure.mail.bounces.port", Integer.toString(Ports.free())),
                Map.entry("tenure.mail.bounces.security", "NONE"),
                Map.entry("tenure.mail.bounces.username", "bounces@provider.example"),
                Map.entry("tenure.mail.bounces.password", "the-mailboxs-own-secret"),
                Map.entry("tenure.letter.provider", "Example Cloud"),
                Map.entry("tenure.letter.support", "support@provider.example"));
    }

    @Override
    public void stop() {}
}
