package io.tenure.notification.channel.mail;

import io.tenure.kit.task.Work;
import io.tenure.notification.channel.mail.MailConfig.Bounces;
import io.tenure.notification.channel.mail.MailConfig.Security;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.FetchProfile;
import jakarta.mail.Flags;
import jakarta.mail.Flags.Flag;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessageRemovedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.UIDFolder;
import jakarta.mail.search.FlagTerm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Properties;

/** The mailbox of returned messages. Blocks. */
class BounceMailbox {

    /** At most this many messages are read at once. */
    private static final int BATCH = 50;

    /** Our messages are a few kilobytes, and a report contains at most one of them. */
    private static final int LONGEST_MESSAGE = 1024 * 1024;

    private static final int IMAPS = 993;

    private final Bounces config;
    private final Security security;
    private final Session session;
    private final BounceReader reader;

    BounceMailbox(Bounces config, Duration timeout, BounceReader reader) {
        this.config = config;
        this.security = config.security().orElse(Security.TLS);
        this.session = session(security, timeout);
        this.reader = reader;
    }

    /** A message and its meaning. @param uid its id within the folder's {@code validity} (RFC 9051, 2.3.1.1) */
    record Entry(long uid, Returned says) {}

    /**
     * Up to {@link #BATCH} messages.
     *
     * @param isLast whether there were no more messages
     */
    record Batch(long validity, List<Entry> entries, boolean isLast) {}

    /**
     * What to do with messages that were processed.
     *
     * @param delete messages that are not needed any more
     * @param flag messages that a person must look at; they stay in the mailbox and are not read again
     */
    record Taken(long validity, List<Long> delete, List<Long> flag) {

        static final Taken NOTHING = new Taken(0, List.of(), List.of());
    }

    /**
     * Deletes or flags the processed messages, and reads the next ones.
     *
     * @throws MailboxException if the mailbox cannot be reached
     */
    Batch exchange(Taken taken, Work work) {
        try (Store store = session.getStore(security == Security.TLS ? "imaps" : "imap")) {
            store.connect(config.host(), config.port().orElse(IMAPS), config.username(), config.password());
            try (Folder folder = store.getFolder(config.folder().orElse("INBOX"))) {
                folder.open(Folder.READ_WRITE);
                UIDFolder uids = (UIDFolder) folder;
                // If the folder was recreated, the same ids mean other messages.
                if (uids.getUIDValidity() == taken.validity()) {
                    mark(folder, taken.delete(), Flag.DELETED);
                    mark(folder, taken.flag(), Flag.FLAGGED);
                    folder.expunge();
                }
                Message[] left = folder.search(new FlagTerm(new Flags(Flag.FLAGGED), false));
                return new Batch(uids.getUIDValidity(), read(folder, left, work), left.length == 0);
            }
        } catch (AuthenticationFailedException refused) {
            throw new MailboxException("IMAP login refused");
        } catch (MessagingException | IOException away) {
            throw new MailboxException("IMAP " + away.getClass().getSimpleName());
        }
    }

    private static void mark(Folder folder, List<Long> messages, Flag flag) throws MessagingException {
        Message[] found = Arrays.stream(((UIDFolder) folder)
                        .getMessagesByUID(
                                messages.stream().mapToLong(uid -> uid).toArray()))
                .filter(Objects::nonNull)
                .toArray(Message[]::new);
        folder.setFlags(found, new Flags(flag), true);
    }

    private List<Entry> read(Folder folder, Message[] left, Work work) throws MessagingException, IOException {
        Message[] next = Arrays.copyOf(left, Math.min(left.length, BATCH));
        FetchProfile profile = new FetchProfile();
        profile.add(UIDFolder.FetchProfileItem.UID);
        profile.add(FetchProfile.Item.SIZE);
        folder.fetch(next, profile);
        List<Entry> entries = new ArrayList<>();
        for (Message message : next) {
            try {
                long uid = ((UIDFolder) folder).getUID(message);
                entries.add(new Entry(uid, read(message)));
            } catch (MessageRemovedException elsewhere) {
                // Another replica or a person removed it meanwhile.
                continue;
            } catch (MessagingException unreadable) {
                // A message that the server cannot deliver must not keep the others from being read.
                if (!folder.isOpen() || message.isExpunged()) {
                    throw unreadable;
                }
                entries.add(new Entry(((UIDFolder) folder).getUID(message), new Returned.Foreign()));
            }
            work.progressed(entries.size(), next.length);
        }
        return entries;
    }

    private Returned read(Message message) throws MessagingException, IOException {
        if (message.getSize() > LONGEST_MESSAGE) {
            return new Returned.Foreign();
        }
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        message.writeTo(raw);
        return reader.read(raw.toByteArray());
    }

    private static Session session(Security security, Duration timeout) {
        String protocol = security == Security.TLS ? "imaps" : "imap";
        String milliseconds = Long.toString(timeout.toMillis());
        Properties settings = new Properties();
        settings.setProperty("mail." + protocol + ".connectiontimeout", milliseconds);
        settings.setProperty("mail." + protocol + ".timeout", milliseconds);
        settings.setProperty("mail." + protocol + ".writetimeout", milliseconds);
        settings.setProperty("mail." + protocol + ".ssl.checkserveridentity", "true");
        settings.setProperty("mail." + protocol + ".starttls.enable", Boolean.toString(security == Security.STARTTLS));
        settings.setProperty(
                "mail." + protocol + ".starttls.required", Boolean.toString(security == Security.STARTTLS));
        // Fetch whole messages at once, and do not mark them as seen.
        settings.setProperty("mail." + protocol + ".partialfetch", "false");
        settings.setProperty("mail." + protocol + ".peek", "true");
        return Session.getInstance(settings);
    }
}
