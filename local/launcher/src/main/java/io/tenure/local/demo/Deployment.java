package io.tenure.local.demo;

import io.tenure.local.platform.Progress;
import io.tenure.local.platform.Retention;
import jakarta.mail.internet.MimeMessage;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** The running system that the demo is played on: where its parts are, and what only those know who operate it. */
public interface Deployment {

    /** What {@link #open} does, in a few words. */
    String opening();

    /**
     * Makes it ready for the story. Nothing but the retention may be asked for before.
     *
     * @return what proves that it is, in one line
     */
    String open(Progress progress) throws Exception;

    /** The policy that it runs with. */
    Retention retention();

    /** The base address of a service. */
    URI service(String name);

    /** Keycloak's base address. */
    URI keycloak();

    /** The base address of the trace store. */
    URI traces();

    /** What a Kafka client needs to read all topics. */
    Map<String, Object> kafka();

    /** A fresh token of one of the provider's people, for instance {@code auditor}. */
    String userToken(String name);

    /** A fresh token of a confidential client, for instance {@code crm}. */
    String clientToken(String name);

    /** A received mail with this Message-ID, if it is there. */
    Optional<MimeMessage> mail(String messageId);

    /** The files of the sandbox driver. */
    Storage storage();

    /** The audit log's public key, a vkey line, not by way of the services. */
    String logVkey();

    /** The keys of certificates, a JWK set, not by way of the services. */
    String certificateJwks();
}
