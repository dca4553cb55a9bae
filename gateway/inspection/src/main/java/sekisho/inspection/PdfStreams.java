package sekisho.inspection;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Looks into the streams of a PDF (ISO 32000-2 §7.3.8), embedded files among them. That there are any is said by the key {@code EF} somewhere, perhaps in
 * a stream of objects; which streams they are needn't be said where it can be seen, so each is judged by its own first octets. Streams never lie in others.
 *
 * <pre>
 * 12 0 obj &lt;&lt; /Type /EmbeddedFile /Filter /FlateDecode /Length 345 &gt;&gt; stream CRLF | octets | endstream endobj
 * </pre>
 */
final class PdfStreams implements AutoCloseable {
    private static final int NEAR = 300;
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

    /** From here on none stands before {@link #nextEnd}: thousands of streams without an end of their own are searched for it once. */
    private long searchedFrom = -1;
    private long nextEnd = -1;

    /** @param cipher what the file's streams are encrypted with; null for nothing */
    PdfStreams(Look look, Source source, int depth, @Nullable PdfCipher cipher) {
        this.look = look;
        this.source = source;
        this.depth = depth;
        this.cipher = cipher;
    }

    /** @param id number and generation of the object */
    private record Head(PdfObjects.Dictionary dictionary, String id) {}

    /** @param raw as it lies in the file, @param isPlain whether it isn't encrypted */
    private record Body(Source raw, boolean isPlain, List<String> filters, Look.Content content) {}

    /**
     * Whether other objects are in a stream, and one of them may have files ({@code /EF}, also written with {@code #}). That can't be told of one that can't be read.
     *
     * @param keyword where {@code stream} stands, behind {@code >>}
     */
    boolean namesFiles(long keyword) throws IOException {
        look.tick();
        Head head = head(keyword);
        if (head == null) {
            return true;
        }
        PdfObjects.Dictionary dictionary = head.dictionary;
        if (!dictionary.name("Type").equals("ObjStm") && !(dictionary.values().containsKey("First") && dictionary.values().containsKey("N"))) {
            return false;
        }
        byte[] buffer = new byte[STEP];
        int kept = 0;
        try (InputStream in = body(keyword, head, false).content.open()) {
            for (int got; (got = in.read(buffer, kept, STEP - kept)) >= 0; ) {
                int length = kept + got;
                for (int i = 0; i + 2 < length; i++) {
                    if (buffer[i] == '/' && (buffer[i + 1] == '#' || buffer[i + 1] == 'E' && (buffer[i + 2] == 'F' || buffer[i + 2] == '#'))) {
                        return true;
                    }
                }
                kept = Math.min(length, 2);
                System.arraycopy(buffer, length - kept, buffer, 0, kept);
            }
            return false;
        } catch (CannotTell e) {
            look.goOn(e);
            return true;
        } catch (IOException | RuntimeException _) {
            return true;
        }
    }

    /** @param keyword where {@code stream} stands, behind {@code >>} */
    void look(long keyword) throws IOException {
        look.tick();
        Head head = head(keyword);
        if (head == null) {
            look.found(Protection.UNKNOWN, "pdf-unclear");
            return;
        }
        PdfObjects.Dictionary dictionary = head.dictionary;
        boolean isFile = dictionary.name("Type").equals("EmbeddedFile") || dictionary.values().containsKey("Params");
        if (PdfFilters.isPicture(PdfFilters.of(dictionary)) && !isFile) {
            return;
        }
        Body body = body(keyword, head, isFile);
        if (body.raw.size() == 0) {
            return;
        }
        if (body.isPlain && body.filters.isEmpty()) {
            look.inside(body.raw, depth + 1);
        } else if (isFile) {
            look.entry();
            look.whole(body.content, depth + 1);
        } else if (startsContainer(body.isPlain && PdfFilters.isDeflateAlone(body.filters, dictionary) ? inflated(body.raw) : started(body.content))) {
            look.entry();
            look.whole(body.content, depth + 1);
        }
    }

    private @Nullable Head head(long keyword) throws IOException {
        Head head = before(keyword, NEAR);
        return head == null ? before(keyword, FAR) : head;
    }

    private Body body(long keyword, Head head, boolean isFile) throws IOException {
        PdfObjects.Dictionary dictionary = head.dictionary;
        List<String> filters = PdfFilters.of(dictionary);
        long from = begin(keyword);
        Source raw = source.slice(from, end(from, dictionary) - from);
        PdfCipher with = cipher;
        boolean isPlain = with == null || filters.contains("Crypt") || dictionary.name("Type").equals("XRef");
        if (with != null && filters.contains("Crypt") && !PdfFilters.isIdentity(dictionary)) {
            throw CannotTell.here("pdf-filter");
        }
        return new Body(raw, isPlain, filters, () -> {
            InputStream open = with == null || isPlain ? raw.stream() : with.open(raw, head.id, isFile);
            return PdfFilters.open(open, filters, dictionary, look);
        });
    }

    /** Behind the end of the keyword's line. Readers pass over blanks in front of it, and some need no end. */
    private long begin(long keyword) throws IOException {
        long at = keyword + "stream".length();
        int octet = source.u8(at);
        while (octet != '\r' && octet != '\n' && PdfObjects.isSpace((byte) octet)) {
            look.tick();
            octet = source.u8(++at);
        }
        if (octet == '\r') {
            return source.u8(at + 1) == '\n' ? at + 2 : at + 1;
        }
        return octet == '\n' ? at + 1 : at;
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
        if (from < searchedFrom || from > nextEnd) {
            nextEnd = nextEnd(from);
            searchedFrom = from;
        }
        return nextEnd;
    }

    /** Where the keyword stands next, or the end of all. */
    private long nextEnd(long from) throws IOException {
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
