package io.tenure.notification.channel.mail;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.vertx.VertxContextSupport;
import io.tenure.events.CredentialFact.CredentialHandedOver;
import io.tenure.events.CredentialFact.CredentialIssued;
import io.tenure.events.CredentialFact.Target;
import io.tenure.events.Fact;
import io.tenure.events.LifecycleFact.DeletionCertificateIssued;
import io.tenure.events.LifecycleFact.RetentionStarted;
import io.tenure.events.NotificationFact;
import io.tenure.events.NotificationFact.NoticeAccepted;
import io.tenure.events.NotificationFact.NoticeDelivered;
import io.tenure.events.NotificationFact.NoticeFailed;
import io.tenure.kit.Ids;
import io.tenure.kit.UnitOfWork;
import io.tenure.kit.testing.MovableClock;
import io.tenure.kit.testing.TestRecords;
import io.tenure.local.testing.TestInfra;
import io.tenure.notification.NotificationTest;
import io.tenure.notification.channel.mail.BounceMailbox.Batch;
import io.tenure.notification.channel.mail.BounceMailbox.Entry;
import io.tenure.notification.notice.Bounce;
import io.tenure.notification.outside.Logged;
import io.tenure.notification.outside.MailDoor;
import io.tenure.notification.outside.Received;
import io.tenure.notification.outside.Reports;
import io.tenure.notification.outside.Services;
import io.tenure.notification.outside.Topics;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.mail.Flags.Flag;
import jakarta.mail.MessagingException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An accepted message may bounce within the bounce window, or later. */
@NotificationTest
class BounceTest {

    private final UUID tenant = Ids.next();
    private final UUID credential = Ids.next();
    private final UUID termination = Ids.next();
    private final String email = "admin-" + tenant + "@customer.example";

    @Inject
    Services services;

    @Inject
    MailDoor door;

    @Inject
    MovableClock clock;

    @Inject
    Pool pool;

    @Inject
    Logged logged;

    @Inject
    BounceIntake intake;

    @Inject
    ReturnPaths returnPaths;

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    MeterRegistry metrics;

    TestInfra infra;

    @BeforeEach
    void aTenant() {
        services.tenant(tenant, "Acme", "Erika Mustermann", email);
    }

    @AfterEach
    void open() {
        door.set(MailDoor.Mode.OPEN);
        door.mailbox(true);
        door.beforeTheYes(() -> {});
    }

    @Test
    void acceptedIsToldBeforeDelivered() {
        publish("lifecycle", retention());

        await().until(() -> said().size() == 2);
        NoticeAccepted accepted = (NoticeAccepted) said().getFirst();
        NoticeDelivered delivered = (NoticeDelivered) said().getLast();
        assertEquals(accepted.noticeId(), delivered.noticeId());
        assertEquals(accepted.messageId(), delivered.messageId());
        assertEquals(1, accepted.attempts());
        assertEquals(1, delivered.schedule());
        Row notice = notice();
        assertTrue(Duration.between(instant(notice, "accepted_at"), instant(notice, "delivered_at"))
                        .compareTo(Duration.ofMillis(200))
                >= 0);
    }

    @Test
    void eachMessageHasAReturnPathThatTellsNothing() {
        publish("lifecycle", retention());
        publish("credential", issued());

        await().until(() -> delivered().size() == 2);
        List<String> paths = letters().stream().map(Reports::returnPath).toList();
        assertEquals(2, paths.stream().distinct().count());
        for (String path : paths) {
            for (UUID id : List.of(
                    tenant, termination, credential, delivered().getFirst().noticeId())) {
                assertFalse(path.contains(id.toString().replace("-", "")), path);
            }
        }
    }

    @Test
    void whatComesBackWithinTheWindowIsNotDeliveredButSentAgain() {
        whenTaken(1, letter -> leave(letter, "failed", "5.1.1"));
        publish("lifecycle", retention());

        await().until(() -> !delivered().isEmpty());
        assertEquals(
                List.of(NoticeAccepted.class, NoticeFailed.class, NoticeAccepted.class, NoticeDelivered.class),
                said().stream().map(Object::getClass).toList());
        assertEquals("bounced 5.1.1", failed().getFirst().reason());
        assertEquals(1, failed().getFirst().attempts());
        assertEquals(2, delivered().getFirst().attempts());
        assertEquals(2, letters().size());
        assertNotEquals(
                Reports.returnPath(letters().getFirst()),
                Reports.returnPath(letters().getLast()));
        awaitCleared(letters().getFirst());
    }

    @Test
    void aPlainBounceCountsToo() {
        whenTaken(
                1, letter -> door.bring(Reports.returnPath(letter), Reports.plain(Reports.returnPath(letter), email)));
        publish("lifecycle", retention());

        await().until(() -> !delivered().isEmpty());
        assertEquals("bounced", failed().getFirst().reason());
    }

