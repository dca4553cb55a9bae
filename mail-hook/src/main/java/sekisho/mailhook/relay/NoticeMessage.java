package sekisho.mailhook.relay;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Pattern;
import sekisho.mailhook.smtp.Mailbox;
import sekisho.mailhook.smtp.MailDate;

/**
 * A message that the gateway writes: a notice to a sender, or the mail that goes with files from the portal.
 *
 * @param html      the same as HTML, a whole document; empty for a plain text message
 * @param automatic whether no person wrote it: marked so that nobody answers automatically (RFC 3834 §5); send it with the null reverse-path
 * @param messageId without angle brackets
 */
public record NoticeMessage(String fromName, Mailbox from, Mailbox to, String subject, String text, String html, boolean automatic, String messageId,
        Instant date) {
    private static final Pattern MESSAGE_ID = Pattern.compile("[\\w.!#$%&'*+/=?^`{|}~-]+@([\\w.!#$%&'*+/=?^`{|}~-]+|\\[[!-Z^-~]+\\])");

    public NoticeMessage {
        if (!MESSAGE_ID.matcher(messageId).matches()) {
            throw new IllegalArgumentException("a message id is an atom, an @, and an atom or a literal (RFC 5322 section 3.6.4)");
        }
    }

    /** Plain text. */
    public NoticeMessage(String fromName, Mailbox from, Mailbox to, String subject, String text, boolean automatic, String messageId, Instant date) {
        this(fromName, from, to, subject, text, "", automatic, messageId, date);
    }

    /** With a new Message-ID of this host. */
    public static NoticeMessage of(String fromName, Mailbox from, Mailbox to, String subject, String text, boolean automatic, String host, Instant date) {
        return new NoticeMessage(fromName, from, to, subject, text, automatic, HeaderText.random() + "@" + host, date);
    }

    /** Whether the next hop must offer SMTPUTF8 for it. */
    public boolean smtpUtf8() {
        return !from.isAscii() || !to.isAscii();
    }

    /** The whole message, lines ended by CRLF; ASCII but for addresses outside it. */
    public byte[] toOctets() {
        String message = "Date: " + MailDate.format(date) + "\r\n"
                + HeaderText.addressField("From", fromName, from)
                + HeaderText.addressField("To", "", to)
                + HeaderText.field("Subject", subject)
                + "Message-ID: <" + messageId + ">\r\n"
                + (automatic ? "Auto-Submitted: auto-generated\r\nPrecedence: bulk\r\nX-Auto-Response-Suppress: All\r\n" : "")
                + "MIME-Version: 1.0\r\n" + (html.isEmpty() ? part("plain", text) : alternatives());
        return message.getBytes(StandardCharsets.UTF_8);
    }

    /** The boundary is the same each time: "=_" can't occur in base64. */
    private String alternatives() {
        String boundary = "=_alternatives";
        return "Content-Type: multipart/alternative; boundary=\"" + boundary + "\"\r\n\r\n"
                + "--" + boundary + "\r\n" + part("plain", text) + "--" + boundary + "\r\n" + part("html", html) + "--" + boundary + "--\r\n";
    }

    private static String part(String subtype, String text) {
        return "Content-Type: text/" + subtype + "; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + HeaderText.base64(text);
    }
}
