package sekisho.mailhook.relay;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import sekisho.mailhook.smtp.Mailbox;
import sekisho.mailhook.smtp.MailDate;
import sekisho.mailhook.smtp.Recipient;
import sekisho.mailhook.smtp.ReversePath;
import sekisho.mailhook.smtp.SmtpReply;

/**
 * A delivery status notification (RFC 3464): for people in Japanese and English, for programs field by field, and the header of the message that it
 * is about, never its body. Addresses outside ASCII are written so that the report is ASCII and passes everywhere (RFC 6533 §3).
 *
 * @param reportingMta   our host name
 * @param to             the reverse-path of the message; there is no report about a message without one, or reports would circle
 * @param envidOrNull    as it came
 * @param originalHeader the header block of the message; only the first {@value #MOST_HEADER_OCTETS} octets go back
 * @param id             for Message-ID and boundary, one for each report: the same when it is sent again, and nobody can guess it
 */
public record DsnMessage(String reportingMta, Mailbox to, @Nullable String envidOrNull, Instant arrivedAt, Instant now, List<Outcome> outcomes,
                         byte[] originalHeader, String id) {
    static final int MOST_HEADER_OCTETS = 64 * 1024;
    private static final int LONGEST_LINE = 998;

    public enum Action { FAILED, DELAYED, RELAYED }

    /**
     * What happened to one recipient.
     *
     * @param saidByRemote whether {@code reply} is the remote's own word
     * @param retryUntil   for DELAYED
     */
    public record Outcome(Recipient recipient, Action action, SmtpReply reply, String remote, boolean saidByRemote, @Nullable Instant retryUntil) {
        public static Outcome failed(RelayResult.Permanent result) {
            return new Outcome(result.recipient(), Action.FAILED, result.reply(), result.remote(), result.saidByRemote(), null);
        }

        /** After the last attempt. */
        public static Outcome gaveUp(RelayResult.Temporary result) {
            return new Outcome(result.recipient(), Action.FAILED, result.reply(), result.remote(), result.saidByRemote(), null);
        }

        public static Outcome delayed(RelayResult.Temporary result, Instant retryUntil) {
            return new Outcome(result.recipient(), Action.DELAYED, result.reply(), result.remote(), result.saidByRemote(), retryUntil);
        }

        public static Outcome relayed(RelayResult.Delivered result) {
            return new Outcome(result.recipient(), Action.RELAYED, result.reply(), result.remote(), true, null);
        }

        /** Whether the sender of the message wants to hear this (RFC 3461 §5.2). */
        public boolean isWanted() {
            Set<Recipient.Notify> wishes = recipient.notifyOn();
            return switch (action) {
                case FAILED -> wishes.isEmpty() || wishes.contains(Recipient.Notify.FAILURE);
                case DELAYED -> wishes.isEmpty() || wishes.contains(Recipient.Notify.DELAY);
                case RELAYED -> wishes.contains(Recipient.Notify.SUCCESS);
            };
        }

        private String status() {
            char detail = switch (action) {
                case FAILED -> '5';
                case DELAYED -> '4';
                case RELAYED -> '2';
            };
            // A temporary reply on which we gave up keeps its detail: 4.4.1 says more than 5.0.0 (RFC 3464 §2.3.4 allows it).
            String given = reply.enhanced().isEmpty() ? (reply.isPositive() ? '2' : reply.isTemporary() ? '4' : detail) + ".0.0" : reply.enhanced();
            return action == Action.DELAYED && given.startsWith("5") ? detail + given.substring(1) : given;   // to a program 5 is a failure (RFC 3463 §2)
        }
    }

    public DsnMessage {
        outcomes = List.copyOf(outcomes);
        if (outcomes.isEmpty()) {
            throw new IllegalArgumentException("a report says something about a recipient");
        }
    }

    /** With a new Message-ID. */
    public DsnMessage(String reportingMta, Mailbox to, @Nullable String envidOrNull, Instant arrivedAt, Instant now, List<Outcome> outcomes, byte[] originalHeader) {
        this(reportingMta, to, envidOrNull, arrivedAt, now, outcomes, originalHeader, HeaderText.random());
    }

    /** The report about those outcomes that the sender wants to hear of; empty when there are none or there is nobody to tell. */
    public static Optional<DsnMessage> about(String reportingMta, ReversePath from, @Nullable String envid, Instant arrivedAt, Instant now,
                                             List<Outcome> outcomes, byte[] originalHeader) {
        List<Outcome> wanted = outcomes.stream().filter(Outcome::isWanted).toList();
        return wanted.isEmpty() ? Optional.empty()
                : from.mailbox().map(to -> new DsnMessage(reportingMta, to, envid, arrivedAt, now, wanted, originalHeader));
    }

    /** Null reverse-path and NOTIFY=NEVER: a report is never reported about (RFC 3461 §6.1). */
    public OutgoingEnvelope envelope() {
        return new OutgoingEnvelope(ReversePath.NULL, List.of(new Recipient(to, Set.of(Recipient.Notify.NEVER), null)));
    }

    /** The whole message, lines ended by CRLF. */
    public byte[] toOctets() {
        String boundary = "=_sekisho_" + id;
        var message = new ByteArrayOutputStream();
        String head = "Date: " + MailDate.format(now) + "\r\n"
                + "From: \"Mail Delivery System\" <MAILER-DAEMON@" + reportingMta + ">\r\n"
                + HeaderText.addressField("To", "", to)
                + HeaderText.field("Subject", DsnText.subject(outcomes))
                + "Message-ID: <" + id + "@" + reportingMta + ">\r\n"
                + "Auto-Submitted: auto-replied\r\n"
                + "MIME-Version: 1.0\r\n"
                + "Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"" + boundary + "\"\r\n\r\n"
                + "--" + boundary + "\r\n"
                + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                + HeaderText.base64(DsnText.forPeople(this))
                + "--" + boundary + "\r\n"
                + (isGlobal() ? "Content-Type: message/global-delivery-status\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
                    : "Content-Type: message/delivery-status\r\n\r\n")
                + deliveryStatus()
                + "--" + boundary + "\r\n";
        message.writeBytes(head.getBytes(StandardCharsets.UTF_8));
        message.writeBytes(headerPart());
        message.writeBytes(("--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII));
        return message.toByteArray();
    }

    /**
     * Whether addresses stand as themselves (RFC 6533 §4): when the report needs SMTPUTF8 anyway, for its own recipient. Otherwise they are spelt in
     * ASCII (RFC 6533 §3), so that a report about an address in Japanese reaches a sender whose server knows nothing of it.
     */
    private boolean isGlobal() {
        return !to.isAscii();
    }

    private String deliveryStatus() {
        StringBuilder status = new StringBuilder("Reporting-MTA: dns; ").append(reportingMta).append("\r\n");
        if (envidOrNull != null) {
            status.append("Original-Envelope-Id: ").append(decodedXtext(envidOrNull)).append("\r\n");
        }
        status.append("Arrival-Date: ").append(MailDate.format(arrivedAt)).append("\r\n");
        for (Outcome outcome : outcomes) {
            status.append("\r\n");
            outcome.recipient().orcpt().map(orcpt -> "Original-Recipient: " + originalRecipient(orcpt)).filter(DsnMessage::fits)
                    .ifPresent(field -> status.append(field).append("\r\n"));
            status.append("Final-Recipient: ").append(finalRecipient(outcome.recipient().mailbox())).append("\r\n")
                    .append("Action: ").append(outcome.action().name().toLowerCase(Locale.ROOT)).append("\r\n")
                    .append("Status: ").append(outcome.status()).append("\r\n");
            if (outcome.saidByRemote()) {
                status.append("Remote-MTA: dns; ").append(mta(outcome.remote())).append("\r\n")
                        .append(folded("Diagnostic-Code: smtp; " + ascii(outcome.reply().oneLine())));
            }
            status.append("Last-Attempt-Date: ").append(MailDate.format(now)).append("\r\n");
            Instant retryUntil = outcome.retryUntil();
            if (retryUntil != null) {
                status.append("Will-Retry-Until: ").append(MailDate.format(retryUntil)).append("\r\n");
            }
        }
        return status.append("\r\n").toString();
    }

    /** A domain or an address literal, without the port (RFC 3464 §2.3.5). */
    private static String mta(String hostAndPort) {
        String host = ascii(hostAndPort.replaceFirst(":\\d+$", ""));
        return host.matches("[0-9.]+") ? '[' + host + ']' : host.contains(":") ? "[IPv6:" + host + ']' : host;
    }

    /** As message/global-headers must be (RFC 6533 §6.3); raw Shift_JIS isn't. A character that is cut off at the end counts as one. */
    private boolean isUtf8(int length) {
        var result = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(originalHeader, 0, length), CharBuffer.allocate(length),
            length == originalHeader.length);
        return result.isUnderflow();
    }

    private byte[] headerPart() {
        int length = Math.min(originalHeader.length, MOST_HEADER_OCTETS);
        boolean global = isGlobal() && isUtf8(length);
        var part = new ByteArrayOutputStream();
        boolean plain = true;
        int line = 0;
        for (int i = 0; i < length; i++) {
            byte octet = originalHeader[i];
            line = octet == '\n' ? 0 : line + 1;
            boolean crlf = octet == '\r' ? i + 1 < length && originalHeader[i + 1] == '\n' : octet != '\n' || i > 0 && originalHeader[i - 1] == '\r';
            plain &= (global ? octet != 0 : octet > 0) && crlf && line < LONGEST_LINE;
        }
        String type = "Content-Type: " + (global ? "message/global-headers" : "text/rfc822-headers") + "\r\nContent-Transfer-Encoding: "
            + (!plain ? "base64" : global ? "8bit" : "7bit") + "\r\n\r\n";
        part.writeBytes(type.getBytes(StandardCharsets.US_ASCII));
        if (plain) {
            part.write(originalHeader, 0, length);
            part.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        } else {
            part.writeBytes(HeaderText.base64(Arrays.copyOf(originalHeader, length)).getBytes(StandardCharsets.US_ASCII));
        }
        return part.toByteArray();
    }

    /** A longer line can be refused, and the report with it; the field may be left out, and nobody could fold it (RFC 5322 §2.1.1, RFC 3464 §2.3.1). */
    private static boolean fits(String line) {
        return line.getBytes(StandardCharsets.UTF_8).length <= LONGEST_LINE;
    }

    private String finalRecipient(Mailbox mailbox) {
        return mailbox.isAscii() ? "rfc822; " + mailbox : "utf-8; " + (isGlobal() ? mailbox.toString() : embeddedUnicode(mailbox.toString(), "+=\\"));
    }

    private String originalRecipient(String orcpt) {
        int semicolon = orcpt.indexOf(';');
        String type = orcpt.substring(0, semicolon);
        String address = orcpt.substring(semicolon + 1);
        return type + "; " + (!type.equalsIgnoreCase("utf-8") ? decodedXtext(address) : isGlobal() ? address : embeddedUnicode(address, ""));
    }

    /**
     * RFC 6533 §3: utf-8-addr-xtext.
     *
     * @param too signs of ASCII that mean something else there, unless they already stand for it
     */
    private static String embeddedUnicode(String text, String too) {
        StringBuilder encoded = new StringBuilder();
        text.codePoints().forEach(c -> encoded.append(c > ' ' && c < 127 && too.indexOf(c) < 0 ? Character.toString(c)
            : "\\x{" + Integer.toHexString(c).toUpperCase(Locale.ROOT) + "}"));
        return encoded.toString();
    }

    /** Decoded only when the result is printable: {@code +0D+0A} would start a field of the sender's choice. */
    static String decodedXtext(String xtext) {
        StringBuilder decoded = new StringBuilder();
        for (int i = 0; i < xtext.length(); i++) {
            char c = xtext.charAt(i);
            if (c == '+' && i + 2 < xtext.length()) {
                c = (char) Integer.parseInt(xtext, i + 1, i + 3, 16);
                i += 2;
            }
            if (c < ' ' || c > 126) {
                return xtext;
            }
            decoded.append(c);
        }
        return decoded.toString();
    }

    private static String ascii(String text) {
        return text.replaceAll("[^ -~]", "?");
    }

    /** Blanks in a row become one: a line of nothing else is the end of a header to some. */
    private static String folded(String field) {
        StringBuilder folded = new StringBuilder();
        int column = 0;
        for (String word : field.split(" +")) {
            if (column > 0 && column + 1 + word.length() > 78) {
                folded.append("\r\n");
                column = 0;
            }
            if (!folded.isEmpty()) {
                folded.append(' ');
                column++;
            }
            folded.append(word);
            column += word.length();
        }
        return folded.append("\r\n").toString();
    }
}
