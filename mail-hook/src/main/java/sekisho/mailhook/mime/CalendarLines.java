package sekisho.mailhook.mime;

import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.header.MailCharsets;

/**
 * Watches the octets of what calls itself an invitation: whether it consists of content lines, {@code NAME;parameters:value} (RFC 5545 §3.1),
 * from {@code BEGIN:VCALENDAR} to its end, with nothing but blanks around it, and none of them holds a file (§3.8.1.1: {@code ENCODING=BASE64};
 * a {@code data:} URI (RFC 2397) where an address is to stand, and elsewhere one in base64 or of some length, for people write "Data:30/11, ore 14"
 * and "big data:text/csv, see wiki"; or more of base64 at a stretch than an address on the web has). What else goes under its name is an attachment.
 * Where two octets a character are announced (RFC 1468), what they say in ASCII counts as well: not every reader knows them.
 */
final class CalendarLines {

    /** Of a line that is no longer kept, and enough to tell all that matters in front of its value. */
    private static final int LOOK = 4096;
    /** Octets without any sign that base64 doesn't have: as many as the longest address that every program takes. */
    private static final int LONGEST_STRETCH = 2083;
    /** What is kept behind {@code data:} until it is clear what that is. */
    private static final int LONGEST_TYPE = 1024;
    /** So much without a blank behind a type and a comma is no text. */
    private static final int DATA_OCTETS = 100;
    private static final String DATA = "data:";
    private static final String BASE64 = ";base64";
    private static final Pattern TYPE = Pattern.compile("(?:[a-z0-9.+-]++/[a-z0-9.+-]++)?+(?:;\\S*+)?+");
    /** Properties whose value is an address; others say so by {@code VALUE=URI}. */
    private static final Set<String> ADDRESSES = Set.of("ATTACH", "IMAGE", "URL", "CONFERENCE", "SOURCE", "TZURL");
    private static final byte ESCAPE = 0x1B;

    private final @Nullable WideUnits wide;
    private final boolean mayShift;
    private final StringBuilder line = new StringBuilder();
    private final StringBuilder inAscii = new StringBuilder();   // as who knows no escapes reads it
    private final StringBuilder behindData = new StringBuilder();
    private boolean atStart = true;
    private byte escape;      // the octet before, in a sequence that begins two octets a character, or ends that
    private boolean shifted;
    private int matched;      // letters of DATA
    private boolean data;     // a type may stand behind it
    private int dataOctets = -1;   // behind the comma of what may be a data: URI
    private int stretch;
    private int depth;
    private boolean begun;
    private boolean over;
    private boolean wrong;
    private long octets;

    /** @param charset as declared, null when it isn't */
    CalendarLines(@Nullable String charset) {
        this.wide = WideUnits.of(charset);
        this.mayShift = charset == null || MailCharsets.named(charset).map(Charset::name).orElse(charset).contains("2022");
    }

    /** Decoded octets, in blocks of any size. */
    void accept(byte[] b, int off, int len) {
        if (wide == null) {
            octets(b, off, len);
            return;
        }
        byte[] narrowed = wide.narrowed(b, off, len);
        octets(narrowed, 0, narrowed.length);
        wrong |= wide.isWrong();
    }

    private void octets(byte[] b, int off, int len) {
        for (int i = off; i < off + len && !wrong; i++) {
            boolean mark = octets < 3 && (b[i] & 0xFF) == new int[] {0xEF, 0xBB, 0xBF}[(int) octets];
            octets++;
            if (!mark) {
                accept(b[i]);
            }
        }
    }

    private void accept(byte octet) {
        boolean blank = octet == ' ' || octet >= '\t' && octet <= '\r';
        if (octet >= 0 && octet < ' ' && !blank && octet != ESCAPE) {
            wrong = true;
        } else if (octet == '\n') {
            atStart = true;
            wrong |= escape != 0;
            shifted = false;
        } else if (atStart && (octet == ' ' || octet == '\t')) {
            atStart = false;   // goes on
        } else if (octet != '\r') {
            if (atStart) {
                endOfLine();
                atStart = false;
            }
            char sign = (char) (octet & 0xFF);
            boolean covered = isShifted(octet);
            if (line.length() < LOOK) {
                line.append(covered ? 'x' : sign);
                inAscii.append(sign);
            }
            lookForFile(Character.toLowerCase(sign));
        }
    }

