package io.tenure.notification.channel.mail;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.vertx.ext.mail.StartTLSOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code tenure.mail}: through which mail server letters leave, and where they come back to. */
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

    /** How long the mail server may take to accept a message, and the mailbox to answer. */
    Duration timeout();

    /** How often returned messages are looked for without a reason. */
    Duration bouncePollInterval();

    /** Where messages that come back go; without it bounces go unseen. */
    Optional<Bounces> bounces();

    /**
     * {@code tenure.mail.bounces}: a mailbox of its own, read by IMAP (RFC 9051). No setting has a default by annotation: that
     * would make a mailbox where none is configured.
     */
    interface Bounces {

        /**
         * The mailbox's address. Each message has a return path of its own, {@code local+token@domain}, so the mailbox takes
         * addresses with details (RFC 5233).
         */
        String address();

        /** The IMAP server's host. */
        String host();

        /** The IMAP server's port; 993 unless said otherwise. */
        OptionalInt port();

        /** How the connection is protected; by {@link Security#TLS} unless said otherwise. */
        Optional<Security> security();

        String username();

        String password();

        /** The folder that is read; {@code INBOX} unless said otherwise. */
        Optional<String> folder();
    }

    /** How a connection is protected. */
    enum Security {
        /** From its first byte on. */
        TLS,
        /** Upgraded before anybody logs in; a server that does not offer it is refused. */
        STARTTLS,
        /** Not at all: for a server on the same machine. */
        NONE
    }
}
