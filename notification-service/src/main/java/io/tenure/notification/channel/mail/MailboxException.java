package io.tenure.notification.channel.mail;

/** The mailbox of returned messages cannot be read. The message does not quote the server. */
final class MailboxException extends RuntimeException {

    /** @param reason for logs, for example {@code IMAP unreachable} */
    MailboxException(String reason) {
        super(reason, null, false, false);
    }
}
