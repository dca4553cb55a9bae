package sekisho.mailhook.relay;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import sekisho.mailhook.smtp.Mailbox;

/** Writes header fields and bodies of the mail we compose ourselves: ASCII lines of at most 78 characters, nothing injected. */
final class HeaderText {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int LINE = 76;
    private static final int OCTETS_IN_A_WORD = 39;   // 52 characters of base64: with "Subject: " a line stays within 76 (RFC 2047 §2)

    private HeaderText() {}

    /** An unstructured field such as Subject, with its CRLF. */
    static String field(String name, String text) {
        String clean = clean(text);
        StringBuilder field = new StringBuilder(name).append(':');
        int column = field.length();
        for (String word : isPlain(clean) ? List.of(clean.split(" ")) : encodedWords(clean)) {
            if (column + 1 + word.length() > LINE && column > name.length() + 1) {
                field.append("\r\n");
                column = 0;
            }
            field.append(' ').append(word);
            column += 1 + word.length();
        }
        return field.append("\r\n").toString();
    }

    /** {@code Name <local@domain>} as a field. */
    static String addressField(String name, String displayName, Mailbox mailbox) {
        String clean = clean(displayName);
        String address = "<" + mailbox + ">";
        if (clean.isEmpty()) {
            return name + ": " + address + "\r\n";
        }
        String phrase = isPlain(clean) ? '"' + clean.replace("\\", "\\\\").replace("\"", "\\\"") + '"' : String.join("\r\n ", encodedWords(clean));
        return name + ": " + phrase + "\r\n " + address + "\r\n";
    }

    /** Text as base64 lines, line ends made canonical. */
    static String base64(String text) {
        return base64(text.replace("\r\n", "\n").replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    static String base64(byte[] octets) {
        return Base64.getMimeEncoder(LINE, new byte[] {'\r', '\n'}).encodeToString(octets) + "\r\n";
    }

    /** For Message-ID and boundary: nobody can guess it. */
    static String random() {
        byte[] octets = new byte[16];
        RANDOM.nextBytes(octets);
        return HexFormat.of().formatHex(octets);
    }

    private static String clean(String text) {
        return text.replaceAll("[\\p{Cntrl}\\x{2028}\\x{2029}]+", " ").strip();
    }

    private static boolean isPlain(String text) {
        return text.chars().allMatch(c -> c < 127) && !text.contains("=?") && !text.contains("  ")
                && List.of(text.split(" ")).stream().allMatch(word -> word.length() < LINE);
    }

    private static List<String> encodedWords(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        int octets = 0;
        for (int codePoint : text.codePoints().toArray()) {
            String character = Character.toString(codePoint);
            int length = character.getBytes(StandardCharsets.UTF_8).length;
            if (octets + length > OCTETS_IN_A_WORD) {
                words.add(encodedWord(part));
                part.setLength(0);
                octets = 0;
            }
            part.append(character);
            octets += length;
        }
        words.add(encodedWord(part));
        return words;
    }

    private static String encodedWord(StringBuilder part) {
        return "=?UTF-8?B?" + Base64.getEncoder().encodeToString(part.toString().getBytes(StandardCharsets.UTF_8)) + "?=";
    }
}
