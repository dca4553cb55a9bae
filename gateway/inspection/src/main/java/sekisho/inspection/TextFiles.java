package sekisho.inspection;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Files that stand in a text, as uuencode writes them (POSIX; also in base64), as its lines go by. Programs that unpack open such a text by itself, too. */
final class TextFiles {
    /** How the line begins, with the end of the one before. */
    static final byte[] BEGINS = "\nbegin".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern BEGIN = Pattern.compile("begin(-base64)?[ \\t]+(\\S.*)", Pattern.DOTALL);
    /** As uuencode writes it, and git; the name may be missing. */
    private static final Pattern MODE = Pattern.compile("(?:100)?[0-7]{3,4}(?:[ \\t].*)?", Pattern.DOTALL);
    private static final Pattern SURE = Pattern.compile("begin(?:[ \\t]+(?:100)?[0-7]{3}|-base64[ \\t]).*", Pattern.DOTALL);
    /** So many octets of a line tell that it begins a file. */
    private static final int TELLING = 16;
    private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";
    /** Octets: a file without a mode has a line of so many, and what begins like one is prose otherwise. */
    private static final int FULL_LINE = 20;
    private static final Pattern OTHERS = Pattern.compile("=ybegin .*|\\(This file must be converted with BinHex.*", Pattern.DOTALL);

    private final Look look;
    private final Source text;
    private final int depth;
    private long fileFrom = -1;
    private boolean isBase64;
    /** Not so behind a first line that people write too, as long as the lines behind it could be both. */
    private boolean isSure;

    TextFiles(Look look, Source text, int depth) {
        this.look = look;
        this.text = text;
        this.depth = depth;
    }

    /** Whether a line that begins there begins a file for sure. */
    static boolean mayBegin(byte[] octets, int end, int start) {
        return Signatures.has(octets, end, start - 1, BEGINS) && isSure(octets, start, Math.min(TELLING, end - start));
    }

    /** Whether the first line of a text does. */
    static boolean mayBegin(byte[] head, int length) {
        return isSure(head, 0, Math.min(TELLING, length));
    }

    private static boolean isSure(byte[] octets, int start, int length) {
        return SURE.matcher(new String(octets, start, length, StandardCharsets.ISO_8859_1)).matches();
    }

    /** Whether it is one of appointments (RFC 5545) or of addresses (RFC 6350), whose fields may be files. */
    static boolean isCalendar(byte[] head, int length) {
        String first = new String(head, 0, Math.min(length, 32), StandardCharsets.ISO_8859_1);
        String upper = (first.startsWith(BYTE_ORDER_MARK) ? first.substring(BYTE_ORDER_MARK.length()) : first).toUpperCase(Locale.ROOT);
        return upper.startsWith("BEGIN:VCALENDAR") || upper.startsWith("BEGIN:VCARD");
    }

    /** The file that the first line begins; all of them when {@code goesOn}. Returns where it ends. */
    long read(boolean goesOn) throws IOException {
        var lines = new Lines(text, look);
        while (lines.next()) {
            line(lines);
            if (fileFrom < 0 && !goesOn) {
                return lines.end();
            }
        }
        end(lines.end());
        return lines.end();
    }

    /** The next line of the text. */
    void line(Lines lines) throws IOException {
        String first = first(lines);
        if (!first.isEmpty() && announces(first, lines)) {
            return;
        }
        if (fileFrom >= 0 && isLast(lines)) {
            end(lines.start());
        } else if (fileFrom >= 0 && !isSure && lines.length() > 0) {
            fileFrom = isUu(lines) ? fileFrom : -1;
            isSure = fileFrom >= 0 && octets(lines) >= FULL_LINE;
        }
    }

    private boolean announces(String first, Lines lines) throws IOException {
        if (OTHERS.matcher(first).matches()) {
            look.found(Protection.UNKNOWN, "message-encoding");
            return true;
        }
        Matcher begin = BEGIN.matcher(first);
        if (!begin.matches()) {
            return false;
        }
        end(lines.start());
        fileFrom = lines.end();
        isBase64 = begin.group(1) != null;
        isSure = isBase64 || MODE.matcher(begin.group(2)).matches();
        return true;
    }

    /** A line that may be the first of a file; else nothing. */
    private static String first(Lines lines) {
        if (!lines.isStart() || lines.length() < 7 || "b=(\u00ef".indexOf(lines.at(0) & 0xff) < 0) {
            return "";
        }
        String line = lines.text(100);
        return line.startsWith(BYTE_ORDER_MARK) ? line.substring(BYTE_ORDER_MARK.length()) : line;
    }

    private boolean isLast(Lines lines) {
        return lines.length() < 8 && lines.text(8).strip().equals(isBase64 ? "====" : "end");
    }

    /** As many as the line says that it has. */
    private static int octets(Lines lines) {
        return lines.at(0) - ' ' & 0x3f;
    }

    /** Whether the line has the signs that it says, and no more than a sum behind them. */
    private static boolean isUu(Lines lines) {
        int signs = lines.length() - 1;
        boolean isUu = signs >= (octets(lines) * 8 + 5) / 6 && signs <= (octets(lines) + 2) / 3 * 4 + 2;
        for (int i = 0; i <= signs && isUu; i++) {
            isUu = lines.at(i) >= ' ' && lines.at(i) <= '`';
        }
        return isUu;
    }

    /** The text ends there, and with it a file that is not at its end yet. */
    void end(long to) throws IOException {
        if (fileFrom >= 0) {
            look.entry();
            Source file = text.slice(fileFrom, to - fileFrom);
            fileFrom = -1;
            boolean base64 = isBase64;
            look.whole((Look.Content) () -> base64 ? Decoded.base64(file.stream()) : Decoded.uuencode(file.stream()), depth + 1);
        }
    }
}
