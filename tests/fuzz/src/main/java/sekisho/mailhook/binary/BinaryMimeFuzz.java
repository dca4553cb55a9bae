package sekisho.mailhook.binary;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import sekisho.mailhook.smtp.RefusedException;

/** {@link BinaryMime} for a target; it stands in their package, since nobody else outside of it converts. */
@NullMarked
public final class BinaryMimeFuzz {

    private static final int HEADER_OCTETS = 4096;
    private static final int LINE_OCTETS = 998;
    private static final int NESTING = 5;
    private static final int ODD = 7;

    private BinaryMimeFuzz() {
    }

    /**
     * Converts a message. However it is cut the same comes out, in lines that end in CRLF; and there is nothing binary in it any more: what comes out is taken
     * again and stays as it is.
     */
    public static void convert(byte[] message) {
        byte[] whole = converted(message, Math.max(1, message.length), false);
        if (!Arrays.equals(whole, converted(message, 1, false)) || !Arrays.equals(whole, converted(message, ODD, false))) {
            throw new IllegalStateException("it depends on how the message is cut");
        }
        if (whole == null) {
            return;
        }
        for (int i = 0; i < whole.length; i++) {
            if (whole[i] == '\n' && (i == 0 || whole[i - 1] != '\r') || whole[i] == '\r' && (i + 1 == whole.length || whole[i + 1] != '\n')) {
                throw new IllegalStateException("a lone CR or LF comes out: " + new String(whole, StandardCharsets.ISO_8859_1));
            }
        }
        if (!Arrays.equals(whole, converted(whole, whole.length + 1, true))) {
            throw new IllegalStateException("not the same once more: " + new String(whole, StandardCharsets.ISO_8859_1));
        }
    }

    /** @return null when it is refused */
    private static byte @Nullable [] converted(byte[] message, int piece, boolean again) {
        var out = new ByteArrayOutputStream();
        var mime = new BinaryMime(out::write, again ? 2 * HEADER_OCTETS : HEADER_OCTETS, LINE_OCTETS, NESTING);   // a field can become a little longer
        try {
            for (int at = 0; at < message.length; at += piece) {
                mime.feed(message, at, Math.min(piece, message.length - at));
            }
            mime.end();
        } catch (RefusedException _) {
            return null;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        if (again && mime.hasConverted()) {
            throw new IllegalStateException("a binary part came out");
        }
        return out.toByteArray();
    }
}
