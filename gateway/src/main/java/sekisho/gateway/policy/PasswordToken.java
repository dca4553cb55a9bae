package sekisho.gateway.policy;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A run of ASCII in a text, without quotes and punctuation around it, and how much it looks like a password by itself.
 *
 * @param start of it in its text
 * @param end   behind it
 */
record PasswordToken(int start, int end, Strength strength) {

    /** From the least to the most; what is between needs a better place to be taken for a password. */
    enum Strength {
        /** An address, a date, a number with its unit, a file, a word that says that there is none. */
        NONE,
        /** What mostly is something else, such as a part of a telephone number or a word about passwords: {@code 1234-5678}, {@code password2026}. */
        DOUBTFUL,
        /** Letters that may be a word of any language: {@code hakone}. */
        WORD,
        /** The same in capitals alone: {@code HAKONE}. */
        CAPITALS,
        /** Digits alone, or what might be a model, year or version: {@code 4821}, {@code hakone1603}, {@code ABC123}. */
        NUMBERED,
        /** Nothing else looks so: {@code Xk7#pq29}. */
        RANDOM
    }

    /** Of the text before; bounded, so that no text takes long. */
    private static final Pattern RUN = Pattern.compile("[!-~]{1,200}");
    private static final String AROUND = "\"'`([{<>)]}:=,;.*_/-";
    private static final int SHORTEST = 4;
    private static final int LONGEST = 64;
    private static final int RANDOM_LENGTH = 6;

    private static final Pattern INNOCENT = Pattern.compile(String.join("|",
        "[+0-9][0-9]*(?:[-/:.,()x][0-9]+)+",                                      // date, time, telephone, sum, version
        "[$#][0-9.,]+", "[0-9.,]+%", "0x[0-9a-f]+",
        "[0-9]{1,6}-?(?:bit|bits|byte|bytes|char|chars|characters|letters|digits|days?|hours?|hrs?|min|minutes?|months?|years?|th|st|nd|rd|[kmgt]i?b|yen|jpy|usd|pm|am|px|mm|cm|km|kg|[km]?wh?|kva|[kmg]?hz)",
        "(?:no|nos|nr|vol|ver|rev|fig|ref|art|pp?|tel|fax)[.:#]?[0-9]+(?:[-/.][0-9]+)*",
        "v?[a-z]{0,10}[0-9]+(?:\\.[0-9]+)+[a-z]?[0-9]*",
        ".*\\.(?:zip|7z|lzh|rar|tar|gz|pdf|docx?|xlsx?|xlsm|pptx?|csv|txt|exe|jpe?g|png|gif|html?|eml|msg|js|json|xml|ya?ml|com|net|org|jp|example)",
        ".*\\*\\*.*", "x+", ".*(?:pass ?word|passcode|passphrase|passkey|passwd).*", "[a-z]+'[a-z]{0,2}"), Pattern.CASE_INSENSITIVE);
    /** Of those above, what people take for a password nevertheless. */
    private static final Pattern DOUBTFUL = Pattern.compile("[0-9]+(?:[-/][0-9]+)+|(?!1password)(?=[^0-9]*[0-9])[^./]*pass(?:word|code|phrase|key|wd)[^./]*", Pattern.CASE_INSENSITIVE);
    private static final String YEAR = "(?:19|20)[0-9]{2}";
    /** Of a day or of a month. */
    private static final String NUMBER = "(?:0?[1-9]|[12][0-9]|3[01])";
    private static final String DATE = "(?:" + YEAR + "[-/]" + NUMBER + "(?:[-/]" + NUMBER + ")?|" + NUMBER + "[-/]" + NUMBER + "(?:[-/](?:" + YEAR + "|[0-9]{2}))?|[0-9]{2}[-/]" + NUMBER
        + "[-/]" + NUMBER + ")";
    private static final Pattern DATE_OR_TELEPHONE = Pattern.compile(DATE + "(?:-" + DATE + ")?|" + YEAR + "[-/](?:" + YEAR + "|[0-9]{2})|0[0-9]{1,4}-[0-9]{1,4}-[0-9]{3,4}|0[0-9]{1,4}-[0-9]{6,8}"
        + "|(?:1-)?[0-9]{3}-[0-9]{3}-[0-9]{4}");
    /** Words of products, papers and orders: letters, then a number, and little else; and the number first. */
    private static final Pattern NUMBERED = Pattern.compile(
        "[A-Za-z]?[a-z]+[-_]?[0-9]{1,4}[a-z]?|[A-Z]{1,8}[-_]?[0-9]{1,10}(?:[-_][0-9]+)*[A-Za-z]?|[0-9]{2,8}[-_][A-Za-z_-]+|(?:[A-Z][a-z]+|[a-z])[A-Z][a-z]+[0-9]{1,4}");
    private static final String SIGNS = "!#$%&*+=?@^~|\\";
    private static final int SWITCHES = 3;
    private static final Set<String> OTHER_WORDS = Set.of("required", "none", "needed", "optional", "separately", "separate", "later", "follows", "following",
        "below", "above", "attached", "unchanged", "changed", "reset", "expired", "protected", "secret", "confidential", "private", "hidden", "unknown",
        "incorrect", "invalid", "wrong", "valid", "correct", "strong", "weak", "same", "different", "empty", "blank", "null", "default", "there", "here",
        "please", "hello", "dear", "regards", "thanks", "thank", "best", "sincerely", "will", "when", "this", "that", "with", "your", "from", "zoom",
        "teams", "line", "email", "mail", "phone", "slack", "microsoft", "google", "excel", "outlook", "windows", "true", "false", "pending", "soon",
        "todo", "username", "user", "enter", "forgot", "forgotten", "policy", "note", "notes", "important", "urgent", "subject", "okay", "shared", "nothing",
        "omitted", "removed", "withheld", "missing", "unset", "disabled", "enabled", "mandatory", "personal", "individual", "everyone", "anyone");

