package sekisho.gateway.policy;

import java.text.Normalizer;
import java.util.Locale;

/**
 * A pattern with {@code *} for any number of characters and {@code ?} for one, without regard to case and width, and to how much white space stands
 * somewhere or of which kind (a folded header field has any). Matching takes at most as many steps as text times pattern has characters, so a
 * stranger's text can't make it slow; all of the text counts, however long.
 */
record Glob(String text, String folded) {

    /** Longest pattern. */
    static final int MOST_CHARS = 200;

    static Glob of(String text) {
        return new Glob(text, folded(text));
    }

    boolean matches(String other) {
        int[] subject = folded(other).codePoints().toArray();
        int[] wanted = folded.codePoints().toArray();
        int at = 0;
        int pattern = 0;
        int star = -1;
        int resume = 0;
        while (at < subject.length) {
            if (pattern < wanted.length && wanted[pattern] == '*') {
                star = pattern++;
                resume = at;
            } else if (pattern < wanted.length && (wanted[pattern] == '?' || wanted[pattern] == subject[at])) {
                pattern++;
                at++;
            } else if (star >= 0) {
                pattern = star + 1;
                at = ++resume;
            } else {
                return false;
            }
        }
        while (pattern < wanted.length && wanted[pattern] == '*') {
            pattern++;
        }
        return pattern == wanted.length;
    }

    /** Form KC, so that ａ．ＥＸＥ is a.exe; upper before lower case, since some letters meet only so. */
    private static String folded(String text) {
        return withSingleBlanks(Normalizer.normalize(text, Normalizer.Form.NFKC).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT));
    }

    private static String withSingleBlanks(String text) {
        var kept = new StringBuilder(text.length());
        boolean blank = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean again = blank;
            blank = Character.isWhitespace(c) || Character.isSpaceChar(c);
            if (!blank) {
                kept.append(c);
            } else if (!again) {
                kept.append(' ');
            }
        }
        return kept.toString();
    }
}
