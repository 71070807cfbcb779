package io.tenure.notification.outside;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.tenure.local.server.Ports;
import java.util.HashMap;
import java.util.Map;

/** Tells the service where {@link Services} and {@link MailDoor} will be. */
public class OutsideTestResource implements QuarkusTestResourceLifecycleManager {

    @Override
    public Map<String, String> start() {
        String services = "http://127.0.0.1:" + Ports.free();
        Map<String, String> mailbox = Map.of(
                "tenure.mail.bounces.address",
                "bounces@provider.example",
                "tenure.mail.bounces.host",
                "127.0.0.1",
                "tenure.mail.bounces.port",
                Integer.toString(Ports.free()),
                "tenure.mail.bounces.security",
                "NONE",
                "tenure.mail.bounces.username",
                "bounces@provider.example",
                "tenure.mail.bounces.password",
                "the-mailboxs-own-secret");
        Map<String, String> all = new HashMap<>(mailbox);
        all.putAll(Map.of(
                "tenure.provisioning.url",
                services,
                "tenure.credential.url",
                services,
                "tenure.lifecycle.url",
                services,
                "tenure.oidc.url",
                services + "/realms/tenure",
                "tenure.oidc.client-secret",
                "the-services-own-secret",
                "quarkus.mailer.port",
                Integer.toString(Ports.free()),
                "quarkus.mailer.from",
                "Tenure <notices@provider.example>",
                "tenure.letter.provider",
                "Example Cloud",
                "tenure.letter.support",
                "support@provider.example"));
        return all;
    }

    @Override
    public void stop() {}
}
