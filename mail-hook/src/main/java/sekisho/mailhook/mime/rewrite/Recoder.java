package sekisho.mailhook.mime.rewrite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

import sekisho.mailhook.mime.codec.OctetConsumer;

/**
 * Turns octets of one charset into UTF-8 as they stream by; what can't be decoded becomes U+FFFD, and is told. U+0000 becomes that too, since UTF-8
 * with a zero octet in it is no text to anybody; it isn't told, for it means nothing.
 */
final class Recoder implements OctetConsumer {

    private static final int CHARS = 4096;

    private final CharsetDecoder decoder;
    private final CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder().onMalformedInput(CodingErrorAction.REPLACE);
    private final OctetConsumer out;
    private final Runnable lost;
    private final ByteBuffer in = ByteBuffer.allocate(CHARS);
    private final CharBuffer chars = CharBuffer.allocate(CHARS * 2);
    private final ByteBuffer octets = ByteBuffer.allocate(CHARS * 6 + 16);

    /** @param lost run each time something can't be decoded */
    Recoder(Charset from, OctetConsumer out, Runnable lost) {
        this.decoder = from.newDecoder().onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT);
        this.out = out;
        this.lost = lost;
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
        CoderResult result = decoder.decode(in, chars, last);
        while (result.isOverflow() || result.isError()) {
            if (result.isError()) {
                lost.run();
                in.position(in.position() + result.length());
                if (!chars.hasRemaining()) {
                    encode(false);
                }
                chars.put('\uFFFD');
            }
            encode(false);
            result = decoder.decode(in, chars, last);
        }
        encode(last);
        in.compact();
    }

    private void encode(boolean last) throws IOException {
        chars.flip();
        for (int i = 0; i < chars.limit(); i++) {
            if (chars.get(i) == 0) {
                chars.put(i, '\uFFFD');
            }
        }
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
