package io.tenure.notification.channel.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tenure.notification.channel.mail.Returned.AutoReply;
import io.tenure.notification.channel.mail.Returned.Delayed;
import io.tenure.notification.channel.mail.Returned.Failed;
import io.tenure.notification.channel.mail.Returned.Foreign;
import io.tenure.notification.channel.mail.Returned.Passed;
import io.tenure.notification.notice.Bounce;
import io.tenure.notification.outside.Reports;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BounceReaderTest {

    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final String TO = "bounces+" + TOKEN + "@provider.example";
    private static final String CUSTOMER = "ada@customer.example";

    private final BounceReader reader = new BounceReader(new ReturnAddress("bounces@provider.example"));

    @ParameterizedTest
    @CsvSource({
        "failed, 5.1.1, 5.1.1",
        "Failed, 5.7.26 (authentication), 5.7.26",
        "failed, 4.4.7, 4.4.7",
        "failed, 5.1.1000,",
        "failed, 2.0.0,",
        "failed, nonsense,"
    })
    void aFailureHasItsStatus(String action, String status, String read) {
        assertEquals(new Failed(TOKEN, new Bounce(read)), reader.read(Reports.status(TO, CUSTOMER, action, status)));
    }

    @Test
    void aDelayIsNoFailure() {
        assertEquals(new Delayed(TOKEN, null), reader.read(Reports.status(TO, CUSTOMER, "delayed", "4.4.1")));
        assertEquals(
                new Delayed(TOKEN, Instant.parse("2026-12-05T09:00:00Z")),
                reader.read(Reports.status(
                        TO, CUSTOMER, "delayed", "4.4.1", "Will-Retry-Until: Sat, 5 Dec 2026 09:00:00 +0000 (UTC)\n")));
        assertEquals(
                new Delayed(TOKEN, null),
                reader.read(Reports.status(TO, CUSTOMER, "delayed", "4.4.1", "Will-Retry-Until: one day\n")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"delivered", "relayed", "expanded"})
    void goodNewsIsNoFailure(String action) {
        assertEquals(new Passed(TOKEN), reader.read(Reports.status(TO, CUSTOMER, action, "2.1.5")));
    }

    @Test
    void ofSeveralRecipientsTheWorstCounts() {
        assertEquals(
                new Failed(TOKEN, new Bounce("5.2.2")),
                reader.read(Reports.status(
                        TO,
                        CUSTOMER,
                        "delivered",
                        "2.0.0",
                        "\nFinal-Recipient: rfc822; second@customer.example\nAction: failed\nStatus: 5.2.2\n")));
    }

    @Test
    void theInternationalisedFormIsRead() {
        String report = new String(Reports.status(TO, CUSTOMER, "failed", "5.1.1"), StandardCharsets.UTF_8)
                .replace("message/delivery-status", "message/global-delivery-status");
        assertEquals(new Failed(TOKEN, new Bounce("5.1.1")), reader.read(report.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aPlainBounceIsAFailureWithoutAStatus() {
        assertEquals(new Failed(TOKEN, new Bounce(null)), reader.read(Reports.plain(TO, CUSTOMER)));
        assertEquals(new Failed(TOKEN, new Bounce(null)), reader.read(Reports.bytes("""
                From: Mail Delivery System <Mailer-Daemon@mx.customer.example>
                To: %s
                Auto-Submitted: auto-replied
                X-Failed-Recipients: %s
                Subject: Mail delivery failed: returning message to sender

                A message that you sent could not be delivered.
                """.formatted(TO, CUSTOMER))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Auto-Submitted: auto-replied",
                "Auto-Submitted: Auto-Replied (vacation)",
                "X-Autoreply: yes",
                "Precedence: auto_reply"
            })
    void anAutomaticReplyIsNoFailure(String header) {
        for (String from : new String[] {CUSTOMER, "postmaster@customer.example"}) {
            assertEquals(new AutoReply(TOKEN), reader.read(Reports.bytes("""
                    From: %s
                    To: %s
                    %s
                    Subject: Undeliverable: I am away

                    Until Monday.
                    """.formatted(from, TO, header))));
        }
    }

    @Test
    void aPersonsAnswerIsForAPerson() {
        assertEquals(new Foreign(), reader.read(Reports.bytes("""
                From: ada@customer.example
                To: %s
                Subject: Re: deletion

                postmaster said that this failed 5.1.1
                """.formatted(TO))));
    }

    @Test
    void aSenderWhoCallsHimselfPostmasterButExpectsAnswersIsNoMailSystem() {
        assertEquals(new Foreign(), reader.read(Reports.bytes("""
                Return-Path: <spam@evil.example>
                From: postmaster@customer.example
                To: %s
                Subject: failure notice

                Buy now.
                """.formatted(TO))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bounces@provider.example",
                "bounces+0123@provider.example",
                "bounces+0123456789abcdef0123456789abcdef@provider.example.evil.example",
                "xbounces+0123456789abcdef0123456789abcdef@provider.example",
                "bounces+0123456789abcdef0123456789abcdeg@provider.example",
                "bounces+0123456789abcdef0123456789abcdef@evil.example",
                "bounces+0123456789abcdef0123456789abcdef@provider.example,"
                        + " bounces+ffffffffffffffffffffffffffffffff@provider.example"
            })
    void withoutExactlyOneTokenNothingCounts(String to) {
        assertEquals(new Foreign(), reader.read(Reports.status(to, CUSTOMER, "failed", "5.1.1")));
    }

    @Test
    void theTokenIsReadWhateverItsCaseAndWhereverTheServerPutIt() {
        assertEquals(
                new Failed(TOKEN, new Bounce("5.1.1")),
                reader.read(Reports.status(TO.toUpperCase(), CUSTOMER, "failed", "5.1.1")));
        String elsewhere = new String(
                Reports.status("undisclosed-recipients:;", CUSTOMER, "failed", "5.1.1"), StandardCharsets.UTF_8);
        assertEquals(
                new Failed(TOKEN, new Bounce("5.1.1")),
                reader.read(("Delivered-To: " + TO + "\r\n" + elsewhere).getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "multipart/report; report-type=feedback-report; boundary=\"border\"",
                "multipart/report; report-type=disposition-notification; boundary=\"border\"",
                "multipart/report; boundary=\"border\"",
                "multipart/report; report-type=delivery-status; boundary=\"other\"",
                "multipart/report; report-type=delivery-status",
                "nonsense"
            })
    void whatIsNoDeliveryReportChangesNothing(String type) {
        String report = new String(Reports.status(TO, CUSTOMER, "failed", "5.1.1"), StandardCharsets.UTF_8)
                .replaceFirst("Content-Type: multipart/report[^\r]*", "Content-Type: " + type)
                .replace("From: MAILER-DAEMON@mx.provider.example (Mail Delivery System)", "From: a@b.example");
        if (type.endsWith("delivery-status")) {
            // The boundary is found even if it is not declared.
            assertEquals(new Failed(TOKEN, new Bounce("5.1.1")), reader.read(report.getBytes(StandardCharsets.UTF_8)));
        } else {
            assertEquals(new Foreign(), reader.read(report.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void anActionThatNobodyKnowsChangesNothing() {
        assertEquals(new Foreign(), reader.read(Reports.status(TO, CUSTOMER, "exploded", "5.1.1")));
    }

    @Test
    void garbageIsReadAsGarbage() {
        byte[] report = Reports.status(TO, CUSTOMER, "failed", "5.1.1");
        Random random = new Random(12);
        for (int i = 0; i < 2000; i++) {
            byte[] garbled = report.clone();
            for (int n = 0; n < 40; n++) {
                garbled[random.nextInt(garbled.length)] = (byte) random.nextInt(256);
            }
            // Any result is fine, as long as it contains no more than a status.
            if (reader.read(garbled) instanceof Failed failed && failed.bounce().status() != null) {
                assertEquals(failed.bounce().status(), failed.bounce().status().replaceAll("[^0-9.]", ""));
            }
        }
        assertEquals(new Foreign(), reader.read(new byte[0]));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bounces",
                "bounces+more@provider.example",
                "Bounces <bounces@provider.example>",
                "a-local-part-that-leaves-no-room@provider.example",
                "bounces@b\u00fccher.example"
            })
    void aMailboxThatCannotCarryTokensIsRefused(String address) {
        assertThrows(IllegalArgumentException.class, () -> new ReturnAddress(address));
    }
}
