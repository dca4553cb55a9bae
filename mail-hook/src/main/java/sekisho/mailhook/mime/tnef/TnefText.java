package sekisho.mailhook.mime.tnef;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

import sekisho.mailhook.mime.header.MailCharsets;

/** A short text out of a TNEF stream: gathered up to a bound, decoded up to its NUL. */
final class TnefText {

    private static final int MOST_OCTETS = 2048;

    private final ByteArrayOutputStream octets = new ByteArrayOutputStream(64);

    void add(byte[] b, int off, int len) {
        octets.write(b, off, Math.min(len, MOST_OCTETS - octets.size()));
    }

    /** @param codePage of Windows, as the message declares it; 0 for none */
    String decoded(boolean unicode, int codePage) {
        byte[] raw = octets.toByteArray();
        String text = unicode ? new String(raw, StandardCharsets.UTF_16LE)
                : charset(codePage).map(c -> new String(raw, c)).orElseGet(() -> MailCharsets.guess(withoutNul(raw)));
        int nul = text.indexOf(0);
        return (nul < 0 ? text : text.substring(0, nul)).strip();
    }

    private static byte[] withoutNul(byte[] raw) {
        int to = 0;
        while (to < raw.length && raw[to] != 0) {
            to++;
        }
        return java.util.Arrays.copyOf(raw, to);
    }

    private static Optional<Charset> charset(int codePage) {
        return switch (codePage) {
            case 0 -> Optional.empty();
            case 932 -> MailCharsets.named("cp932");
            case 65001 -> Optional.of(StandardCharsets.UTF_8);
            default -> MailCharsets.named("windows-" + codePage).or(() -> MailCharsets.named("x-windows-" + codePage))
                    .or(() -> MailCharsets.named("cp" + codePage));
        };
    }
}
