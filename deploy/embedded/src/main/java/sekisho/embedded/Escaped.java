package sekisho.embedded;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Octets written in a line of text: {@code \r \n \t \0 \\} as usual, {@code \xHH} one octet, {@code \{N:text}} the text N times, which may
 * hold escapes but no {@code }}}; everything else in UTF-8.
 */
public final class Escaped {

    private Escaped() {
    }

    /** @throws IllegalArgumentException when an escape isn't one of these */
    public static byte[] octets(String text) {
        var octets = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                int length = Character.isHighSurrogate(c) ? 2 : 1;
                octets.writeBytes(text.substring(i, i + length).getBytes(StandardCharsets.UTF_8));
                i += length - 1;
                continue;
            }
            switch (text.charAt(++i)) {
                case 'r' -> octets.write('\r');
                case 'n' -> octets.write('\n');
                case 't' -> octets.write('\t');
                case '0' -> octets.write(0);
                case '\\' -> octets.write('\\');
                case 'x' -> {
                    octets.write(Integer.parseInt(text, i + 1, i + 3, 16));
                    i += 2;
                }
                case '{' -> {
                    int colon = text.indexOf(':', i);
                    int end = text.indexOf('}', i);
                    byte[] part = octets(text.substring(colon + 1, end));
                    for (int n = Integer.parseInt(text, i + 1, colon, 10); n > 0; n--) {
                        octets.writeBytes(part);
                    }
                    i = end;
                }
                default -> throw new IllegalArgumentException("escape not understood in " + text);
            }
        }
        return octets.toByteArray();
    }

    /** A text whose lines are escaped: each gets CRLF. */
    public static byte[] lines(String text) {
        var octets = new ByteArrayOutputStream();
        text.lines().forEach(line -> octets.writeBytes(octets(line + "\\r\\n")));
        return octets.toByteArray();
    }
}
