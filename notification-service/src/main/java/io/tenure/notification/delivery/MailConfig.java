package io.tenure.notification.delivery;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.vertx.ext.mail.StartTLSOptions;
import java.time.Duration;
import java.util.Optional;

/** {@code tenure.mail}: who writes, and through which mail server. */
@ConfigMapping(prefix = "tenure.mail")
interface MailConfig {

    /** The sender's address, with or without a display name. */
    String from();

    /** The mail server's host. */
    String host();

    /** The mail server's port. */
    int port();

    /** Whether the connection is upgraded to TLS; {@code REQUIRED} refuses a server that does not offer it. */
    @WithDefault("OPTIONAL")
    StartTLSOptions startTls();

    /** Whether the connection is TLS from its first byte on. */
    @WithDefault("false")
    boolean ssl();

    /** For a mail server that asks who sends. */
    Optional<String> username();

    /** For a mail server that asks who sends. */
    Optional<String> password();

    /** The provider's name, as customers know it. */
    String provider();

    /** Whom a customer may ask, for example an address or a telephone number. */
    String support();

    /** How long the mail server may take to accept a message. */
    Duration timeout();
}
