package sekisho.mailhook.mime;

import java.util.Locale;
import java.util.Set;

/**
 * Watches the octets of what calls itself part of a report: whether it consists of header fields, as every such part does (RFC 3464 §2.1,
 * RFC 8098 §3.1, RFC 5965 §3), and one of them is a field by which such parts are known. Of a returned message that holds up to the empty line;
 * behind that of a returned header nothing stands but blanks. Anything else under these types is a file.
 */
final class ReportFields {

    private static final int LONGEST_NAME = 100;
    /** Of reports, receipts and complaints. */
    private static final Set<String> MACHINE = Set.of("reporting-mta", "original-recipient", "final-recipient", "action", "status",
        "reporting-ua", "disposition", "feedback-type");
    private static final Set<String> MESSAGE = Set.of("from", "to", "date", "subject", "message-id", "received", "return-path", "mime-version",
        "content-type");

    private enum State { LINE_START, NAME, VALUE, BLANK, OVER, WRONG }

    private final boolean message;
    private final boolean headerAlone;
    private final StringBuilder name = new StringBuilder();
    private State state = State.LINE_START;
    private boolean inField;
    private boolean first = true;
    private boolean known;

    /** @param type of the part, in lower case */
    ReportFields(String type) {
        message = switch (type) {
            case "message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers" -> true;
            default -> false;
        };
        headerAlone = type.endsWith("headers");
    }

    /** Decoded octets, in blocks of any size. */
    void accept(byte[] b, int off, int len) {
        for (int i = off; i < off + len && state != State.OVER && state != State.WRONG; i++) {
            accept(b[i]);
        }
    }

    private void accept(byte octet) {
        boolean control = octet >= 0 && octet < ' ' && octet != '\t' && octet != '\r' && octet != '\n' && octet != 0x1B || octet == 0x7F;
        if (control) {
            state = State.WRONG;
            return;
        }
        state = switch (state) {
            case LINE_START -> lineStarts(octet);
            case NAME -> named(octet);
            case VALUE -> octet == '\n' ? State.LINE_START : State.VALUE;
            case BLANK -> octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n' ? State.BLANK : State.WRONG;
            case OVER, WRONG -> state;
        };
    }

    private State lineStarts(byte octet) {
        return switch (octet) {
            case '\r' -> State.LINE_START;
            case '\n' -> {
                inField = false;
                yield !message || first ? State.LINE_START : headerAlone ? State.BLANK : State.OVER;
            }
            case ' ', '\t' -> inField ? State.VALUE : State.WRONG;
            default -> {
                name.setLength(0);
                yield named(octet);
            }
        };
    }

    private State named(byte octet) {
        if (octet == ':' && !name.isEmpty()) {
            var written = name.toString().strip().toLowerCase(Locale.ROOT);
            known |= (message ? MESSAGE : MACHINE).contains(written);
            inField = true;
            first = false;
            return written.indexOf(' ') < 0 ? State.VALUE : State.WRONG;
        }
        if (octet == '\n' || octet < 0 || name.length() >= LONGEST_NAME) {
            return State.WRONG;
        }
        name.append((char) octet);
        return message && first && name.toString().matches(">?From ") ? mailboxLine() : State.NAME;
    }

    /** The line that mailbox files put before a message is no field. */
    private State mailboxLine() {
        inField = false;
        first = false;
        return State.VALUE;
    }

    /** Whether it is what it says. */
    boolean convincing() {
        return known && state != State.WRONG && state != State.NAME;
    }
}
