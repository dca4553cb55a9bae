package sekisho.inspection;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Texts with something between {@code -----BEGIN …-----} and {@code -----END …-----} (RFC 7468, RFC 1421, RFC 9580 §6.2, age): keys, certificates,
 * encrypted messages. Also PuTTY's keys.
 */
final class PemReader {
    static final byte[] BEGIN = text("-----BEGIN ");
    static final byte[] PUTTY = text("PuTTY-User-Key-File-");
    /** As many octets of a label as tell that nothing is in the block. */
    static final int TELLING = 12;
    private static final byte[][] SILENT = {text("CERTIFICATE-"), text("PUBLIC KEY-"), text("PGP PUBLIC "), text("PGP SIGN")};
    private static final String END = "-----END ";
    private static final String OPENSSH = "openssh-key-v1\0";
    private static final int LONGEST_LABEL = 100;
    private static final int LONGEST_CIPHER = 64;

    private final Look look;
    private final Source source;
    private final int depth;
    private String label = "";
    /** Behind the fields that a block may begin with; −1 as long as those may come. */
    private long body = -1;

    PemReader(Look look, Source source, int depth) {
        this.look = look;
        this.source = source;
        this.depth = depth;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether a line that begins there may begin a block in which there is something. What a file is too short for is no block. */
    static boolean mayTell(byte[] octets, int end, int start) {
        int label = start + BEGIN.length;
        if (label + TELLING > end || !Signatures.has(octets, end, start, BEGIN)) {
            return false;
        }
        for (byte[] silent : SILENT) {
            if (Signatures.has(octets, end, label, silent)) {
                return false;
            }
        }
        return true;
    }

    /** The block that the first line begins; all of them when {@code goesOn}. Returns where it ends. */
    long readBlock(boolean goesOn) throws IOException {
        var lines = new Lines(source, look);
        while (lines.next()) {
            line(lines);
            if (label.isEmpty() && !goesOn) {
                break;
            }
        }
        return lines.end();
    }

    void read() throws IOException {
        var lines = new Lines(source, look);
        boolean isPutty = false;
        while (lines.next()) {
            if (isPutty && lines.text(LONGEST_LABEL).matches("(?is)Encryption:\\s*(?!none\\s*$)\\S.*")) {
                look.found(Protection.PASSWORD, "key-encrypted");
            }
            isPutty |= lines.startsWith(PUTTY);
            line(lines);
        }
    }

    /** A line of a text; what is between the two lines of a block is looked into at its end. */
    void line(Lines lines) throws IOException {
        if (!lines.isStart() || label.isEmpty() && !mayBegin(lines)) {
            return;
        }
        String begun = labelOf(lines.text(LONGEST_LABEL));
        if (!begun.isEmpty()) {
            label = begun;
            body = -1;
            judge();
        } else if (label.isEmpty()) {
            return;
        } else if (lines.text(LONGEST_LABEL).stripLeading().startsWith(END)) {
            if (body >= 0 && lines.start() > body) {
                content(source.slice(body, lines.start() - body));
            }
            label = "";
        } else if (body < 0) {
            field(lines);
        }
    }

    private static boolean mayBegin(Lines lines) {
        return lines.length() > BEGIN.length && (lines.at(0) == '-' || lines.at(0) == ' ' || lines.at(0) == '\t' || lines.at(0) == (byte) 0xef);
    }

    /** Before the octets: {@code Proc-Type: 4,ENCRYPTED} and the like, then an empty line; most blocks have none of it. */
    private void field(Lines lines) throws CannotTell {
        String text = lines.text(LONGEST_LABEL);
        if (text.toUpperCase(Locale.ROOT).matches("(?s)PROC-TYPE\\s*:.*ENCRYPTED.*")) {
            look.found(Protection.PASSWORD, "key-encrypted");
        }
        if (text.isBlank()) {
            body = lines.end();
        } else if (text.indexOf(':') < 0 && !text.startsWith(" ")) {
            body = lines.start();
        }
    }

    /** What stands behind {@code BEGIN}; empty when the line isn't one that begins a block. A quoted one isn't. */
    static String labelOf(String line) {
        String text = line.startsWith("\u00ef\u00bb\u00bf") ? line.substring(3) : line;
        text = text.stripLeading();
        int end = text.startsWith("-----BEGIN ") ? text.indexOf("-----", BEGIN.length) : -1;
        return end < 0 ? "" : text.substring(BEGIN.length, end).strip();
    }

    /** Whether the label is of something that there is to look into or to say. */
    static boolean isTelling(String label) {
        return !label.isEmpty() && (!label.startsWith("PGP ") || label.startsWith("PGP MESSAGE") || label.startsWith("PGP PRIVATE"));
    }

    private void judge() throws CannotTell {
        look.entry();
        if (label.startsWith("PGP MESSAGE")) {
            look.found(Protection.OPAQUE, "gpg");
        } else if (label.startsWith("PGP PRIVATE")) {
            look.found(Protection.OPAQUE, "gpg-key");
        } else if (label.equals("AGE ENCRYPTED FILE")) {
            look.found(Protection.OPAQUE, "age");
        } else if (label.equals("ENCRYPTED PRIVATE KEY")) {
            look.found(Protection.PASSWORD, "key-encrypted");
        }
    }

    private void content(Source text) throws IOException {
        if (label.equals("OPENSSH PRIVATE KEY")) {
            openSsh(text);
        } else if (!label.startsWith("PGP ") && !label.equals("CERTIFICATE") && !label.equals("AGE ENCRYPTED FILE")) {
            look.whole(() -> Decoded.base64(text.stream()), depth + 1);
        }
    }

    /** A mark, then the name of the cipher with its length before it. */
    private void openSsh(Source text) throws IOException {
        byte[] head;
        try (var in = Decoded.base64(text.stream())) {
            head = in.readNBytes(OPENSSH.length() + 4 + LONGEST_CIPHER);
        }
        String key = new String(head, StandardCharsets.ISO_8859_1);
        if (!key.startsWith(OPENSSH) || key.length() < OPENSSH.length() + 8) {
            look.found(Protection.UNKNOWN, "key-damaged");
        } else if (!key.startsWith("\0\0\0\4none", OPENSSH.length())) {
            look.found(Protection.PASSWORD, "key-encrypted");
        }
    }
}
