package sekisho.mailhook.mime;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

import sekisho.mailhook.mime.codec.BodyDecoder;
import sekisho.mailhook.mime.codec.TransferEncoding;
import sekisho.mailhook.mime.header.HeaderBlock;

/**
 * Gathers the lines of one header at a time, within the limits, and settles where it ends. At a line that is no field some end it and others pass over it: that
 * must make no other file of what follows, so it is refused in front of anything but a text.
 */
final class HeaderCollector {

    /**
     * A header that is over.
     *
     * @param headerLength how many of the octets are the header; the rest, up to {@code length}, is content already
     */
    record Result(byte[] octets, int headerLength, int length, HeaderBlock header, ContentFacts facts) {
    }

    private static final int MAX_DASH_LINES = 20;
    /** Where a file begins in a text: uuencode, yEnc, BinHex. */
    private static final Pattern FILE = Pattern.compile("^ *+(?:begin[- \\t]|=ybegin |\\(This file must be converted)", Pattern.MULTILINE);

    private final SplitLimits limits;
    private byte[] octets = new byte[4096];
    private int length;
    private int lineOctets;
    private int lines;
    private int dashLines;
    private long total;

    HeaderCollector(SplitLimits limits) {
        this.limits = limits;
    }

    void reset() {
        length = 0;
        lineOctets = 0;
        lines = 0;
        dashLines = 0;
    }

    boolean atLineStart() {
        return lineOctets == 0;
    }

    /**
     * Takes a line, or the next piece of a long one.
     *
     * @return whether it was the empty line that ends the header
     */
    boolean add(byte[] window, int offset, int count) throws Refusal {
        boolean start = lineOctets == 0;
        total += count;
        lineOctets += count;
        if (total > limits.headerOctets()) {
            throw Refusal.malformed("more than " + limits.headerOctets() + " octets of header");
        }
        if (lineOctets > limits.headerLineOctets()) {
            throw Refusal.malformed("a header line of more than " + limits.headerLineOctets() + " octets");
        }
        if (start && ++lines > limits.headerFields()) {
            throw Refusal.malformed("more than " + limits.headerFields() + " header lines");
        }
        if (length + count > octets.length) {
            octets = Arrays.copyOf(octets, Math.max(octets.length * 2, length + count));
        }
        System.arraycopy(window, offset, octets, length, count);
        length += count;
        boolean complete = window[offset + count - 1] == '\n';
        if (complete) {
            lineOctets = 0;
        }
        return start && complete && (count == 1 || count == 2 && window[offset] == '\r');
    }

    /**
     * Whether the line is the delimiter of the very multipart that this header declares: the empty line is missing, and
     * readers that end a header at a line that is no field see the first part here.
     */
    boolean declares(byte[] window, int from, int to, String defaultType) throws Refusal {
        if (++dashLines > MAX_DASH_LINES) {   // each costs a parse of the header so far
            throw Refusal.malformed("a header full of lines that look like boundaries");
        }
        String boundary = ContentFacts.of(HeaderBlock.parse(octets, length), defaultType).boundary();
        return boundary != null
                && new String(window, from, to - from, StandardCharsets.ISO_8859_1).startsWith("--" + boundary);
    }

    Result finish(String defaultType) throws Refusal {
        refuseOddOctets(defaultType);
        byte[] octets = Arrays.copyOf(this.octets, length);   // the block keeps it; the buffer serves the next header
        HeaderBlock whole = HeaderBlock.parse(octets, length);
        ContentFacts facts = ContentFacts.of(whole, defaultType);
        int malformed = whole.firstMalformed();
        if (malformed < 0) {
            return new Result(octets, length, length, whole, facts);
        }
        boolean fieldsBehind = whole.fields().stream().anyMatch(f -> f.start() >= malformed && matters(f));
        HeaderBlock before = HeaderBlock.parse(octets, malformed);
        ContentFacts early = ContentFacts.of(before, defaultType);
        boolean nothingBehind = !fieldsBehind && !whole.closed();   // to those who pass over the line
        if (!early.isMultipart() && !nothingBehind && !isText(early, fieldsBehind ? Arrays.copyOfRange(octets, malformed, length) : new byte[0])) {
            throw Refusal.malformed("a header that ends elsewhere for some readers");
        }
        return fieldsBehind ? new Result(octets, length, length, whole, facts.alsoRead(early)) : new Result(octets, malformed, length, before, early);
    }

    /**
     * Whether those who end the header early see a text, in which what stands behind is what others have, with more in front.
     *
     * @param more that is a header to the others
     */
    private static boolean isText(ContentFacts early, byte[] more) {
        boolean inPlace = early.encoding().isIdentity() || early.encoding() == TransferEncoding.QUOTED_PRINTABLE;
        return early.isPlainBody() && inPlace && !FILE.matcher(new String(BodyDecoder.decode(early.encoding(), more), StandardCharsets.ISO_8859_1)).find();
    }

    private static long count(HeaderBlock header) {
        return header.fields().stream().filter(HeaderCollector::matters).count();
    }

    private static boolean matters(HeaderBlock.Field field) {
        return field.name().startsWith("content-") || field.name().equals("bcc") || field.name().equals("resent-bcc");
    }

    /** NUL and CR without LF: some readers see fields, or the end of the header, where others see text. */
    private void refuseOddOctets(String defaultType) throws Refusal {
        boolean bareCr = false;
        for (int i = 0; i < length; i++) {
            if (octets[i] == 0) {
                throw Refusal.malformed("a NUL in a header");
            }
            if (octets[i] == '\r' && (i + 1 == length || octets[i + 1] != '\n')) {
                bareCr = true;
                boolean atLineEnd = i + 1 == length || octets[i + 1] == '\r' || octets[i + 1] == '-';
                boolean atLineStart = i == 0 || octets[i - 1] == '\n';   // an empty line to some
                if (atLineEnd || atLineStart) {
                    throw Refusal.malformed("a CR without LF in a header");
                }
            }
        }
        if (bareCr) {
            HeaderBlock usual = HeaderBlock.parse(octets, length);
            HeaderBlock other = HeaderBlock.parse(octets, length, true);
            boolean sameFacts = ContentFacts.of(usual, defaultType).equals(ContentFacts.of(other, defaultType));
            if (!sameFacts || count(usual) != count(other)) {   // the same field twice: one of them would stay
                throw Refusal.malformed("a CR without LF in a header");
            }
        }
    }
}
