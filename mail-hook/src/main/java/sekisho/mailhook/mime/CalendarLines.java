package sekisho.mailhook.mime;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Watches the octets of what calls itself an invitation: whether it consists of content lines, {@code NAME;parameters:value} (RFC 5545 §3.1),
 * from {@code BEGIN:VCALENDAR} to its end, with nothing but blanks around it, and none of them holds a file (§3.8.1.1: {@code ENCODING=BASE64},
 * or a {@code data:} URI as the value). What else goes under its name is an attachment.
 */
final class CalendarLines {

    /** Of a line that is no longer looked at, and enough to tell all that matters: parameters are short. */
    private static final int LOOK = 4096;

    private static final Pattern DATA = Pattern.compile("\\s*DATA:[^,\\s]*;BASE64,");

    private final StringBuilder line = new StringBuilder();
    private boolean atStart = true;
    private int depth;
    private boolean begun;
    private boolean over;
    private boolean wrong;
    private long octets;

    /** Decoded octets, in blocks of any size. */
    void accept(byte[] b, int off, int len) {
        for (int i = off; i < off + len && !wrong; i++) {
            boolean mark = octets < 3 && (b[i] & 0xFF) == new int[] {0xEF, 0xBB, 0xBF}[(int) octets];
            octets++;
            if (!mark) {
                accept(b[i]);
            }
        }
    }

    private void accept(byte octet) {
        if (octet >= 0 && octet < ' ' && octet != '\t' && octet != '\r' && octet != '\n' && octet != 0x1B) {
            wrong = true;
        } else if (octet == '\n') {
            atStart = true;
        } else if (atStart && (octet == ' ' || octet == '\t')) {
            atStart = false;   // goes on
        } else if (octet != '\r') {
            if (atStart) {
                endOfLine();
                atStart = false;
            }
            if (line.length() < LOOK) {
                line.append((char) (octet & 0xFF));
            }
        }
    }

    private void endOfLine() {
        String text = line.toString();
        line.setLength(0);
        if (text.isBlank()) {
            return;
        }
        String upper = text.toUpperCase(Locale.ROOT);
        int colon = valueAt(upper);
        if (over || colon <= 0 || !isName(upper.substring(0, colon)) || holdsFile(upper, colon)) {
            wrong = true;
            return;
        }
        boolean calendar = upper.substring(colon + 1).strip().equals("VCALENDAR");
        if (!begun && !(upper.startsWith("BEGIN:") && calendar)) {
            wrong = true;
        }
        begun = true;
        depth += upper.startsWith("BEGIN:") ? 1 : upper.startsWith("END:") ? -1 : 0;
        over = depth == 0;
        wrong |= over && !calendar;
    }

    /** The colon behind the parameters, whose values may be quoted; −1 for none. */
    private static int valueAt(String line) {
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ':' && !quoted) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isName(String front) {
        int to = front.indexOf(';');
        String name = to < 0 ? front : front.substring(0, to);
        return !name.isEmpty() && name.chars().allMatch(c -> c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_');
    }

    private static boolean holdsFile(String upper, int colon) {
        String parameters = upper.substring(0, colon).replace("\"", "").replace(" ", "");
        return parameters.contains("ENCODING=B") || parameters.contains("VALUE=BINARY") || DATA.matcher(upper.substring(colon + 1)).lookingAt();
    }

    /** Whether it is what it says, now that it is over. */
    boolean convincing() {
        if (!wrong) {
            endOfLine();
        }
        return begun && over && !wrong;
    }
}
