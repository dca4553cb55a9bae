package sekisho.mailhook.mime.rewrite;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.Part;
import sekisho.mailhook.mime.TextBody;
import sekisho.mailhook.mime.codec.BodyEncoder;
import sekisho.mailhook.mime.codec.TransferEncoding;
import sekisho.mailhook.mime.header.HeaderBlock;
import sekisho.mailhook.mime.header.MailCharsets;
import sekisho.mailhook.mime.header.Parameters;

/**
 * Puts the link block into one text, in the text's own charset and transfer encoding when it fits there. Else the text is raised to UTF-8,
 * if all of it can be read, and its header says so; what can't be read gets the block in ASCII and stays as it is.
 */
final class TextSplice {

    private static final int LONGEST_LINE = 900;   // something may stand in front of it

    private final Part part;
    private final TextBody text;
    private final LinkBlock block;
    private final List<String> boundaries;
    private final TextReader reader;
    private final HeaderBlock header;

    /** @param boundaries of the multiparts in the message */
    TextSplice(Spool spool, Part part, LinkBlock block, List<String> boundaries) throws IOException {
        this.part = part;
        this.text = Objects.requireNonNull(part.text());
        this.block = block;
        this.boundaries = boundaries;
        this.reader = new TextReader(spool, part, text);
        this.header = Rewriter.header(spool, part);
    }

    void addTo(Splices splices) throws IOException {
        Charset charset = reader.charset();
        byte[] fitting = fitting(charset);
        if (fitting == null) {
            raise(Objects.requireNonNull(charset), splices);
            return;
        }
        Gap gap = reader.gap(block.place(), charset, false);
        byte[] octets = gap.around(fitting, text.html());
        if (text.encoding().isIdentity()) {
            inPlace(gap, octets, splices);
        } else {
            replace(splices, null, canonical(text.encoding().token()), out -> spliced(gap.at(), octets, text.encoding(), out));
        }
    }

    /**
     * Between the octets as they stand. A text that is ASCII so far stays it, or its transfer encoding would no longer be true; and what stood inside
     * a line, behind a tag or a byte order mark, may begin one now, but no part.
     */
    private void inPlace(Gap gap, byte[] octets, Splices splices) throws IOException {
        boolean eightBit = reader.hasEightBit();
        if (!eightBit && !isAscii(octets) || hasLongLine(octets) || makesBoundaryLine(gap, octets)) {
            replace(splices, null, "base64", out -> spliced(gap.at(), octets, TransferEncoding.BASE64, out));
            return;
        }
        String actual = eightBit ? "8bit" : "7bit";
        String said = switch (text.encoding()) {
            case BINARY, EIGHT_BIT -> canonical(text.encoding().token());
            case SEVEN_BIT -> eightBit ? actual : header.values("content-transfer-encoding").isEmpty() ? null : canonical(actual);
            case UNKNOWN, BASE64, QUOTED_PRINTABLE, UUENCODE, YENC -> actual;
        };
        changed(splices, null, said);
        if (!header.closed()) {
            splices.add(new Splice(part.body().from(), part.body().from(), out -> out.write(parting(said != null))));
        }
        long at = part.body().from() + gap.at();
        splices.add(new Splice(at, at, out -> out.write(octets)));
    }

    private boolean makesBoundaryLine(Gap gap, byte[] octets) throws IOException {
        var lines = new BoundaryLines(boundaries);
        var splitter = new AtPlace(gap.at(), lines, octets);
        reader.decode(splitter);
        splitter.end();
        return lines.areThere();
    }

    /** The text in UTF-8 and base64, with the block in it. */
    private void raise(Charset from, Splices splices) throws IOException {
        Gap gap = reader.gap(block.place(), from, true);
        byte[] octets = gap.around((text.html() ? block.html() : flowed(block.text())).getBytes(StandardCharsets.UTF_8), text.html());
        replace(splices, "utf-8", "base64", out -> {
            BodyEncoder encoder = BodyEncoder.of(TransferEncoding.BASE64, out);
            var splitter = new AtPlace(gap.at(), encoder, octets);
            var recoder = new Recoder(from, splitter, () -> { });
            reader.decode(recoder);
            recoder.end();
            splitter.end();
            encoder.finish();
        });
    }

