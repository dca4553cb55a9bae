package sekisho.mailhook.mime.header;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import sekisho.mailhook.mime.codec.Base64Decoder;

/**
 * Decodes RFC 2047 encoded words wherever they stand, in quoted strings too, where the RFC forbids them and everybody
 * writes them. Neighbouring words of one charset are joined as octets before they are decoded: many senders cut a word
 * in the middle of a character.
 */
public final class EncodedWords {

    private static final Pattern WORD = Pattern.compile("=\\?([^?\\s]{1,60})\\?([BbQq])\\?([^?]*)\\?=");

    private EncodedWords() {
    }

    /**
     * @param raw one char for each octet, as {@link HeaderBlock#value} gives it; octets over 127 outside of words are
     *            guessed
     */
    public static String decode(String raw) {
        Matcher word = WORD.matcher(raw);
        var out = new StringBuilder(raw.length());
        var joined = new ByteArrayOutputStream();
        String charset = null;
        int at = 0;
        while (word.find()) {
            String between = raw.substring(at, word.start());
            boolean neighbour = charset != null && between.isBlank();
            if (!neighbour || !charset.equalsIgnoreCase(word.group(1))) {
                flush(out, joined, charset);
                if (!neighbour) {
                    out.append(plain(between));
                }
                charset = word.group(1);
            }
            joined.writeBytes(octets(word.group(2), word.group(3)));
            at = word.end();
        }
        flush(out, joined, charset);
        return out.append(plain(raw.substring(at))).toString();
    }

    static String plain(String raw) {
        return MailCharsets.guess(raw.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void flush(StringBuilder out, ByteArrayOutputStream joined, @org.jspecify.annotations.Nullable String charset) {
        if (charset != null && joined.size() > 0) {
            out.append(MailCharsets.decode(joined.toByteArray(), charset));
            joined.reset();
        }
    }

    private static byte[] octets(String encoding, String text) {
        byte[] raw = text.getBytes(StandardCharsets.ISO_8859_1);
        if (encoding.equalsIgnoreCase("b")) {
            return Base64Decoder.decodeAll(raw);
        }
        var out = new ByteArrayOutputStream(raw.length);
        for (int i = 0; i < raw.length; i++) {
            int high = i + 2 < raw.length && raw[i] == '=' ? Character.digit(raw[i + 1], 16) : -1;
            int low = high >= 0 ? Character.digit(raw[i + 2], 16) : -1;
            if (low >= 0) {
                out.write(high << 4 | low);
                i += 2;
            } else {
                out.write(raw[i] == '_' ? ' ' : raw[i]);
            }
        }
        return out.toByteArray();
    }
}
