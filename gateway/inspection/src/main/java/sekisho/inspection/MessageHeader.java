package sekisho.inspection;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a header of a message or of one of its parts says of the content (RFC 2045). Of a field that is there twice both values count, since
 * readers differ.
 */
final class MessageHeader {
    /** Any of these at the start of a text makes it a message. */
    private static final Set<String> TELLING = Set.of("received", "return-path", "mime-version", "content-type", "content-transfer-encoding", "content-disposition",
            "message-id", "dkim-signature", "delivered-to", "authentication-results");
    /** Two of these do. */
    private static final Set<String> USUAL = Set.of("from", "to", "cc", "bcc", "subject", "date", "sender", "reply-to", "in-reply-to", "references", "x-mailer");
    private static final Pattern BOUNDARY = Pattern.compile("(?is)boundary(?:\\*0?)?\\*?\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*+)\"?|([^;\\s\"]++))");
    private static final Pattern COMMENT = Pattern.compile("\\([^()]*+\\)");
    private static final int LONGEST_NAME = 998;
    private static final int LONGEST_FIELD = 16 << 10;
    private static final int LONGEST_LINE = 8 << 10;

    private final List<String> types = new ArrayList<>();
    private final List<String> encodings = new ArrayList<>();
    private boolean stopped;
    private boolean isUnclear;

    private MessageHeader() {}

    /** Whether a file is a message: begins with fields as mail has them. */
    static boolean startsMessage(byte[] head, int length) {
        String text = new String(head, 0, length, StandardCharsets.ISO_8859_1);
        text = (text.startsWith("\u00ef\u00bb\u00bf") ? text.substring(3) : text).stripLeading();
        if (text.length() < 8) {
            return false;
        }
        int from = text.startsWith("From ") || text.startsWith(">From ") ? text.indexOf('\n') + 1 : 0;
        int fields = 0;
        boolean isWhole = true;
        Set<String> usual = new HashSet<>();
        while (from < text.length()) {
            int end = text.indexOf('\n', from);
            if (end < 0) {
                break;
            }
            String line = text.substring(from, end);
            String name = nameOf(line);
            if (name.isEmpty() && (fields == 0 || line.isBlank())) {
                return false;
            }
            isWhole &= !name.isEmpty() && !name.equals("begin") || line.startsWith(" ") || line.startsWith("\t");
            fields += name.isEmpty() ? 0 : 1;
            if (USUAL.contains(name)) {
                usual.add(name);
            }
            if (TELLING.contains(name) || usual.size() == 2) {
                return true;
            }
            from = end + 1;
        }
        return isWhole && fields >= 2 && length >= Inspector.HEAD_OCTETS; // a header of that length, of nothing known so far
    }

    /** The field's name in lower case; empty when the line doesn't begin one. */
    private static String nameOf(String line) {
        int colon = line.indexOf(':');
        if (colon <= 0 || colon > LONGEST_NAME) {
            return "";
        }
        String name = line.substring(0, colon).stripTrailing();
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) <= ' ' || name.charAt(i) >= 127) {
                return "";
            }
        }
        return name.toLowerCase(Locale.ROOT);
    }

    /**
     * Reads on to the empty line, which is the last that was read then, or to a line that {@code ends} the header.
     *
     * @return what was read; its body begins behind the line that was read last
     */
    static MessageHeader read(Lines lines, Ends ends) throws IOException {
        var header = new MessageHeader();
        var field = new StringBuilder();
        boolean isFirst = true;
        while (lines.next()) {
            if (ends.at(lines)) {
                header.add(field);
                header.stopped = true;
                return header;
            }
            int length = lines.length();
            if (length == 0 && lines.isStart()) {
                break;
            }
            String line = lines.text(LONGEST_LINE);
            boolean goesOn = !lines.isStart() || line.startsWith(" ") || line.startsWith("\t");
            if (goesOn) {
                if (line.isBlank() && lines.isStart()) {
                    header.isUnclear = true; // an empty line to some
                }
                if (!field.isEmpty() && field.length() < LONGEST_FIELD) {
                    field.append(' ').append(line);
                }
            } else {
                header.add(field);
                header.isUnclear |= nameOf(line).isEmpty() && !(isFirst && line.startsWith("From ") || line.startsWith(">From ")); // the body begins here to some
                field.append(isFirst && line.startsWith("From ") ? "" : line);
            }
            isFirst = false;
        }
        header.add(field);
        return header;
    }

    /** Of what has no header. */
    static MessageHeader none() {
        return new MessageHeader();
    }

    /** Whether a line ends a header before its empty line comes. */
    @FunctionalInterface
    interface Ends {
        boolean at(Lines lines) throws IOException;
    }

    private void add(StringBuilder field) {
        String text = field.toString();
        field.setLength(0);
        String name = nameOf(text);
        boolean isType = name.equals("content-type");
        if (!isType && !name.equals("content-transfer-encoding")) {
            return;
        }
        isUnclear |= text.length() >= LONGEST_FIELD;
        String value = text.substring(text.indexOf(':') + 1);
        (isType ? types : encodings).add(value.strip());
    }

    /** Whether a delimiter stood in it, so that there is no body. */
    boolean isStopped() {
        return stopped;
    }

    /** Whether readers may see another header than we do. */
    boolean isUnclear() {
        return isUnclear || types.stream().anyMatch(type -> is(type, "multipart/")) && boundaries().isEmpty();
    }

    /** All that a boundary parameter may be read as. */
    Set<String> boundaries() {
        var found = new LinkedHashSet<String>();
        for (String type : types) {
            for (Matcher matcher = BOUNDARY.matcher(type); matcher.find(); ) {
                String boundary = matcher.group(1) != null ? matcher.group(1).replaceAll("(?s)\\\\(.)", "$1") : matcher.group(2);
                if (!boundary.isBlank()) {
                    found.add(boundary.stripTrailing());
                }
            }
        }
        return found;
    }

    /** Whether another header follows: that of a message inside. */
    boolean isMessage() {
        return types.stream().anyMatch(type -> is(type, "message/rfc822") || is(type, "message/global") || is(type, "message/news"));
    }

    boolean isPartial() {
        return types.stream().anyMatch(type -> is(type, "message/partial"));
    }

    private static boolean is(String type, String start) {
        return type.regionMatches(true, 0, start, 0, start.length());
    }

    /** The ways in which the content may be decoded; that it isn't is one of them when nothing else is said. */
    Set<String> encodings() {
        var found = new LinkedHashSet<String>();
        for (String encoding : encodings) {
            String word = COMMENT.matcher(encoding).replaceAll(" ").replace("\"", "").strip().toLowerCase(Locale.ROOT);
            found.add(word.contains("base64") ? "base64" : word.contains("quoted") ? "quoted-printable" : word.contains("uu") ? "uuencode"
                    : word.isEmpty() || word.matches("(7-?bit|8-?bit|binary)\\W*") ? "" : "unknown");
        }
        if (found.isEmpty()) {
            found.add("");
        }
        return found;
    }
}
