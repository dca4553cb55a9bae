package sekisho.inspection;

import java.io.IOException;
import java.util.regex.Pattern;

/** Files in the fields of a calendar or an address book: a value in base64 (RFC 5545 §3.2.7, vCard 2.1), folded over as many lines as it takes. */
final class CalendarReader {
    private static final int LONGEST_NAME = 2000;
    private static final Pattern BASE64 = Pattern.compile(".*;(?:ENCODING=)?\"?(?:B|BASE64)\"?(?:;.*)?", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private final Look look;
    private final Source source;
    private final int depth;
    /** The name of a field and its parameters, as far as they were read. */
    private final StringBuilder name = new StringBuilder();
    private boolean isQuoted;
    private long value = -1;

    CalendarReader(Look look, Source source, int depth) {
        this.look = look;
        this.source = source;
        this.depth = depth;
    }

    void read() throws IOException {
        var lines = new Lines(source, look);
        while (lines.next()) {
            boolean isFolded = lines.length() > 0 && (lines.at(0) == ' ' || lines.at(0) == '\t');
            if (lines.isStart() && !isFolded) {
                ends(lines.start());
            }
            if (value < 0) {
                goesOn(lines, lines.isStart() && isFolded ? 1 : 0);
            }
        }
        ends(lines.end());
    }

    private void goesOn(Lines lines, int from) {
        String line = lines.text(LONGEST_NAME);
        for (int i = from; i < line.length() && value < 0; i++) {
            char c = line.charAt(i);
            isQuoted ^= c == '"';
            if (c == ':' && !isQuoted) {
                value = lines.start() + i + 1;
            } else if (name.length() < LONGEST_NAME) {
                name.append(c);
            }
        }
    }

    private void ends(long at) throws IOException {
        if (value >= 0 && at > value && BASE64.matcher(name).matches()) {
            look.entry();
            Source file = source.slice(value, at - value);
            look.whole(() -> Decoded.base64(file.stream()), depth + 1);
        }
        name.setLength(0);
        isQuoted = false;
        value = -1;
    }
}
