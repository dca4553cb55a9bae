package sekisho.mailhook.relay;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sekisho.mailhook.smtp.SmtpReply;

/** Reads what a next hop answered. It is the word of a stranger: odd codes, no text, control characters and megabytes all happen. */
final class RemoteReply {
    private static final int MOST_LINES = 20;
    private static final int LONGEST_LINE = 400;
    private static final Pattern CODE = Pattern.compile("[2-5]\\d\\d(?:([ -]).*)?", Pattern.DOTALL);
    private static final Pattern LINE = Pattern.compile("([2-5]\\d\\d)(?:[ -](?:([245]\\.\\d{1,3}\\.\\d{1,3})(?: |$))?(.*))?");

    private RemoteReply() {}

    /**
     * @param text as {@link Replies#read} gives it
     * @return empty when it is no reply of SMTP
     */
    static Optional<SmtpReply> parse(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        List<String> lines = new ArrayList<>();
        int code = 0;
        String enhanced = "";
        for (String line : text.split("\n")) {
            Matcher matcher = LINE.matcher(printable(line));
            if (code != 0 && !CODE.matcher(line).matches()) {
                add(lines, printable(line));
                continue;
            }
            if (!matcher.matches() || code != 0 && code != Integer.parseInt(matcher.group(1))) {
                return Optional.empty();
            }
            code = Integer.parseInt(matcher.group(1));
            if (matcher.group(2) != null && enhanced.isEmpty() && matcher.group(2).charAt(0) == matcher.group(1).charAt(0)) {
                enhanced = matcher.group(2);
            }
            add(lines, matcher.group(3) == null ? "" : matcher.group(3));
        }
        return code == 0 ? Optional.empty() : Optional.of(new SmtpReply(code, enhanced, lines));
    }

    private static void add(List<String> lines, String text) {
        if (lines.size() < MOST_LINES) {
            lines.add(text);
        }
    }

    /**
     * Whether another line belongs to a reply. One without a code in the middle of it is its text, with a line break that somebody forgot.
     *
     * @param line  as it came
     * @param begun whether others came before
     */
    static boolean goesOn(String line, boolean begun) {
        Matcher code = CODE.matcher(line);
        return code.matches() ? "-".equals(code.group(1)) : begun;
    }

    /** @param line as it came, an octet a character */
    static String printable(String line) {
        String utf8 = new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        String clean = utf8.replaceAll("[\\p{Cc}\\p{Cf}\\x{2028}\\x{2029}]", "?");
        return clean.length() > LONGEST_LINE ? clean.substring(0, LONGEST_LINE) : clean;
    }
}