    /** Whether the octet is half a character of ISO-2022-JP, which may look like any sign, or part of what announces it. */
    private boolean isShifted(byte octet) {
        byte before = escape;
        escape = octet == ESCAPE || before == ESCAPE ? octet : 0;
        boolean known = switch (before) {
            case 0 -> octet != ESCAPE || mayShift;
            case ESCAPE -> octet == '$' || octet == '(';
            case '$' -> octet == '@' || octet == 'B';
            default -> octet == 'B' || octet == 'J' || octet == 'I';   // of one octet each, and readers of mail take the last for ASCII
        };
        wrong |= !known;
        shifted = before == '$' || before != '(' && shifted;
        return shifted || before != 0 || octet == ESCAPE;
    }

    private void lookForFile(char sign) {
        boolean base64 = sign >= 'a' && sign <= 'z' || sign >= '0' && sign <= '9' || sign == '+' || sign == '/' || sign == '=';
        stretch = base64 && !shifted ? stretch + 1 : 0;
        wrong |= stretch > LONGEST_STRETCH;
        lookForData(sign);
        matched = sign == DATA.charAt(matched) ? matched + 1 : sign == DATA.charAt(0) ? 1 : 0;
        if (matched == DATA.length()) {
            matched = 0;
            data = true;
            behindData.setLength(0);
        }
    }

    /** What stands behind {@code data:} is looked at once, when its comma comes. */
    private void lookForData(char sign) {
        boolean ofUri = sign > ' ' && sign < 0x7F && sign != '\\' && !shifted;
        if (dataOctets >= 0) {
            dataOctets = ofUri ? dataOctets + 1 : -1;
            wrong |= dataOctets >= DATA_OCTETS;
        }
        if (!data) {
            return;
        }
        if (sign == ',') {
            data = false;
            String type = behindData.toString();
            wrong |= type.endsWith(BASE64);
            dataOctets = dataOctets < 0 && TYPE.matcher(type).matches() ? 0 : dataOctets;
        } else {
            behindData.append(sign);
            data = sign > ' ' && behindData.length() < LONGEST_TYPE;
        }
    }

    private void endOfLine() {
        String text = line.toString();
        String ascii = inAscii.toString();
        line.setLength(0);
        inAscii.setLength(0);
        matched = 0;
        data = false;
        dataOctets = -1;
        stretch = 0;
        if (text.isBlank()) {
            return;
        }
        String upper = text.toUpperCase(Locale.ROOT);
        if (!isProperty(upper) || !isProperty(ascii.toUpperCase(Locale.ROOT))) {
            wrong = true;
            return;
        }
        boolean calendar = upper.substring(upper.indexOf(':') + 1).strip().equals("VCALENDAR");
        boolean begins = upper.startsWith("BEGIN:");
        if ((!begun || over) && !(begins && calendar)) {
            wrong = true;
        }
        begun = true;
        depth += begins ? 1 : upper.startsWith("END:") ? -1 : 0;
        over = depth == 0;
        wrong |= over && !calendar;
    }

    /** Whether it is a line of a calendar without a file. Behind a quotation mark without its other all may be parameters; more than is kept is too much of them. */
    private static boolean isProperty(String line) {
        int colon = valueAt(line);
        int first = colon < 0 ? line.indexOf(':') : colon;
        boolean cut = colon < 0 && line.length() >= LOOK;
        return first > 0 && !cut && isName(line.substring(0, first))
            && !holdsFile(colon < 0 ? line : line.substring(0, colon), line.substring(first + 1));
    }

    /** The colon behind the parameters, whose values may be quoted; −1 for none outside of quotes. Some programs write a quotation mark inside a value. */
    private static int valueAt(String line) {
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted && i > 0 && (line.charAt(i - 1) == '=' || line.charAt(i - 1) == ',');
            } else if (c == ':' && !quoted) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isName(String front) {
        String name = name(front);
        return !name.isEmpty() && name.chars().allMatch(c -> c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_');
    }

    private static String name(String front) {
        int to = front.indexOf(';');
        return to < 0 ? front : front.substring(0, to);
    }

    private static boolean holdsFile(String front, String value) {
        String parameters = front.replace("\"", "").replace(" ", "");
        boolean address = ADDRESSES.contains(name(front)) || parameters.contains("VALUE=URI");
        return parameters.contains("ENCODING=B") || parameters.contains("VALUE=BINARY") || address && value.replace("\"", "").stripLeading().startsWith("DATA:");
    }

    /** Whether it is what it says, now that it is over. */
    boolean convincing() {
        if (!wrong) {
            endOfLine();
        }
        return begun && over && !wrong;
    }
}
