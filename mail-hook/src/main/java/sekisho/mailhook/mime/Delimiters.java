package sekisho.mailhook.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The boundaries of the multiparts that are open, outermost first, and the test whether a line is one of their
 * delimiters (RFC 2046 §5.1.1). The RFC lets a reader be content with a line that merely begins with the boundary, and
 * some are; others want the whole line. A line on which the two disagree is {@link #AMBIGUOUS}.
 */
final class Delimiters {

    static final int NONE = -1;
    /** More octets are needed to tell. */
    static final int MORE = -2;
    static final int AMBIGUOUS = -3;

    /** A longer line is no delimiter, whatever it begins with: white space after a boundary is a few octets. */
    static final int LONGEST_LINE = 4096;

    private final List<byte[]> open = new ArrayList<>();
    private boolean close;
    private int lineEnd;

    void push(String boundary) {
        open.add(("--" + boundary).getBytes(StandardCharsets.ISO_8859_1));
    }

    void truncate(int size) {
        while (open.size() > size) {
            open.removeLast();
        }
    }

    int size() {
        return open.size();
    }

    /** Whether a boundary could be taken for the end of one that is open already. */
    boolean clashes(String boundary) {
        String text = "--" + boundary;
        return open.stream().map(b -> new String(b, StandardCharsets.ISO_8859_1))
                .anyMatch(other -> text.equals(other + "--") || other.equals(text + "--"));
    }

    /**
     * Looks at the line that starts at {@code at}.
     *
     * @param last whether {@code end} is the end of the message
     * @return the level whose delimiter the line is, or one of the constants
     */
    int match(byte[] b, int at, int end, boolean last) {
        boolean more = false;
        boolean ambiguous = false;
        for (int level = 0; level < open.size(); level++) {
            byte[] delimiter = open.get(level);
            int n = Math.min(delimiter.length, end - at);
            if (!startsWith(b, at, delimiter, n)) {
                continue;
            }
            if (n < delimiter.length) {
                more |= !last;
                continue;
            }
            switch (tail(b, at + n, end, last)) {
                case MORE -> more = true;
                case AMBIGUOUS -> ambiguous = true;
                default -> {
                    if (lineEnd - at <= LONGEST_LINE) {
                        return level;
                    }
                    ambiguous = true;   // as if the rest of it hadn't come yet
                }
            }
        }
        if (more) {
            return end - at < LONGEST_LINE ? MORE : AMBIGUOUS;
        }
        return ambiguous ? AMBIGUOUS : NONE;
    }

    private static boolean startsWith(byte[] b, int at, byte[] delimiter, int length) {
        for (int i = 0; i < length; i++) {
            if (b[at + i] != delimiter[i]) {
                return false;
            }
        }
        return true;
    }

    /** What follows a boundary: {@code --} for the last one, white space, the end of the line. */
    private int tail(byte[] b, int at, int end, boolean last) {
        int i = at;
        if (i < end && b[i] == '-') {
            if (i + 1 == end) {
                return last ? AMBIGUOUS : MORE;
            }
            if (b[i + 1] != '-') {
                return AMBIGUOUS;
            }
            i += 2;
            close = true;
        } else {
            close = false;
        }
        while (i < end && (b[i] == ' ' || b[i] == '\t')) {
            i++;
        }
        if (i == end) {
            lineEnd = i;
            return last ? 0 : MORE;
        }
        if (b[i] == '\n') {
            lineEnd = i + 1;
            return 0;
        }
        if (b[i] != '\r') {
            return AMBIGUOUS;
        }
        if (i + 1 == end) {
            return last ? AMBIGUOUS : MORE;
        }
        lineEnd = i + 2;
        return b[i + 1] == '\n' ? 0 : AMBIGUOUS;
    }

    /** After a match: whether the delimiter closes its multipart. */
    boolean isClose() {
        return close;
    }

    /** After a match: past the line end of the delimiter. */
    int lineEnd() {
        return lineEnd;
    }
}
