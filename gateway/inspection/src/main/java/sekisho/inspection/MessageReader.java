package sekisho.inspection;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A message as a file (RFC 5322, RFC 2045), in one pass over its lines: each part is looked into as a file of its own, and messages in it are read on
 * with it. Where readers of mail would differ in what is a part, it can't be told.
 */
final class MessageReader {
    private static final int MOST_BOUNDARIES = 200;
    private static final int LONGEST_DELIMITER = 1100;
    private static final byte[] MBOX = {'F', 'r', 'o', 'm', ' '};

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

    /** A text that isn't encoded: files in it, and what stands there in armour. */
    private final class TextLines {
        private final TextFiles files;
        private final PemReader armour;

        TextLines(Source text) {
            this.files = new TextFiles(look, text, depth);
            this.armour = new PemReader(look, text, depth);
        }

        void line(Lines lines) throws IOException {
            armour.line(lines);
            files.line(lines);
        }

        void end(long to) throws IOException {
            files.end(to);
        }
    }
}
