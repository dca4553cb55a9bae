package sekisho.mailhook.smtp;

import java.util.List;
import java.util.stream.Stream;

/**
 * One SMTP reply (RFC 5321 §4.2) with its enhanced status code (RFC 3463), which is empty where none belongs (greeting, EHLO, 354).
 *
 * @param code  200 to 599
 * @param lines at least one; control characters and anything outside ASCII are replaced when the reply is sent, with SMTPUTF8 too, which lets
 *              mailbox names out of it and nothing else (RFC 6531 §3.7.4)
 */
public record SmtpReply(int code, String enhanced, List<String> lines) {
    /**
     * To a message with a NUL, which only a part in the transfer encoding {@code binary} may hold (RFC 2045 §2.7 to §2.9). What drops it on the way makes
     * an end of the message of {@code CRLF NUL . CRLF}.
     */
    public static final SmtpReply NUL = new SmtpReply(550, "5.6.11", List.of("NUL in the message; only a binary part may hold one, sent with BODY=BINARYMIME",
            "Most often a file was pasted into the text: send it as an attachment."));
    private static final int LONGEST_TEXT = 400;

    public SmtpReply {
        if (code < 200 || code > 599 || lines.isEmpty()) {
            throw new IllegalArgumentException("a reply has a code from 200 to 599 and at least one line, not " + code);
        }
        if (!enhanced.isEmpty() && (!enhanced.matches("[245]\\.\\d{1,3}\\.\\d{1,3}") || enhanced.charAt(0) != Character.forDigit(code / 100, 10))) {
            throw new IllegalArgumentException("enhanced code " + enhanced + " does not fit reply " + code);
        }
        lines = List.copyOf(lines);
    }

    public SmtpReply(int code, String enhanced, String text) {
        this(code, enhanced, List.of(text));
    }

    /** 2xx or 3xx. */
    public boolean isPositive() {
        return code < 400;
    }

    /** 4xx: the client tries again later. */
    public boolean isTemporary() {
        return code >= 400 && code < 500;
    }

    /** 5xx: the client gives up. */
    public boolean isPermanent() {
        return code >= 500;
    }

    /** The same with one more line. */
    public SmtpReply and(String line) {
        return new SmtpReply(code, enhanced, Stream.concat(lines.stream(), Stream.of(line)).toList());
    }

    /** The reply on one line, as for a log or a Diagnostic-Code (RFC 3464 §2.3.6). */
    public String oneLine() {
        String text = String.join(" ", lines);
        return code + " " + (enhanced.isEmpty() ? "" : enhanced + " ") + text;
    }

    /** The reply as sent, every line ended by CRLF. */
    String onTheWire() {
        StringBuilder wire = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            wire.append(code).append(i < lines.size() - 1 ? '-' : ' ');
            if (!enhanced.isEmpty()) {
                wire.append(enhanced).append(' ');
            }
            String text = lines.get(i);
            text.chars().limit(LONGEST_TEXT).forEach(c -> wire.append(c >= ' ' && c < 127 ? (char) c : '?'));
            wire.append("\r\n");
        }
        return wire.toString();
    }
}
