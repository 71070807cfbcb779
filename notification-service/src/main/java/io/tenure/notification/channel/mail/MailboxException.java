package io.tenure.notification.channel.mail;

/** The mailbox of returned messages cannot be read. Quotes nothing that its server said. */
final class MailboxException extends RuntimeException {

    /** @param reason for logs, for example {@code IMAP unreachable} */
    MailboxException(String reason) {
        super(reason, null, false, false);
    }
}
