package sekisho.mailhook.mime.rewrite;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.Part;
import sekisho.mailhook.mime.TextBody;
import sekisho.mailhook.mime.codec.BodyDecoder;
import sekisho.mailhook.mime.codec.BodyEncoder;
import sekisho.mailhook.mime.codec.OctetConsumer;
import sekisho.mailhook.mime.codec.TransferEncoding;
import sekisho.mailhook.mime.header.HeaderBlock;
import sekisho.mailhook.mime.header.MailCharsets;

/**
 * Puts the link block into one text, in the text's own charset and transfer encoding when it fits there. Else the text
 * is raised to UTF-8 and its header says so.
 */
final class TextSplice {

    private static final int FIND_WITHIN = 1 << 20;
    private static final int SAMPLE = 64 * 1024;
    private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final Spool spool;
    private final Part part;
    private final TextBody text;
    private final LinkBlock block;

    TextSplice(Spool spool, Part part, LinkBlock block) {
        this.spool = spool;
        this.part = part;
        this.text = java.util.Objects.requireNonNull(part.text());
        this.block = block;
    }

    void addTo(Splices splices) throws IOException {
        HeaderBlock header = Rewriter.header(spool, part);
        byte[] parting = (header.closed() ? "" : header.lineEndMissing() + "\r\n").getBytes(StandardCharsets.US_ASCII);
        Charset charset = charset(sample());
        byte[] fitting = fitting(charset);
        if (fitting == null) {
            Charset from = java.util.Objects.requireNonNull(charset);
            raise(splices, header, "utf-8", out -> raised(from, out));
            return;
        }
        long place = place(null);
        boolean sevenBitOnly = text.encoding() == TransferEncoding.SEVEN_BIT || text.encoding() == TransferEncoding.UNKNOWN;
        if (!text.encoding().isIdentity()) {
            splices.add(new Splice(part.body().from(), part.body().to(), out -> {
                out.write(parting);
                spliced(fitting, place, text.encoding(), out);
            }));
        } else if (sevenBitOnly && !isAscii(fitting)) {
            raise(splices, header, null, out -> spliced(fitting, place, TransferEncoding.BASE64, out));
        } else {
            long at = part.body().from() + place;
            splices.add(new Splice(at, at, out -> {
                out.write(parting);
                out.write(fitting);
            }));
        }
    }

    /** The charset of the text, or null when its label means nothing to us. */
    private @Nullable Charset charset(byte[] sample) {
        String label = text.charset();
        Charset named = label == null ? StandardCharsets.US_ASCII : MailCharsets.named(label).orElse(null);
        if (named != null && named.equals(StandardCharsets.US_ASCII)) {
            return MailCharsets.guessCharset(sample, wholeCharacters(sample));
        }
        return named;
    }

    /** A sample may end inside a UTF-8 character. */
    private static int wholeCharacters(byte[] sample) {
        int length = sample.length;
        for (int back = 1; back <= 4 && back <= length && length == SAMPLE; back++) {
            if ((sample[length - back] & 0xC0) == 0xC0) {
                return length - back;
            }
        }
        return length;
    }

    /** The block as octets of the text's charset, or null when the text has to be raised. */
    private byte @Nullable [] fitting(@Nullable Charset charset) {
        if (charset != null && !BlockOctets.extendsAscii(charset)) {
            return null;
        }
        if (text.html()) {
            return BlockOctets.html(block.html(), charset == null || isUnlabelled() ? StandardCharsets.US_ASCII : charset);
        }
        if (charset == null) {
            return flowed(block.ascii()).getBytes(StandardCharsets.US_ASCII);
        }
        Charset labelled = isUnlabelled() ? StandardCharsets.US_ASCII : charset;
        byte[] both = BlockOctets.text(flowed(block.text()), labelled);
        String english = block.english();
        return both != null || english == null ? both : BlockOctets.text(flowed(english), labelled);
    }

    private boolean isUnlabelled() {
        String label = text.charset();
        return label == null || MailCharsets.named(label).filter(c -> c.equals(StandardCharsets.US_ASCII)).isPresent();
    }

    /** In format=flowed a line that begins with a space, a quote sign or "From " gets a space (RFC 3676 §4.4). */
    private String flowed(String lines) {
        if (!text.flowed()) {
            return lines;
        }
        return lines.replaceAll("(?m)^(?=[ >]|From )", " ");
    }

    private byte[] sample() throws IOException {
        byte[] sample = new byte[SAMPLE];
        int[] length = {0};
        decode((b, off, len) -> {
            int n = Math.min(len, SAMPLE - length[0]);
            System.arraycopy(b, off, sample, length[0], n);
            length[0] += n;
        }, SAMPLE * 4L);
        return Arrays.copyOf(sample, length[0]);
    }

    /**
     * Where the block goes, in decoded octets.
     *
     * @param from the charset to raise from; the place is one in the raised text then
     */
    private long place(@Nullable Charset from) throws IOException {
        byte[] start = new byte[3];
        int[] length = {0};
        var finder = new BodyTagFinder();
        OctetConsumer look = (b, off, len) -> {
            for (int i = off; i < off + len && length[0] < 3; i++) {
                start[length[0]++] = b[i];
            }
            if (text.html()) {
                finder.accept(b, off, len);
            }
        };
        if (from == null) {
            decode(look, text.html() ? FIND_WITHIN : 64);
        } else {
            var recoder = new Recoder(from, look);
            decode(recoder, text.html() ? FIND_WITHIN : 64);
            recoder.end();
        }
        return finder.place() == 0 && Arrays.equals(start, BOM) ? 3 : finder.place();
    }

    private void decode(OctetConsumer to, long atMost) throws IOException {
        BodyDecoder decoder = BodyDecoder.of(text.encoding(), to);
        long length = Math.min(atMost, part.body().length());
        byte[] buffer = new byte[16 * 1024];
        try (InputStream in = spool.read(part.body().from(), length)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                decoder.decode(buffer, 0, n);
            }
        }
        decoder.end();
    }

    /** The text in a transfer encoding, with the block's octets at their place. */
    private void spliced(byte[] octets, long place, TransferEncoding encoding, OutputStream out) throws IOException {
        BodyEncoder encoder = BodyEncoder.of(encoding, out);
        var splitter = new AtPlace(place, encoder, octets);
        decode(splitter, Long.MAX_VALUE);
        splitter.end();
        encoder.finish();
    }

    /** The text in UTF-8 and base64. */
    private void raised(Charset from, OutputStream out) throws IOException {
        BodyEncoder encoder = BodyEncoder.of(TransferEncoding.BASE64, out);
        byte[] octets = (text.html() ? block.html() : flowed(block.text())).getBytes(StandardCharsets.UTF_8);
        var splitter = new AtPlace(place(from), encoder, octets);
        var recoder = new Recoder(from, splitter);
        decode(recoder, Long.MAX_VALUE);
        recoder.end();
        splitter.end();
        encoder.finish();
    }

    private void raise(Splices splices, HeaderBlock header, @Nullable String charset,
                       Splice.Replacement body) {
        ContentFields.raised(header, part.header().from(), charset, text).forEach(splices::add);
        splices.add(new Splice(part.body().from(), part.body().to(), out -> {
            if (!header.closed()) {   // the new fields end the last line
                out.write(new byte[] {'\r', '\n'});
            }
            body.write(out);
        }));
    }

    private static boolean isAscii(byte[] octets) {
        for (byte b : octets) {
            if (b < 0) {
                return false;
            }
        }
        return true;
    }
}