    /** The text in a transfer encoding, with the block's octets at their place. */
    private void spliced(long place, byte[] octets, TransferEncoding encoding, OutputStream out) throws IOException {
        BodyEncoder encoder = BodyEncoder.of(encoding, out);
        var splitter = new AtPlace(place, encoder, octets);
        reader.decode(splitter);
        splitter.end();
        encoder.finish();
    }

    /** Another body, and what the header says of it. */
    private void replace(Splices splices, @Nullable String charset, @Nullable String encoding, Splice.Replacement body) {
        changed(splices, charset, encoding);
        splices.add(new Splice(part.body().from(), part.body().to(), out -> {
            if (!header.closed()) {
                out.write(parting(charset != null || encoding != null));
            }
            body.write(out);
        }));
    }

    private void changed(Splices splices, @Nullable String charset, @Nullable String encoding) {
        ContentFields.changed(header, part.header().from(), charset, encoding, text).forEach(splices::add);
    }

    /** What ends a header that has no end: new fields end its last line. */
    private byte[] parting(boolean newFields) {
        return ((newFields ? "" : header.lineEndMissing()) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** The name of the encoding if the header has to say it anew, because it says more than one thing, or oddly; else null. */
    private @Nullable String canonical(String encoding) {
        List<String> said = header.values("content-transfer-encoding");
        return said.size() == 1 && said.getFirst().equalsIgnoreCase(encoding) ? null : encoding;
    }

    /** The block as octets of the text's charset, or null when the text has to be raised. */
    private byte @Nullable [] fitting(@Nullable Charset charset) throws IOException {
        if (charset != null && !BlockOctets.extendsAscii(charset)) {
            return null;
        }
        String label = reader.isUnlabelled() || text.charset() == null ? "us-ascii" : text.charset();
        if (text.html()) {
            boolean whole = BlockOctets.isUtf8(label) && text.encoding() == TransferEncoding.BASE64 && !isOddlyLabelled();
            return whole ? block.html().getBytes(StandardCharsets.UTF_8) : BlockOctets.html(MailCharsets.isUtf7(label) ? block.html().replace("+", "&#43;") : block.html());
        }
        if (charset != null && !isOddlyLabelled()) {
            Charset labelled = reader.isUnlabelled() ? StandardCharsets.US_ASCII : charset;
            byte[] octets = BlockOctets.text(flowed(block.text()), labelled, label);
            if (octets != null || reader.isSure(charset) && reader.isAll(charset)) {
                return octets;
            }
        }
        // the JDK can't read UTF-7, so no such text is raised
        String ascii = MailCharsets.isUtf7(label) ? block.ascii().replace("+", "+-") : block.ascii();
        return flowed(ascii).getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether the charset is said by RFC 2231 alone, which not every reader knows: to those it is ASCII. */
    private boolean isOddlyLabelled() {
        return header.first("content-type").map(Parameters::parse).filter(type -> type.plain("charset").isEmpty() && type.has("charset")).isPresent();
    }

    /** In format=flowed a line that begins with a space, a quote sign or "From " gets a space (RFC 3676 §4.4). */
    private String flowed(String lines) {
        return text.flowed() ? lines.replaceAll("(?m)^(?=[ >]|From )", " ") : lines;
    }

    /** Servers cut lines of more than 998 octets (RFC 5322 §2.1.1); a long name in character references is one. */
    private static boolean hasLongLine(byte[] octets) {
        int length = 0;
        for (byte b : octets) {
            length = b == '\n' ? 0 : length + 1;
            if (length > LONGEST_LINE) {
                return true;
            }
        }
        return false;
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
