package sekisho.inspection;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Looks into the streams of a PDF (ISO 32000-2 §7.3.8), embedded files among them. Which of them are files is said in places that may be compressed or
 * missing, so each is judged by its own first octets; streams themselves never lie in others.
 *
 * <pre>
 * 12 0 obj &lt;&lt; /Type /EmbeddedFile /Filter /FlateDecode /Length 345 &gt;&gt; stream CRLF | octets | endstream endobj
 * </pre>
 */
final class PdfStreams implements AutoCloseable {
    private static final int NEAR = 1024;
    private static final int FAR = 32 << 10;
    private static final int MOST_TRIED = 8;
    private static final int HEAD = 512;
    private static final int MOST_PACKED = 4;
    private static final int STEP = 16 << 10;
    private static final byte[] OBJECT = "obj".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "endstream".getBytes(StandardCharsets.US_ASCII);

    private final Look look;
    private final Source source;
    private final int depth;
    private final @Nullable PdfCipher cipher;
    /** For the starts of streams, of which there are thousands. */
    private final Inflater inflater = new Inflater();
    private final byte[] packed = new byte[HEAD];
    private final byte[] start = new byte[HEAD];

    /** @param cipher what the file's streams are encrypted with; null for nothing */
    PdfStreams(Look look, Source source, int depth, @Nullable PdfCipher cipher) {
        this.look = look;
        this.source = source;
        this.depth = depth;
        this.cipher = cipher;
    }

    /** @param id number and generation of the object */
    private record Head(PdfObjects.Dictionary dictionary, String id) {}

    /** @param keyword where {@code stream} stands, behind {@code >>} */
    void look(long keyword) throws IOException {
        look.tick();
        Head head = before(keyword, NEAR);
        head = head == null ? before(keyword, FAR) : head;
        if (head == null) {
            look.found(Protection.UNKNOWN, "pdf-unclear");
            return;
        }
        PdfObjects.Dictionary dictionary = head.dictionary;
        boolean isFile = dictionary.name("Type").equals("EmbeddedFile") || dictionary.dictionary("Params") != null;
        List<String> filters = PdfFilters.of(dictionary);
        if (PdfFilters.isPicture(filters) && !isFile) {
            return;
        }
        long from = keyword + "stream".length();
        from += source.u8(from) == '\r' && source.u8(from + 1) == '\n' ? 2 : 1;
        Source raw = source.slice(from, end(from, dictionary) - from);
        if (raw.size() == 0) {
            return;
        }
        boolean isPlain = cipher == null || filters.contains("Crypt") || dictionary.name("Type").equals("XRef");
        if (cipher != null && filters.contains("Crypt") && !PdfFilters.isIdentity(dictionary)) {
            throw CannotTell.here("pdf-filter");
        }
        String id = head.id;
        Look.Content content = () -> PdfFilters.open(isPlain ? raw.stream() : cipher.open(raw, id, isFile), filters, dictionary, look);
        if (isPlain && filters.isEmpty()) {
            look.inside(raw, depth + 1);
        } else if (isFile) {
            look.entry();
            look.whole(content, depth + 1);
        } else if (startsContainer(isPlain && PdfFilters.isDeflateAlone(filters, dictionary) ? inflated(raw) : started(content))) {
            look.entry();
            look.inside(content, depth + 1);
        }
    }

    private boolean startsContainer(int length) {
        return Signatures.of(start, length).isWorthReading();
    }

    /** How much of a stream's start could be decoded. What can't be at all is nothing that a reader of PDF could open. */
    private int started(Look.Content content) throws IOException {
        int length = 0;
        try (InputStream in = content.open()) {
            for (int got; length < HEAD && (got = in.read(start, length, HEAD - length)) >= 0; ) {
                length += got;
            }
        } catch (CannotTell e) {
            throw e;
        } catch (IOException | RuntimeException _) {
            // its start may do
        }
        return length;
    }

    /** The same for what nearly all streams are. */
    private int inflated(Source raw) throws IOException {
        inflater.reset();
        int length = 0;
        try {
            for (int i = 0; i < MOST_PACKED && length < HEAD && !inflater.finished(); i++) {
                inflater.setInput(packed, 0, raw.readUpTo((long) i * HEAD, packed, 0, HEAD));
                length += inflater.inflate(start, length, HEAD - length);
            }
        } catch (DataFormatException _) {
            // its start may do
        }
        look.inflated(length);
        return length;
    }

    @Override
    public void close() {
        inflater.end();
    }

    /** The dictionary that ends right before; the word {@code obj} may stand in a string of it, too. */
    private @Nullable Head before(long keyword, int most) throws IOException {
        int length = (int) Math.min(keyword, most);
        byte[] octets = source.bytes(keyword - length, length);
        int tried = 0;
        for (int at = length - OBJECT.length; at >= 0 && tried < MOST_TRIED; at--) {
            if (octets[at] != 'o' || !Signatures.has(octets, length, at, OBJECT)) {
                continue;
            }
            tried++;
            var objects = new PdfObjects(java.util.Arrays.copyOfRange(octets, at + OBJECT.length, length), look);
            if (objects.value() instanceof PdfObjects.Dictionary dictionary && objects.isAtEnd()) {
                int from = Math.max(0, at - 48);
                return new Head(dictionary, PdfObjects.numbersBefore(java.util.Arrays.copyOfRange(octets, from, at)));
            }
        }
        return null;
    }

    /** As its length says, if the keyword stands there; else where that stands next, as readers repair it. */
    private long end(long from, PdfObjects.Dictionary dictionary) throws IOException {
        long said = dictionary.number("Length", -1);
        if (said >= 0 && said <= source.size() - from) {
            byte[] behind = source.atMost(from + said, END.length + 2);
            int at = 0;
            while (at < behind.length && (behind[at] == '\r' || behind[at] == '\n')) {
                at++;
            }
            if (Signatures.has(behind, behind.length, at, END)) {
                return from + said;
            }
        }
        byte[] buffer = new byte[STEP];
        for (long at = from; ; at += STEP - END.length + 1) {
            int got = source.readUpTo(at, buffer, 0, STEP);
            look.checkTime();
            int found = Signatures.find(buffer, got, END);
            if (found >= 0 || got < STEP) {
                return at + (found >= 0 ? found : got);
            }
        }
    }
}
