package sekisho.mailhook.mime.rewrite;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.Part;
import sekisho.mailhook.mime.TextBody;
import sekisho.mailhook.mime.codec.BodyDecoder;
import sekisho.mailhook.mime.codec.OctetConsumer;
import sekisho.mailhook.mime.header.MailCharsets;

/** Reads one text out of the spool, as often as it takes and never whole, to find out how the block can be put into it. */
final class TextReader {

    private static final int SAMPLE = 64 * 1024;

    private final Spool spool;
    private final Part part;
    private final TextBody text;

    TextReader(Spool spool, Part part, TextBody text) {
        this.spool = spool;
        this.part = part;
        this.text = text;
    }

    /** Every octet of the text, without its transfer encoding. */
    void decode(OctetConsumer to) throws IOException {
        decode(to, Long.MAX_VALUE);
    }

    private void decode(OctetConsumer to, long atMost) throws IOException {
        BodyDecoder decoder = BodyDecoder.of(text.encoding(), to);
        byte[] buffer = new byte[16 * 1024];
        try (InputStream in = spool.read(part.body().from(), Math.min(atMost, part.body().length()))) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                decoder.decode(buffer, 0, n);
            }
        }
        decoder.end();
    }

    boolean isUnlabelled() {
        String label = text.charset();
        return label == null || MailCharsets.named(label).filter(c -> c.equals(StandardCharsets.US_ASCII)).isPresent();
    }

    /** The charset of the text, guessed when there is no label, or null when its label means nothing to us. */
    @Nullable Charset charset() throws IOException {
        if (!isUnlabelled()) {
            return MailCharsets.named(java.util.Objects.requireNonNull(text.charset())).orElse(null);
        }
        byte[] sample = sample();
        return MailCharsets.guessCharset(sample, wholeCharacters(sample));
    }

    /** A guess at Latin only means that it is nothing else. */
    boolean isSure(Charset charset) {
        return !isUnlabelled() || !charset.name().equals("windows-1252");
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

    boolean hasEightBit() throws IOException {
        boolean[] found = {false};
        decode((b, off, len) -> {
            for (int i = off; i < off + len && !found[0]; i++) {
                found[0] = b[i] < 0;
            }
        });
        return found[0];
    }

    /** Whether every octet means something in this charset, so that the text can be written in another one and nothing is lost. */
    boolean isAll(Charset charset) throws IOException {
        boolean[] lost = {false};
        var recoder = new Recoder(charset, (_, _, _) -> { }, () -> lost[0] = true);
        decode(recoder);
        recoder.end();
        return !lost[0];
    }

    /** Whether the block can be put into it, as a last resort in ASCII, or else all of it be written anew in UTF-8. */
    boolean takesBlock() throws IOException {
        Charset charset = isUnlabelled() ? null : charset();
        return charset == null || BlockOctets.extendsAscii(charset) || isAll(charset);
    }

    /** Where the block goes, in octets of the text, or of the text in UTF-8 when it has to be recoded first. */
    Gap gap(Place place, @Nullable Charset charset, boolean recoded) throws IOException {
        boolean iso2022 = !recoded && BlockOctets.isIso2022(charset);
        if (text.html()) {
            var places = new HtmlPlaces(iso2022);
            look(places, charset, recoded);
            return places.place(place);
        }
        var places = new TextPlaces(iso2022);
        look(places, charset, recoded);
        return places.place(place);
    }

    private void look(OctetConsumer places, @Nullable Charset charset, boolean recoded) throws IOException {
        if (!recoded) {
            decode(places);
            return;
        }
        var recoder = new Recoder(java.util.Objects.requireNonNull(charset), places, () -> { });
        decode(recoder);
        recoder.end();
    }
}
