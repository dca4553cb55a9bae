package sekisho.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import sekisho.mailhook.relay.DsnMessage;
import sekisho.mailhook.smtp.Envelope;
import sekisho.mailhook.smtp.SmtpReply;

/**
 * Delivery status notifications, as we write and as we read them. A first octet that is a control character: wishes for reports, as MAIL and RCPT bring
 * them. What is taken in comes to stand in a report, which must consist of the lines that we write and no other; and it goes to the next hop, so we must
 * take it ourselves, as the same, when it comes as it was sent on. Anything else: the fields of a report that somebody sends (RFC 3464 §2), in a message
 * through splitting and rewriting.
 */
public final class DsnTarget {

    private static final List<String> TYPES = List.of("utf-8;", "rfc822;", "UTF-8;", "");
    private static final Pattern STATUS_LINES = Pattern.compile("Reporting-MTA: dns; hook\\.example\r\n(Original-Envelope-Id: [^\r\n]*\r\n)?Arrival-Date: [^\r\n]*\r\n\r\n"
        + "(Original-Recipient: [^\r\n;]+; [^\r\n]*\r\n)?Final-Recipient: rfc822; b@partner\\.example\r\nAction: failed\r\nStatus: 5\\.1\\.1\r\n"
        + "Last-Attempt-Date: [^\r\n]*\r\n\r\n--=_");
    private static final byte[] FRONT = ("From: MAILER-DAEMON@mx.partner.example\r\nTo: a@example.co.jp\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        + "Content-Type: multipart/report; report-type=delivery-status; boundary=\"report\"\r\n\r\n--report\r\nContent-Type: text/plain\r\n\r\nIt came back.\r\n"
        + "--report\r\nContent-Type: message/delivery-status\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BACK = "\r\n--report\r\nContent-Type: text/rfc822-headers\r\n\r\nFrom: a@example.co.jp\r\nSubject: x\r\n\r\n--report--\r\n"
        .getBytes(StandardCharsets.US_ASCII);
    private static final Instant NOW = Instant.parse("2026-11-22T01:00:00Z");

    /** RFC 3461 §4.4. Behind it there is room for the longest ORCPT. */
    private static final int LONGEST_ENVID = 100;

    private DsnTarget() {
    }

    /** As of {@link SplitterTarget}; and a listener. */
    public static void fuzzerInitialize() {
        SplitterTarget.fuzzerInitialize();
        wishes("\0QQ314159rfc822;b@partner.example".getBytes(StandardCharsets.US_ASCII));
    }

    public static void fuzzerTestOneInput(byte[] octets) {
        if (octets.length < 3) {
            return;
        }
        if (octets[0] >= 0 && octets[0] < ' ') {
            wishes(octets);
        } else {
            var message = new ByteArrayOutputStream();
            message.writeBytes(FRONT);
            message.writeBytes(octets);
            message.writeBytes(BACK);
            SplitterTarget.fuzzerTestOneInput(message.toByteArray());
        }
    }

    /** The first octet chooses the addresses and the type of ORCPT; half of the others, as far as an ENVID can be long, are that, the rest is ORCPT. */
    private static void wishes(byte[] octets) {
        var words = new String(octets, 1, octets.length - 1, StandardCharsets.UTF_8).replaceAll("[\\r\\n]", "_");
        boolean utf8 = (octets[0] & 1) == 1;
        var sender = utf8 && (octets[0] & 2) == 2 ? "花子@example.co.jp" : "a@example.co.jp";
        int middle = Math.min(words.length() / 2, LONGEST_ENVID);
        var envid = words.substring(0, middle);
        var orcpt = TYPES.get(octets[0] >> 2 & 3) + words.substring(middle);
        take(sender, utf8, (envid.isEmpty() ? "" : " ENVID=" + envid) + " RET=HDRS", " NOTIFY=FAILURE,DELAY ORCPT=" + orcpt).ifPresent(taken -> {
            requireOurLines(report(taken));
            var again = take(sender, utf8, taken.parameters().envid().map(id -> " ENVID=" + id).orElse("") + " RET=HDRS",
                " NOTIFY=FAILURE,DELAY ORCPT=" + taken.recipients().getFirst().orcpt().orElseThrow());
            if (!again.equals(Optional.of(taken))) {
                throw new IllegalStateException("sent on, it is no more what it was: " + taken + " and " + again);
            }
        });
    }

    /** What becomes of it, empty when it is refused. */
    private static Optional<Envelope> take(String sender, boolean utf8, String ofMail, String ofRcpt) {
        try (var talk = Talk.open()) {
            talk.say(("EHLO fuzz.example\r\nMAIL FROM:<" + sender + ">" + (utf8 ? " SMTPUTF8" : "") + ofMail + "\r\nRCPT TO:<b@partner.example>" + ofRcpt
                + "\r\n").getBytes(StandardCharsets.UTF_8));
            talk.expect(3);
            talk.say("DATA\r\n".getBytes(StandardCharsets.US_ASCII));
            talk.expect(1);
            talk.end("Subject: x\r\n\r\n.\r\nQUIT\r\n");
            return Talk.envelopes().stream().findFirst();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static String report(Envelope taken) {
        var outcomes = taken.recipients().stream().map(recipient -> new DsnMessage.Outcome(recipient, DsnMessage.Action.FAILED,
            new SmtpReply(550, "5.1.1", "no such user"), "", false, null)).toList();
        var header = "Subject: x\r\n".getBytes(StandardCharsets.US_ASCII);
        var report = new DsnMessage("hook.example", taken.from().mailbox().orElseThrow(), taken.parameters().envidOrNull(), NOW, NOW, outcomes, header);
        return new String(report.toOctets(), StandardCharsets.UTF_8);
    }

    private static void requireOurLines(String report) {
        var status = report.substring(report.indexOf("Reporting-MTA"));
        if (!STATUS_LINES.matcher(status).lookingAt() || status.lines().anyMatch(line -> line.getBytes(StandardCharsets.UTF_8).length > 998)) {
            throw new IllegalStateException("a report says: " + report);
        }
    }
}
