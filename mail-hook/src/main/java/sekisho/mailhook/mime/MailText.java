package sekisho.mailhook.mime;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.header.MailCharsets;

/** Guesses the language of a message from what little of its text was kept. */
final class MailText {

    private MailText() {
    }

    static boolean isJapanese(int c) {
        return c >= 0x3041 && c <= 0x30FF || c >= 0xFF66 && c <= 0xFF9D || c >= 0x4E00 && c <= 0x9FFF || c >= 0x3001 && c <= 0x3011;
    }

    static String decoded(byte[] octets, int length, @Nullable String charset) {
        byte[] exact = java.util.Arrays.copyOf(octets, length);
        Charset named = charset == null ? null : MailCharsets.named(charset).orElse(null);
        return named == null || named.equals(StandardCharsets.US_ASCII) ? MailCharsets.guess(exact) : new String(exact, named);
    }

    static Language language(String subject, String text, boolean japaneseCharset) {
        if (japaneseCharset || subject.codePoints().anyMatch(MailText::isJapanese) || text.codePoints().anyMatch(MailText::isJapanese)) {
            return Language.JAPANESE;
        }
        long letters = text.codePoints().filter(c -> c < 0x80 && Character.isLetter(c)).count();
        return letters >= 60 ? Language.ENGLISH : Language.BOTH;
    }
}
