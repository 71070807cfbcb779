package io.tenure.notification.channel.mail;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.vertx.ext.mail.StartTLSOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code tenure.mail}: the mail server, and the mailbox for returned messages. */
@ConfigMapping(prefix = "tenure.mail")
interface MailConfig {

    /** The sender's address, with or without a display name. */
    String from();

    /** The mail server's host. */
    String host();

    /** The mail server's port. */
    int port();

    /** Whether the connection is upgraded to TLS; {@code REQUIRED} refuses servers that do not offer it. */
    @WithDefault("OPTIONAL")
    StartTLSOptions startTls();

    /** Whether the connection uses TLS from the first byte. */
    @WithDefault("false")
    boolean ssl();

    /** For a mail server that requires a login. */
    Optional<String> username();

    /** For a mail server that requires a login. */
    Optional<String> password();

    /** How long the mail server may take to accept a message, and the mailbox to answer. */
    Duration timeout();

    /** How often the mailbox is read even if no notice asks for it. */
    Duration bouncePollInterval();

    /** The mailbox for returned messages; without it bounces are not seen. */
    Optional<Bounces> bounces();

    /**
     * {@code tenure.mail.bounces}: a dedicated mailbox, read by IMAP (RFC 9051). No setting has a default by
     * annotation, because a default would make the mailbox appear configured.
     */
    interface Bounces {

        /**
         * The mailbox's address. Each message has its own return path, {@code local+token@domain}, so the mailbox must
         * accept addresses with details (RFC 5233).
         */
        String address();

        /** The IMAP server's host. */
        String host();

        /** The IMAP server's port; 993 by default. */
        OptionalInt port();

        /** How the connection is protected; {@link Security#TLS} by default. */
        Optional<Security> security();

        String username();

        String password();

        /** The folder that is read; {@code INBOX} by default. */
        Optional<String> folder();
    }

    /** How a connection is protected. */
    enum Security {
        /** TLS from the first byte. */
        TLS,
        /** Upgraded to TLS before the login; a server that does not offer it is refused. */
        STARTTLS,
        /** Unprotected, for a server on the same machine. */
        NONE
    }
}