    @Test
    void whatComesBackLateIsToldAndSentAgain() {
        Received letter = deliveredLetter(retention());

        bring(letter, "failed", "4.4.7");

        await().until(() -> delivered().size() == 2);
        assertEquals(
                List.of(
                        NoticeAccepted.class,
                        NoticeDelivered.class,
                        NoticeFailed.class,
                        NoticeAccepted.class,
                        NoticeDelivered.class),
                said().stream().map(Object::getClass).toList());
        assertEquals("bounced 4.4.7", failed().getFirst().reason());
        assertEquals(2, letters().size());
    }

    @Test
    void whatAlwaysComesBackIsTriedMoreAndMoreRarely() {
        whenTaken(3, letter -> bring(letter, "failed", "5.1.1"));
        publish("lifecycle", retention());

        await().until(() -> failed().size() >= 3);
        assertEquals(List.of(), delivered());
        assertEquals(
                List.of(1, 2, 3),
                failed().subList(0, 3).stream().map(NoticeFailed::attempts).toList());
        await().until(() -> delivered().size() == 1);
        assertEquals(4, delivered().getFirst().attempts());
    }

    @Test
    void aBounceThatIsFasterThanTheServersYesIsNotForgotten() {
        whenTaken(1, letter -> {
            bring(letter, "failed", "5.7.1");
            await().until(() -> !failed().isEmpty());
        });
        publish("lifecycle", retention());

        await().until(() -> !delivered().isEmpty());
        assertEquals("bounced 5.7.1", failed().getFirst().reason());
        assertEquals(2, delivered().getFirst().attempts());
        assertEquals(1, said().stream().filter(NoticeAccepted.class::isInstance).count());
        assertEquals(2, letters().size());
    }

    @Test
    void aCertificateThatComesBackLateIsToldThoughNobodyCanSendItAgain() {
        services.certificate(termination, CertificateTest.certificate("{}"));
        Received letter =
                deliveredLetter(new DeletionCertificateIssued(termination, Ids.next(), CertificateTest.sha256("{}")));

        bring(letter, "failed", "5.1.1");

        await().until(() -> !failed().isEmpty());
        assertEquals("FAILED", notice().getString("state"));
        assertEquals(0, openTasks());
    }

    @Test
    void whatIsOvertakenAndComesBackIsNotSentAgain() {
        publish("credential", issued());
        await().until(() -> !delivered().isEmpty());
        publish("credential", new CredentialHandedOver(credential, Ids.next()));
        await().until(() -> notice().getBoolean("withdrawn"));
        assertEquals("DELIVERED", notice().getString("state"));

        bring(letters().getFirst(), "failed", "5.1.1");

        await().until(() -> !failed().isEmpty());
        assertEquals("FAILED", notice().getString("state"));
        assertEquals(0, openTasks());
        assertEquals(1, letters().size());
    }

    @Test
    void aDelayIsNoFailureButNoDeliveryEither() {
        whenTaken(1, letter -> leave(letter, "delayed", "4.4.1"));
        publish("lifecycle", retention());

        await().until(() -> notice() != null
                && notice().getValue("window_ends_at") != null
                && instant(notice(), "window_ends_at").isAfter(Instant.now().plus(Duration.ofDays(6))));
        assertEquals("ACCEPTED", notice().getString("state"));
        bring(letters().getFirst(), "failed", "4.4.7");
        await().until(() -> !delivered().isEmpty());
        assertEquals(
                List.of("bounced 4.4.7"),
                failed().stream().map(NoticeFailed::reason).toList());
        assertEquals(2, letters().size());
    }

    @Test
    void goodNewsAndAbsencesChangeNothing() {
        Received letter = deliveredLetter(retention());
        String path = Reports.returnPath(letter);
        door.bring(path, Reports.vacation(path, email));
        bring(letter, "relayed", "2.1.9");

        awaitCleared(letter);
        assertEquals(2, said().size());
        assertEquals("DELIVERED", notice().getString("state"));
    }

    @Test
    void whatIsNotOursStaysForAPersonToLookAt() throws Exception {
        double before = count("foreign");
        String unknown = "bounces+" + "0".repeat(31) + "1@provider.example";
        door.bring(unknown, Reports.status(unknown, "somebody-" + tenant + "@customer.example", "failed", "5.1.1"));
        String none = "bounces@provider.example";
        door.bring(none, Reports.bytes("From: a@b.example\nTo: " + none + "\nSubject: " + tenant + "\n\nHello\n"));
        door.bring(none, Reports.bytes("Subject: " + tenant + "\n\n" + "x".repeat(2 * 1024 * 1024)));
        ask();

        await().until(() -> count("foreign") >= before + 3);
        await().until(() -> flagged() >= 3);
        Instant read = readAt();
        ask();
        // They are not read again and do not keep the mailbox from being read completely.
        await().until(() -> readAt().isAfter(read));
        assertEquals(before + 3, count("foreign"));
    }

