package sekisho.inspection;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A message as a file (RFC 5322, RFC 2045), in one pass over its lines: each part is looked into as a file of its own, and messages in it are read on
 * with it. Where readers of mail would differ in what is a part, it can't be told.
 */
final class MessageReader {
    private static final int MOST_BOUNDARIES = 200;
    private static final int LONGEST_DELIMITER = 1100;
    private static final byte[] MBOX = {'F', 'r', 'o', 'm', ' '};
    private static final Pattern BEGIN = Pattern.compile("begin(-base64)?[ \\t]+(\\S.*)", Pattern.DOTALL);
    /** As uuencode writes it, and git; the name may be missing. */
    private static final Pattern MODE = Pattern.compile("(?:100)?[0-7]{3,4}(?:[ \\t].*)?", Pattern.DOTALL);
    private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";
    /** Octets: a file without a mode has a line of so many, and what begins like one is prose otherwise. */
    private static final int FULL_LINE = 20;
    private static final Pattern OTHERS = Pattern.compile("=ybegin .*|\\(This file must be converted with BinHex.*", Pattern.DOTALL);

    private final Look look;
    private final Source source;
    private final int depth;
    /** Boundaries, and whether one of those that were declared with it was seen. */
    private final Map<String, boolean[]> boundaries = new LinkedHashMap<>();
    private boolean isMbox;
    /** The delimiter that was seen last. */
    private Delimiter last = Delimiter.NONE;
    /** Of the boundaries that were declared last. */
    private boolean[] seen = new boolean[1];

    MessageReader(Look look, Source source, int depth) {
        this.look = look;
        this.source = source;
        this.depth = depth;
    }

    void read() throws IOException {
        var lines = new Lines(source, look);
        skipBlank(lines);
        boolean goesOn = true;
        while (goesOn) {
            look.entry();
            goesOn = part(lines, last == Delimiter.CLOSES ? MessageHeader.none() : header(lines));
        }
        for (boolean[] seen : boundaries.values()) {
            if (!seen[0]) {
                look.found(Protection.UNKNOWN, "message-unclear");
            }
        }
    }

    private void skipBlank(Lines lines) throws IOException {
        byte[] start = source.atMost(0, MBOX.length);
        isMbox = Signatures.has(start, start.length, 0, MBOX);
        while (blankAt(lines.end())) {
            lines.next();
        }
    }

    private boolean blankAt(long at) throws IOException {
        byte[] two = source.atMost(at, 2);
        return two.length > 0 && (two[0] == '\n' || two.length > 1 && two[0] == '\r' && two[1] == '\n');
    }

    private MessageHeader header(Lines lines) throws IOException {
        MessageHeader header = MessageHeader.read(lines, each -> delimiter(each) != Delimiter.NONE);
        if (header.isUnclear()) {
            look.found(Protection.UNKNOWN, "message-unclear");
        }
        if (header.isPartial()) {
            look.found(Protection.UNKNOWN, "message-partial");
        }
        Set<String> declared = header.boundaries();
        seen = new boolean[1];
        for (String boundary : declared) {
            if (boundaries.size() == MOST_BOUNDARIES) {
                throw CannotTell.here("message-unclear");
            }
            boundaries.putIfAbsent(boundary, seen);
        }
        return header;
    }

    /** Reads on to the next delimiter. Returns whether there is another header, or something else that is read like a part. */
    private boolean part(Lines lines, MessageHeader header) throws IOException {
        Set<String> encodings = header.encodings();
        if (header.isStopped()) {
            seen[0] = true; // a header alone, as reports have them
            return true;
        }
        last = Delimiter.NONE;
        if (header.isMessage() && encodings.contains("")) {
            return true;
        }
        long from = lines.end();
        boolean afterBlank = true;
        var text = encodings.contains("") ? new TextLines(source) : null;
        while (lines.next()) {
            Delimiter delimiter = delimiter(lines);
            if (delimiter != Delimiter.NONE || isMbox && afterBlank && lines.startsWith(MBOX)) {
                ended(from, lines.start(), encodings, text);
                return true;
            }
            if (text != null) {
                text.line(lines);
            }
            afterBlank = lines.length() == 0 && lines.isStart();
        }
        ended(from, lines.end(), encodings, text);
        return false;
    }

    private void ended(long from, long to, Set<String> encodings, @Nullable TextLines text) throws IOException {
        if (text != null) {
            text.end(to);
        }
        if (to - from <= 2) {
            seen[0] = true; // a header alone, as reports have them
        }
        Source body = source.slice(from, to - from);
        for (String encoding : encodings) {
            switch (encoding) {
                case "" -> look.inside(body, depth + 1);
                case "base64" -> decoded(() -> Decoded.base64(body.stream()));
                case "quoted-printable" -> decoded(() -> Decoded.quotedPrintable(body.stream()));
                default -> {
                    if (to - from > 4) {
                        look.found(Protection.UNKNOWN, "message-encoding");
                    }
                }
            }
        }
    }

    private void decoded(Look.Content content) throws IOException {
        if (look.whole(content, depth + 1) != Format.TEXT) {
            return;
        }
        try (var replay = new Replay(content, look)) {
            Source decoded = Source.of(replay, look);
            var lines = new Lines(decoded, look);
            var text = new TextLines(decoded);
            while (lines.next()) {
                text.line(lines);
            }
            text.end(lines.end());
        }
    }

    private enum Delimiter {
        NONE, OPENS, CLOSES
    }

    private Delimiter delimiter(Lines lines) throws CannotTell {
        if (!lines.isStart() || lines.length() < 3 || lines.at(0) != '-' || lines.at(1) != '-') {
            return Delimiter.NONE;
        }
        String line = lines.text(LONGEST_DELIMITER);
        boolean isAlmost = false;
        for (var boundary : boundaries.entrySet()) {
            look.tick();
            if (!line.startsWith(boundary.getKey(), 2)) {
                continue;
            }
            String rest = line.substring(2 + boundary.getKey().length());
            if (rest.isBlank() || rest.startsWith("--")) {
                boundary.getValue()[0] = true;
                last = rest.isBlank() ? Delimiter.OPENS : Delimiter.CLOSES;
                return last;
            }
            isAlmost = true;
        }
        if (isAlmost) {
            look.found(Protection.UNKNOWN, "message-unclear"); // a delimiter to those who don't look at its end
        }
        return Delimiter.NONE;
    }

    /** A text that isn't encoded: files in it (uuencode, also in base64), and what stands there in armour. */
    private final class TextLines {
        private final Source text;
        private final PemReader armour;
        private long fileFrom = -1;
        private boolean isBase64;
        /** Not so behind a first line that people write too, as long as the lines behind it could be both. */
        private boolean isSure;

        TextLines(Source text) {
            this.text = text;
            this.armour = new PemReader(look, text, depth);
        }

        void line(Lines lines) throws IOException {
            armour.line(lines);
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
}
