package sekisho.mailhook.mime;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a line of a text says of a file that begins behind it, and what the lines behind it have made of that. People write "begin with the
 * second step" and "begin 2026 with" too, so a first line alone proves nothing. Behind one with the mode that uuencode writes (POSIX, octal digits)
 * a line of some length must have all the signs that it says, and the next one look like one too; without a mode two in a row must have them. Shorter lines have the length that they say by chance, as
 * amounts, numbers of tickets and of telephones do: the end of a file must follow them, or so many that they are no list of people's.
 */
final class Announcement {

    enum Kind { UUENCODE, BASE64, YENC, BINHEX }

    enum Verdict { WAITS, FULFILLED, DISAPPOINTED }

    private static final int BLANK_LINES = 3;
    /** Of a file that begins with zeros, whose blanks were dropped on the way. */
    private static final int SHORT_LINES = 12;
    /** Octets: shorter ones are the last of their files, and prose has such lines. */
    private static final int FULL_LINE = 20;
    /** So many lines of one length, with so many different signs among them, are no list of numbers. */
    private static final int RUN = 8;
    private static final int RUN_SIGNS = 24;
    /** Lines of base64 have 60 or more, but the last. */
    private static final int WHOLE_BASE64 = 60;
    /** The first line of BinHex has 64, but of a file that ends in it; prose may begin with a colon too. */
    private static final int SHORTEST_BINHEX = 32;
    private static final String BINHEX_FIRST = "(This file must be converted with BinHex";
    private static final Pattern MODE = Pattern.compile("(?:100)?[0-7]{3,4}(?:[ \\t]+(.*))?", Pattern.DOTALL);
    private static final Pattern YENC_LINE = Pattern.compile(" line=([1-9][0-9]{0,3}) ");
    private static final Pattern YENC_SIZE = Pattern.compile(" size=([1-9][0-9]{0,14}) ");
    private static final Pattern YENC_PART = Pattern.compile("=ypart begin=([1-9][0-9]{0,14}) end=([1-9][0-9]{0,14})\\s*");
    /** Some encoders count the octets of a line and some its signs, escapes and all; and blanks at its end get lost. */
    private static final int YENC_TOLERANCE = 3;

    private final Kind kind;
    private final String name;
    private final boolean certain;
    private final long lineOctets;   // yEnc
    private long sizeOctets;         // yEnc: of the file or of the part of it
    private int blankLines;
    private int lines;
    private int fullLines;
    private boolean zeroLine;
    private boolean blankLine;
    private boolean whole;
    private boolean implausible;
    private final Run run = new Run();

    /** Lines of one length, one behind the other. */
    private static final class Run {
        private int lines;
        private byte first;
        private long signs;

        void add(BlockLine line) {
            if (!line.isStrictUu() || line.firstSign() != first) {
                first = line.firstSign();
                lines = 0;
                signs = 0;
            }
            lines++;
            signs |= line.uuSignsUsed();
        }

        boolean isNoList() {
            return lines >= RUN && Long.bitCount(signs) >= RUN_SIGNS;
        }
    }

    private Announcement(Kind kind, String name, boolean certain, long lineOctets, long sizeOctets) {
        this.kind = kind;
        this.name = name;
        this.certain = certain;
        this.lineOctets = lineOctets;
        this.sizeOctets = sizeOctets;
    }

    /** More of a file that broke off, if what follows is as the line: it is a full one ({@link #isFull}). */
    static Announcement rest(String name) {
        var rest = new Announcement(Kind.UUENCODE, name, false, 0, 0);
        rest.lines = 1;
        rest.fullLines = 1;
        return rest;
    }

    /** Whether the line may stand in the middle of an uuencoded file. */
    static boolean isFull(BlockLine line) {
        return line.isWholeUu() && line.uuOctets() >= FULL_LINE && !line.isRule();
    }

    /** Whether a line that begins so may be one. */
    static boolean mayBeFull(byte first) {
        return first >= ' ' + FULL_LINE && first < '`';
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
            case BINHEX -> fulfilled(line.starts(":") && line.isBinHex() && (line.contentLength() >= SHORTEST_BINHEX || line.endsWith(':')));
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
        if (fullLines > 0 && line.isUu()) {
            return Verdict.FULFILLED;
        }
        fullLines += isFull(line) ? 1 : 0;
        boolean waits = lines < SHORT_LINES && (lines == 0 ? line.isUu() && line.uuOctets() > 0 : line.isBlank() || line.isUu());
        implausible |= waits && !line.isBlank() && !line.isHalfUu();
        return inRun(line, waits);
    }

    private Verdict nextUu(BlockLine line) {
        if (zeroLine || blankLine) {
            return fulfilled(line.is("end") || blankLine && fullLines > 0 && isFull(line));
        }
        if (line.isBlank()) {
            blankLine = true;
            return Verdict.WAITS;
        }
        if (isFull(line) && ++fullLines > 1) {
            return Verdict.FULFILLED;
        }
        fullLines = isFull(line) ? fullLines : 0;
        zeroLine = lines > 0 && line.isStrictUu() && line.uuOctets() == 0;
        return zeroLine ? Verdict.WAITS : inRun(line, lines < SHORT_LINES && line.isStrictUu() && line.uuOctets() > 0);
    }

    private Verdict inRun(BlockLine line, boolean waits) {
        if (waits) {
            run.add(line);
        }
        return run.isNoList() ? Verdict.FULFILLED : waits(waits);
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
        return fulfilled(line.yencOctets() <= expected && line.contentLength() >= Math.max(1, expected - YENC_TOLERANCE));
    }

    private Verdict waits(boolean suits) {
        lines += suits ? 1 : 0;
        return suits ? Verdict.WAITS : Verdict.DISAPPOINTED;
    }
}