    @Test
    void aMessageThatComesTwiceCountsOnce() {
        Received letter = deliveredLetter(retention());
        double before = count("known");
        String path = Reports.returnPath(letter);
        byte[] report = Reports.status(path, email, "failed", "5.1.1");
        door.bring(path, report);
        door.bring(path, report);
        ask();

        await().until(() -> delivered().size() == 2);
        assertEquals(1, failed().size());
        assertEquals(before + 1, count("known"));
        awaitCleared(letter);
    }

    @Test
    void whatTwoReplicasReadCountsOnce() throws Throwable {
        Received letter = deliveredLetter(retention());
        String token = Reports.returnPath(letter).substring(8, 40);
        Batch batch = new Batch(1, List.of(new Entry(1, new Returned.Failed(token, new Bounce("5.1.1")))), false);
        CompletableFuture<Void> other = CompletableFuture.runAsync(() -> settle(batch));
        settle(batch);
        other.join();

        await().until(() -> delivered().size() == 2);
        assertEquals(1, failed().size());
        assertEquals(2, letters().size());
    }

    @Test
    void aMessageIsClearedAwayOnlyAfterWhatItSaysIsCommitted() throws Exception {
        Received letter = deliveredLetter(retention());
        try (var owner = infra.postgres().connect("notification_owner", ownerPassword(), "notification");
                var statement = owner.createStatement()) {
            owner.setAutoCommit(false);
            statement.execute("SELECT FROM notice WHERE tenant_id = '" + tenant + "' FOR UPDATE");
            bring(letter, "failed", "5.1.1");
            await().until(() -> query("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                            .getLong(0)
                    > 0);
            assertEquals(1, returnedOf(letter));
            owner.rollback();
        }

        await().until(() -> !failed().isEmpty());
        awaitCleared(letter);
    }

    @Test
    void anOutageOfTheDatabaseLosesNoBounce() throws Exception {
        Received letter = deliveredLetter(retention());
        infra.postgres().stop();
        try {
            String path = Reports.returnPath(letter);
            door.bring(path, Reports.status(path, email, "failed", "5.1.1"));
        } finally {
            infra.postgres().start();
        }
        await().ignoreExceptions().untilAsserted(this::ask);

        await().until(() -> delivered().size() == 2);
        assertEquals(1, failed().size());
    }

    @Test
    void silenceOfAMailboxThatCannotBeReadIsNoProof() throws SQLException {
        door.mailbox(false);
        publish("lifecycle", retention());
        await().until(() -> notice() != null && notice().getString("state").equals("ACCEPTED"));
        assertEquals(List.of(), failed());
        execute("UPDATE bounce_mailbox SET read_at = read_at - interval '2 hours'");
        execute("UPDATE notice SET accepted_at = accepted_at - interval '1 hour',"
                + " window_ends_at = window_ends_at - interval '1 hour' WHERE tenant_id = '" + tenant + "'");

        await().until(() -> !failed().isEmpty());
        assertEquals("bounces cannot be read", failed().getFirst().reason());
        assertEquals("ACCEPTED", notice().getString("state"));
        assertEquals(List.of(), delivered());
        door.mailbox(true);
        await().until(() -> !delivered().isEmpty());
        assertEquals(1, failed().size());
        assertEquals(1, letters().size());
    }

    /** Reports are full of addresses (matrix rows P5.4 and P8.2). */
    @Test
    void nothingOfAReportIsKeptPublishedOrLogged() {
        Received letter = deliveredLetter(retention());
        bring(letter, "failed", "5.1.1");
        String garbled = Reports.returnPath(letter);
        door.bring(
                garbled,
                new String(Reports.status(garbled, email, "failed", "5.1.1"), StandardCharsets.UTF_8)
                        .replace("boundary=\"border\"", "boundary=\"" + email + "\"")
                        .getBytes(StandardCharsets.UTF_8));
        ask();
        await().until(() -> delivered().size() == 2);

        List<String> left = new ArrayList<>(logged.lines());
        TestRecords.read("tenure.notification", tenant.toString())
                .forEach(record -> left.add(new String(record.value(), StandardCharsets.UTF_8)));
        for (String table : List.of("notice", "return_path", "bounce_mailbox", "task", "inbox", "outbox")) {
            pool.query("SELECT row_to_json(t)::text FROM " + table + " t")
                    .execute()
                    .await()
                    .indefinitely()
                    .forEach(row -> left.add(row.getString(0)));
        }
        assertTrue(left.stream().anyMatch(line -> line.contains("bounced 5.1.1")));
        for (String secret : List.of(email, "no such user", "mx.customer.example", "provider.example>")) {
            left.stream()
                    // The Message-ID looks like an address but is not one.
                    .map(line -> line.replaceAll("<[0-9a-f.-]+@provider\\.example>", ""))
                    .forEach(line -> assertFalse(line.contains(secret), line));
        }
    }

    /** Runs an action for each of the first letters, between its arrival and the server's acceptance. */
    private void whenTaken(int letters, Consumer<Received> effect) {
        AtomicInteger seen = new AtomicInteger();
        Object oneAtATime = new Object();
        door.beforeTheYes(() -> {
            // Letters of other tests pass through here too.
            synchronized (oneAtATime) {
                List<Received> mine = letters();
                if (mine.size() > seen.get() && seen.get() < letters) {
                    effect.accept(mine.get(seen.getAndIncrement()));
                }
            }
        });
    }

    private Received deliveredLetter(Fact fact) {
        publish("lifecycle", fact);
        await().until(() -> delivered().size() == 1 && openTasks() == 0);
        return letters().getFirst();
    }

    private void bring(Received letter, String action, String status) {
        leave(letter, action, status);
        ask();
    }

    /** Leaves a bounce without requesting a reading: the notice's own reading after the window finds it. */
    private void leave(Received letter, String action, String status) {
        String path = Reports.returnPath(letter);
        door.bring(path, Reports.status(path, email, action, status));
    }

    private void ask() {
        try {
            VertxContextSupport.subscribeAndAwait(intake::look);
        } catch (Throwable failed) {
            throw new AssertionError(failed);
        }
    }

    private void settle(Batch batch) {
        try {
            VertxContextSupport.subscribeAndAwait(() -> unitOfWork.run(() ->
                    intake.settle(null, new BounceIntake.Plan(BounceMailbox.Taken.NOTHING, Instant.EPOCH), batch)));
        } catch (Throwable failed) {
            throw new AssertionError(failed);
        }
    }

    private List<Received> letters() {
        return door.received(email).stream().map(Received::of).toList();
    }

    private void awaitCleared(Received letter) {
        await().until(() -> returnedOf(letter) == 0);
    }

    private long returnedOf(Received letter) {
        return door.returned().stream()
                .filter(message -> {
                    try {
                        return Reports.returnPath(letter)
                                .equals(message.getMimeMessage().getHeader("To", ","));
                    } catch (MessagingException unreadable) {
                        throw new AssertionError(unreadable);
                    }
                })
                .count();
    }

    private long flagged() {
        return door.returned().stream()
                .filter(message -> message.getFlags().contains(Flag.FLAGGED))
                .count();
    }

    private double count(String outcome) {
        return metrics.counter("tenure.bounces", "outcome", outcome).count();
    }

    private Instant readAt() {
        return instant(query("SELECT read_at FROM bounce_mailbox"), "read_at");
    }

    /** Runs SQL that the service's own role may not run. */
    private void execute(String sql) throws SQLException {
        try (var owner = infra.postgres().connect("notification_owner", ownerPassword(), "notification");
                var statement = owner.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String ownerPassword() {
        return ConfigProvider.getConfig().getValue("tenure.db.owner-password", String.class);
    }

    private RetentionStarted retention() {
        return new RetentionStarted(
                termination, clock.instant(), clock.instant().plus(Duration.ofDays(30)), List.of(), "Europe/Berlin");
    }

    private CredentialIssued issued() {
        return new CredentialIssued(
                credential, Target.VM, Ids.next(), clock.instant().plus(Duration.ofDays(3)));
    }

    private void publish(String service, Fact fact) {
        Topics.publish(Topics.event(service, tenant, service.equals("lifecycle") ? termination : null, fact));
    }

    private List<NotificationFact> said() {
        return Topics.said(tenant, NotificationFact.class);
    }

    private List<NoticeDelivered> delivered() {
        return Topics.said(tenant, NoticeDelivered.class);
    }

    private List<NoticeFailed> failed() {
        return Topics.said(tenant, NoticeFailed.class);
    }

    private long openTasks() {
        return pool.preparedQuery("SELECT count(*) FROM task WHERE tenant_id = $1")
                .execute(Tuple.of(tenant))
                .await()
                .indefinitely()
                .iterator()
                .next()
                .getLong(0);
    }

    /** The tenant's only notice; null before it is planned. */
    private Row notice() {
        var rows = pool.preparedQuery("SELECT * FROM notice WHERE tenant_id = $1")
                .execute(Tuple.of(tenant))
                .await()
                .indefinitely()
                .iterator();
        return rows.hasNext() ? rows.next() : null;
    }

    private Row query(String sql) {
        return pool.query(sql).execute().await().indefinitely().iterator().next();
    }

    private static Instant instant(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }
}
