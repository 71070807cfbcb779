package io.tenure.local.demo;

import io.tenure.local.platform.LocalIdentities;
import io.tenure.local.platform.Platform;
import io.tenure.local.platform.Progress;
import io.tenure.local.platform.Retention;
import io.tenure.local.server.KafkaAccess;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** A fresh platform on this machine, which the demo starts. The caller closes it. */
public final class LocalDeployment implements Deployment {

    private final Platform platform;
    private final LocalIdentities identities;
    private final Storage storage;

    /** On a platform that is fresh and not started. */
    public LocalDeployment(Platform platform) {
        this.platform = platform;
        this.identities = new LocalIdentities(platform.keycloak().url(), platform.secrets());
        this.storage = new LocalStorage(platform.layout().sandbox());
    }

    @Override
    public String opening() {
        return "platform started";
    }

    @Override
    public String open(Progress progress) {
        platform.start(progress);
        progress.done();
        return platform.parts().size() + " parts, each on 127.0.0.1";
    }

    @Override
    public Retention retention() {
        return platform.retention();
    }

    @Override
    public URI service(String name) {
        return platform.service(name).url();
    }

    @Override
    public URI keycloak() {
        return platform.keycloak().url();
    }

    @Override
    public URI traces() {
        return platform.zipkin().url();
    }

    @Override
    public Map<String, Object> kafka() {
        return platform.kafka().clientSettings(KafkaAccess.OPERATIONS);
    }

    @Override
    public String userToken(String name) {
        return identities.token(name);
    }

    @Override
    public String clientToken(String name) {
        return identities.clientToken(name);
    }

    @Override
    public Optional<MimeMessage> mail(String messageId) {
        return platform.mail().messages().stream()
                .filter(m -> messageId.equals(messageIdOf(m)))
                .findFirst();
    }

    private static String messageIdOf(MimeMessage message) {
        try {
            return message.getMessageID();
        } catch (MessagingException e) {
            return "";
        }
    }

    @Override
    public Storage storage() {
        return storage;
    }

    @Override
    public String logVkey() {
        return platform.secrets().logVkey();
    }

    @Override
    public String certificateJwks() {
        return platform.secrets().certificateJwks();
    }
}
