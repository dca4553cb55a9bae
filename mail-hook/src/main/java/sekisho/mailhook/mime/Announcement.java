package sekisho.mailhook.mime;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a line of a text says of a file that begins behind it, and what the lines behind it have made of that. People write "begin with the
 * second step" and "begin 2026 with" too, so a first line alone proves nothing: behind one with the mode that uuencode writes (POSIX, octal digits)
 * a line must have all the signs that it says, and without a mode two in a row must be of that very length, or one that the end of a file follows.
 */
final class Announcement {

    enum Kind { UUENCODE, BASE64, YENC, BINHEX }

    enum Verdict { WAITS, FULFILLED, DISAPPOINTED }

    private static final int BLANK_LINES = 3;
    /** Of a file that begins with zeros, whose blanks were dropped on the way. */
    private static final int SHORT_LINES = 12;
    /** Lines of base64 have 60 or more, but the last. */
    private static final int WHOLE_BASE64 = 60;
    private static final String BINHEX_FIRST = "(This file must be converted with BinHex";
    private static final Pattern MODE = Pattern.compile("(?:100)?[0-7]{3,4}(?:[ \\t]+(.*))?");
    private static final Pattern YENC_LINE = Pattern.compile(" line=([1-9][0-9]{0,3}) ");
    private static final Pattern YENC_SIZE = Pattern.compile(" size=([1-9][0-9]{0,14}) ");
    private static final Pattern YENC_PART = Pattern.compile("=ypart begin=([1-9][0-9]{0,14}) end=([1-9][0-9]{0,14})\\s*");
    /** Encoders differ in how they count an escape at the end of a line, and blanks at its end get lost. */
    private static final int YENC_TOLERANCE = 3;

    private final Kind kind;
    private final String name;
    private final boolean certain;
    private final long lineOctets;   // yEnc
    private long sizeOctets;         // yEnc: of the file or of the part of it
    private int blankLines;
    private int lines;
    private boolean zeroLine;
    private boolean whole;
    private boolean implausible;

    private Announcement(Kind kind, String name, boolean certain, long lineOctets, long sizeOctets) {
        this.kind = kind;
        this.name = name;
        this.certain = certain;
        this.lineOctets = lineOctets;
        this.sizeOctets = sizeOctets;
    }

    /** What the line announces; null for nothing. */
    static @Nullable Announcement of(BlockLine line) {
        if (line.starts("begin")) {
            return begin(line.content());
        }
        if (line.starts("=ybegin ")) {
            return yenc(line.content());
        }
        return line.starts(BINHEX_FIRST) ? new Announcement(Kind.BINHEX, "", true, 0, 0) : null;
    }

    private static @Nullable Announcement begin(String text) {
        boolean base64 = text.startsWith("begin-base64");
        String rest = text.substring(base64 ? 12 : 5);
        if (rest.isBlank() || rest.charAt(0) != ' ' && rest.charAt(0) != '\t') {
            return null;
        }
        Matcher mode = MODE.matcher(rest.strip());
        boolean certain = mode.matches();
        String name = !certain ? rest.strip() : mode.group(1) == null ? "" : mode.group(1).strip();
        return new Announcement(base64 ? Kind.BASE64 : Kind.UUENCODE, name, certain, 0, 0);
    }

    private static @Nullable Announcement yenc(String text) {
        int at = text.indexOf(" name=");
        if (at < 0) {
            return null;
        }
        String numbers = text.substring(0, at) + " ";
        Matcher line = YENC_LINE.matcher(numbers);
        Matcher size = YENC_SIZE.matcher(numbers);
        return line.find() && size.find()
            ? new Announcement(Kind.YENC, text.substring(at + 6).strip(), true, Long.parseLong(line.group(1)), Long.parseLong(size.group(1))) : null;
    }

    Kind kind() {
        return kind;
    }

    /** One char for each octet, as written; may be empty. */
    String name() {
        return name;
    }

    /** Whether prose hardly ever says so: lines of such a file may then turn up further on. */
    boolean isCertain() {
        return certain;
    }

    /**
     * What the next line makes of it. A line that disappoints changes nothing.
     *
     * @param cut whether it goes on: too long for one of ours
     */
    Verdict next(BlockLine line, boolean cut) {
        if (cut) {
            return Verdict.DISAPPOINTED;
        }
        if (line.isBlank() && kind != Kind.YENC && lines == 0) {
            return ++blankLines <= BLANK_LINES ? Verdict.WAITS : Verdict.DISAPPOINTED;
        }
        return switch (kind) {
            case UUENCODE -> certain ? nextUuBehindMode(line) : nextUu(line);
            case BASE64 -> certain ? fulfilled(line.isBase64()) : nextBase64(line);
            case YENC -> nextYenc(line);
            case BINHEX -> fulfilled(line.starts(":") && line.isBinHex());
        };
    }

    private static Verdict fulfilled(boolean fulfilled) {
        return fulfilled ? Verdict.FULFILLED : Verdict.DISAPPOINTED;
    }

    /** A line without all its signs may be prose in capitals: it waits for one that has them, or for the end of the file. */
    private Verdict nextUuBehindMode(BlockLine line) {
        if (line.is("end")) {
            return fulfilled(lines > 0 && !implausible);
        }
        if (line.isWholeUu() && line.uuOctets() > 0) {
            return Verdict.FULFILLED;
        }
        boolean waits = lines < SHORT_LINES && (lines == 0 ? line.isUu() && line.uuOctets() > 0 : line.isBlank() || line.isUu());
        implausible |= waits && !line.isBlank() && !line.isHalfUu();
        return waits(waits);
    }

    private Verdict nextUu(BlockLine line) {
        if (lines == 0) {
            return waits(line.isStrictUu() && line.uuOctets() > 0);
        }
        if (zeroLine) {
            return fulfilled(line.is("end"));
        }
        zeroLine = line.isBlank() || line.isStrictUu() && line.uuOctets() == 0;
        return zeroLine ? Verdict.WAITS : fulfilled(line.isStrictUu());
    }

    private Verdict nextBase64(BlockLine line) {
        if (lines == 0) {
            whole = line.contentLength() >= WHOLE_BASE64;
            return waits(line.isBase64());
        }
        return fulfilled(line.is("====") || whole && line.isBase64());
    }

    private Verdict nextYenc(BlockLine line) {
        if (line.starts("=ypart ") && lines == 0) {
            Matcher part = YENC_PART.matcher(line.content());
            if (!part.matches() || Long.parseLong(part.group(2)) < Long.parseLong(part.group(1))) {
                return Verdict.DISAPPOINTED;
            }
            sizeOctets = Long.parseLong(part.group(2)) - Long.parseLong(part.group(1)) + 1;
            return waits(true);
        }
        long expected = Math.min(lineOctets, sizeOctets);
        return fulfilled(line.yencOctets() <= expected && line.yencOctets() >= Math.max(1, expected - YENC_TOLERANCE));
    }

    private Verdict waits(boolean suits) {
        lines += suits ? 1 : 0;
        return suits ? Verdict.WAITS : Verdict.DISAPPOINTED;
    }
}
