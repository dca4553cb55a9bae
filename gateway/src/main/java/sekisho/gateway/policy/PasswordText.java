package sekisho.gateway.policy;

import java.text.Normalizer;
import java.util.regex.Pattern;

/**
 * Whether a text looks as if it told a password: one of the usual words, and soon after it something that looks like a password. A guess; who
 * wants to hide a password can. Reads at most {@link #MOST_CHARS}, in time that grows with their number alone.
 */
public final class PasswordText {

    /** What is read of a text. */
    public static final int MOST_CHARS = 16_000;

    /** In the words of form KC, so half-width kana and full-width letters are covered. */
    private static final Pattern WORD = Pattern.compile(
        "パスワード|暗証番号|解凍|復号|展開キー|pass ?word|passcode|passphrase|(?<![a-z0-9])(?:pw|pwd|pass)(?![a-z0-9])", Pattern.CASE_INSENSITIVE);
    private static final Pattern TAG = Pattern.compile("<[^<>]{1,500}>");
    private static final Pattern TOKEN = Pattern.compile("[!-~]{4,64}");
    private static final Pattern ADDRESS = Pattern.compile("(?i)[a-z]{2,10}:/.*|www\\..*|[^@]+@[a-z0-9-]+(\\.[a-z0-9-]+)+[.,;>)]*");
    private static final Pattern DATE_OR_TIME = Pattern.compile("[0-9]{1,4}([/:.-][0-9]{1,4}){1,2}[.,]?");
    /** How far behind the word a password is looked for. */
    private static final int REACH = 120;

    private PasswordText() {
    }

    public static boolean tellsOne(String given) {
        var text = Normalizer.normalize(given.length() > MOST_CHARS ? given.substring(0, MOST_CHARS) : given, Normalizer.Form.NFKC);
        if (text.indexOf('<') >= 0) {
            text = TAG.matcher(text).replaceAll(" ");
        }
        var word = WORD.matcher(text);
        while (word.find()) {
            int to = Math.min(text.length(), word.end() + REACH);
            var token = TOKEN.matcher(text).region(word.end(), to);
            while (token.find()) {
                boolean cut = token.end() == to && to < text.length();
                if (!cut && isPassword(token.group())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** At least two of: small letters, capitals that aren't just the first letter, digits, signs; or nothing but some digits. */
    private static boolean isPassword(String token) {
        if (ADDRESS.matcher(token).matches() || DATE_OR_TIME.matcher(token).matches()) {
            return false;
        }
        var bare = token.replaceAll("^[\"'(\\[{<:=,;.]+|[\"')\\]}>:=,;.]+$", "");
        int digits = count(bare, '0', '9');
        if (bare.length() >= 4 && digits == bare.length()) {
            return true;
        }
        int small = count(bare, 'a', 'z');
        int capitals = bare.isEmpty() ? 0 : count(bare.substring(1), 'A', 'Z');
        int letters = count(bare, 'a', 'z') + count(bare, 'A', 'Z');
        boolean signs = bare.chars().anyMatch(c -> "!#$%&*+=?@^_~|\\".indexOf(c) >= 0);
        int kinds = (small > 0 ? 1 : 0) + (capitals > 0 ? 1 : 0) + (digits > 0 ? 1 : 0) + (signs ? 1 : 0);
        return bare.length() >= 6 && kinds >= 2 && letters + digits > 0;
    }

    private static int count(String text, char from, char to) {
        return (int) text.chars().filter(c -> c >= from && c <= to).count();
    }
}