    /** The next runs of the matcher's region as tokens, for {@link Matcher#find}. */
    static Matcher runs(CharSequence text) {
        return RUN.matcher(text);
    }

    static PasswordToken of(CharSequence text, int from, int to) {
        int start = from;
        int end = to;
        while (start < end && AROUND.indexOf(text.charAt(start)) >= 0) {
            start++;
        }
        while (end > start && (AROUND.indexOf(text.charAt(end - 1)) >= 0 || "!?".indexOf(text.charAt(end - 1)) >= 0)) {
            end--;
        }
        return new PasswordToken(start, end, strength(text.subSequence(start, end).toString()));
    }

    private static Strength strength(String token) {
        if (token.length() < SHORTEST || token.length() > LONGEST || OTHER_WORDS.contains(token.toLowerCase(java.util.Locale.ROOT))) {
            return Strength.NONE;
        }
        if (INNOCENT.matcher(token).matches()) {
            return DOUBTFUL.matcher(token).matches() && !DATE_OR_TELEPHONE.matcher(token).matches() ? Strength.DOUBTFUL : Strength.NONE;
        }
        int digits = count(token, '0', '9');
        int capitals = count(token, 'A', 'Z');
        int letters = capitals + count(token, 'a', 'z');
        boolean signs = token.chars().anyMatch(c -> SIGNS.indexOf(c) >= 0);
        if (digits == token.length()) {
            return token.length() <= 16 ? Strength.NUMBERED : Strength.NONE;
        }
        if (letters == 0) {
            return signs && digits >= SHORTEST ? Strength.NUMBERED : Strength.NONE;
        }
        if (signs || digits > 0) {
            return token.length() >= RANDOM_LENGTH && !NUMBERED.matcher(token).matches() ? Strength.RANDOM : Strength.NUMBERED;
        }
        if (switches(token) >= SWITCHES) {
            return Strength.RANDOM;
        }
        return capitals == letters ? Strength.CAPITALS : Strength.WORD;
    }

    /** How often a capital stands behind a small letter: once or twice in the names of products. */
    private static int switches(String token) {
        int switches = 0;
        for (int i = 1; i < token.length(); i++) {
            if (Character.isUpperCase(token.charAt(i)) && Character.isLowerCase(token.charAt(i - 1))) {
                switches++;
            }
        }
        return switches;
    }

    private static int count(String text, char from, char to) {
        return (int) text.chars().filter(c -> c >= from && c <= to).count();
    }
}
