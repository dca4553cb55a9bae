package sekisho.mailhook.mime.rewrite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

import sekisho.mailhook.mime.codec.OctetConsumer;

/** Turns octets of one charset into UTF-8 as they stream by; what can't be decoded becomes U+FFFD. */
final class Recoder implements OctetConsumer {

    private static final int CHARS = 4096;

    private final CharsetDecoder decoder;
    private final CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder().onMalformedInput(CodingErrorAction.REPLACE);
    private final OctetConsumer out;
    private final ByteBuffer in = ByteBuffer.allocate(CHARS);
    private final CharBuffer chars = CharBuffer.allocate(CHARS * 2);
    private final ByteBuffer octets = ByteBuffer.allocate(CHARS * 6 + 16);

    Recoder(Charset from, OctetConsumer out) {
        this.decoder = from.newDecoder().onMalformedInput(CodingErrorAction.REPLACE).onUnmappableCharacter(CodingErrorAction.REPLACE);
        this.out = out;
    }

    @Override
    public void accept(byte[] b, int off, int len) throws IOException {
        int at = off;
        while (at < off + len) {
            int n = Math.min(in.remaining(), off + len - at);
            in.put(b, at, n);
            at += n;
            run(false);
        }
    }

    private void run(boolean last) throws IOException {
        in.flip();
        boolean more = true;
        while (more) {
            more = decoder.decode(in, chars, last).isOverflow();
            encode(last && !more);
        }
        in.compact();
    }

    private void encode(boolean last) throws IOException {
        chars.flip();
        boolean more = true;
        while (more) {
            more = encoder.encode(chars, octets, last).isOverflow();
            out.accept(octets.array(), 0, octets.position());
            octets.clear();
        }
        chars.compact();
    }

    void end() throws IOException {
        run(true);
        decoder.flush(chars);
        chars.flip();
        String rest = chars.toString();
        if (!rest.isEmpty()) {
            byte[] flushed = rest.getBytes(StandardCharsets.UTF_8);
            out.accept(flushed, 0, flushed.length);
        }
    }
}
