package io.tenure.notification.outside;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Returned messages as mail servers and people write them. */
public final class Reports {

    private static final Pattern RETURN_PATH = Pattern.compile("<(bounces\\+([0-9a-f]{32})@provider\\.example)>");

    private Reports() {}

    /** The return address of a received letter. */
    public static String returnPath(Received letter) {
        Matcher path = RETURN_PATH.matcher(letter.header("Return-Path"));
        if (!path.matches()) {
            throw new AssertionError("not a return path of ours: " + letter.header("Return-Path"));
        }
        return path.group(1);
    }

    /** A delivery status notification about one recipient (RFC 3464), as Postfix writes it. */
    public static byte[] status(String to, String recipient, String action, String status) {
        return status(to, recipient, action, status, "");
    }

    /** The same with more fields about the recipient. */
    public static byte[] status(String to, String recipient, String action, String status, String more) {
        return bytes("""
                From: MAILER-DAEMON@mx.provider.example (Mail Delivery System)
                To: %1$s
                Subject: Undelivered Mail Returned to Sender
                Auto-Submitted: auto-replied
                MIME-Version: 1.0
                Content-Type: multipart/report; report-type=delivery-status; boundary="border"

                This is a MIME-encapsulated message.

                --border
                Content-Description: Notification
                Content-Type: text/plain; charset=us-ascii

                I'm sorry to have to inform you about <%2$s>.

                --border
                Content-Description: Delivery report
                Content-Type: message/delivery-status

                Reporting-MTA: dns; mx.provider.example
                X-Postfix-Sender: rfc822; %1$s
                Arrival-Date: Mon, 30 Nov 2026 09:00:00 +0000 (UTC)

                Final-Recipient: rfc822; %2$s
                Original-Recipient: rfc822;%2$s
                Action: %3$s
                Status: %4$s
                Remote-MTA: dns; mx.customer.example
                Diagnostic-Code: smtp; 550 5.1.1 <%2$s>: no such user
                %5$s
                --border
                Content-Description: Undelivered Message Headers
                Content-Type: text/rfc822-headers

                Return-Path: <%1$s>
                To: %2$s
                Subject: something

                --border--
                """.formatted(to, recipient, action, status, more));
    }

    /** A bounce of a server without delivery reports, as qmail writes it. */
    public static byte[] plain(String to, String recipient) {
        return bytes("""
                From: MAILER-DAEMON@mx.customer.example
                To: %s
                Subject: failure notice

                Hi. This is the qmail-send program at mx.customer.example.
                <%s>: Sorry, no mailbox here by that name. (#5.1.1)
                """.formatted(to, recipient));
    }

    /** An answer of somebody who is away (RFC 3834). */
    public static byte[] vacation(String to, String recipient) {
        return bytes("""
                From: %2$s
                To: %1$s
                Subject: Away until Monday
                Auto-Submitted: auto-replied (vacation)

                I am away.
                """.formatted(to, recipient));
    }

    /** With CRLF line ends. */
    public static byte[] bytes(String text) {
        return text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
    }
}
