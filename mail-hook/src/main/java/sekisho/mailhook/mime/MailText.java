package sekisho.mailhook.mime;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.header.MailCharsets;

/** Guesses the language of a message from what little of its text was kept. */
final class MailText {

    private static final Charset JIS = Charset.forName("windows-31j");
    /** Japanese of this length has kana in it. */
    private static final int WITHOUT_KANA = 30;
    /** Fewer Latin letters than this may be a name, a subject, "see attached". */
    private static final int A_SENTENCE = 60;

    /** From here on a message quotes another one, or its sender's card begins. */
    private static final Pattern NOT_OWN = Pattern.compile("-- |-{3,} ?(?:Original Message|元のメッセージ|Forwarded message|転送メッセージ).*|_{20,}"
            + "|(?:From|差出人|送信元) ?(?::(?: .*)?|：.*)|On .{8,200} wrote:|.{8,200}(?:のメッセージ|書きました)[:：]", Pattern.CASE_INSENSITIVE);

    /** What a line that {@link #NOT_OWN} matches begins or ends with. */
    private static final String FIRST = "-_Ff差送";
    private static final String LAST = ":：";

    private MailText() {
    }

    static String decoded(byte[] octets, int length, @Nullable String charset) {
        byte[] exact = java.util.Arrays.copyOf(octets, length);
        Charset named = charset == null ? null : MailCharsets.named(charset).orElse(null);
        return named == null || named.equals(StandardCharsets.US_ASCII) ? MailCharsets.guess(exact) : new String(exact, named);
    }

    /**
     * By what the sender wrote, and only if that is nothing by what is quoted. A character of Japanese counts for three Latin letters: a Japanese
     * text is full of English names, and an English one may end in a Japanese address.
     */
    static Language language(String subject, String text, @Nullable String charset) {
        String own = own(text);
        String all = subject + "\n" + (own.isBlank() ? text : own);
        var letters = Letters.of(all);
        long kana = letters.kana();
        long han = letters.han();
        long latin = letters.latin();
        boolean labelled = charset != null && MailCharsets.isJapanese(charset);
        boolean foreign = kana == 0 && !labelled && (isForeign(charset) || han >= WITHOUT_KANA || letters.hangul() > 0
                || han > 0 && !JIS.newEncoder().canEncode(all.codePoints().filter(MailText::isHan).mapToObj(Character::toString).collect(Collectors.joining())));
        if (foreign && han > 0) {
            return Language.BOTH;
        }
        long japanese = kana + han;
        if (japanese > 0 && japanese * 3 >= latin || japanese == 0 && labelled && latin < A_SENTENCE) {
            return Language.JAPANESE;
        }
        return latin >= A_SENTENCE && japanese * 5 < latin ? Language.ENGLISH : Language.BOTH;
    }

    /** How many there are of each; counted in one pass, since every message goes through here. */
    private record Letters(int kana, int han, int hangul, int latin) {

        static Letters of(String text) {
            int kana = 0;
            int han = 0;
            int hangul = 0;
            int latin = 0;
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c < 0x250) {
                    latin += Character.isLetter(c) ? 1 : 0;
                } else if (isKana(c)) {
                    kana++;
                } else if (isHan(c)) {
                    han++;
                } else if (c >= 0xAC00 && c <= 0xD7A3) {
                    hangul++;
                }
            }
            return new Letters(kana, han, hangul, latin);
        }
    }

    private static boolean isKana(int c) {
        return c >= 0x3041 && c <= 0x30FF && c != 0x30FB || c >= 0xFF66 && c <= 0xFF9D;
    }

    private static boolean isHan(int c) {
        return c >= 0x4E00 && c <= 0x9FFF || c >= 0x3400 && c <= 0x4DBF;
    }

    private static boolean isForeign(@Nullable String charset) {
        return charset != null && charset.toLowerCase(Locale.ROOT).matches("gb.*|hz-.*|big5.*|euc-(?:cn|kr|tw)|ks_c.*|iso-2022-(?:cn|kr).*|windows-(?:936|949|950)");
    }

    private static String own(String text) {
        return text.lines().takeWhile(line -> !endsOwn(line)).filter(line -> !line.stripLeading().startsWith(">"))
                .collect(Collectors.joining("\n"));
    }

    /** Most lines are told apart by their first and last character. */
    private static boolean endsOwn(String written) {
        String line = written.startsWith("-- ") ? written : written.replace('\u00a0', ' ').strip();
        return !line.isEmpty() && (FIRST.indexOf(line.charAt(0)) >= 0 || LAST.indexOf(line.charAt(line.length() - 1)) >= 0) && NOT_OWN.matcher(line).matches();
    }
}
