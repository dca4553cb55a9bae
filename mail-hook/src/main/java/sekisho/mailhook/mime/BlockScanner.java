package sekisho.mailhook.mime;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Finds files that stand in running text as uuencode, {@code begin-base64}, yEnc or BinHex blocks, as Outlook, Thunderbird
 * and Gmail do for text that is old enough. Text goes on octet for octet.
 *
 * <p>A first line alone proves nothing: people write about uuencode. What counts are the lines behind it: see {@link Announcement}. From there
 * on the block lasts as long as its lines are such lines, whether or not {@code end} ever comes; and once one was announced, two whole lines of such
 * a block, one behind the other, are taken for its rest wherever they come, so that prose at its beginning or in the middle hides nothing. A first line that nothing of
 * its own follows stays; with a file right behind it gone it would announce what stands behind that, so if that is what it announces, the message
 * is refused. A yEnc block has no lines of its own and lasts until {@code =yend} or the end of the text.
 */
final class BlockScanner {

    enum Encoding { UUENCODE, YENC, BINHEX }

    /** Hears the text in order; the octets of a block come between {@link #open} and {@link #close}. */
    interface Sink {
        void text(byte[] octets, int offset, int length) throws IOException, Refusal;

        /**
         * @param name one char for each octet, as written; may be empty
         * @param rest whether these are lines of a block that broke off, without its first one
         */
        void open(Encoding encoding, String name, boolean rest) throws IOException, Refusal;

        /** @param stuffing octets at the beginning that format=flowed has put there (RFC 3676 §4.4) */
        void block(byte[] octets, int offset, int length, int stuffing) throws IOException;

        void close() throws IOException, Refusal;
    }

    private enum State { TEXT, ANNOUNCED, UU, BASE64, YENC, BINHEX }

    /** UTF-8's; what stands behind it begins a line to whoever reads the text, and really once the link stands between (RFC 3629 §6). */
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final Sink sink;
    private final boolean flowed;
    private final BlockLine line;
    private final FirstLines held;
    private boolean collecting;
    private boolean atLineStart = true;
    private int marked;                           // so many octets of the mark have come, or all that there will
    private boolean behindCr;
    private State state = State.TEXT;
    private @Nullable Announcement announced;
    private @Nullable Announcement interrupted;   // by a file right behind it
    private boolean behindFile;                   // what is announced stands in front of a file that is gone
    private String name = "";
    private boolean zeroLine;
    private boolean graves;
    private boolean brokenOff;
    private boolean rest;                         // what is announced has begun before, and broke off

    BlockScanner(Sink sink, boolean flowed) {
        this.sink = sink;
        this.flowed = flowed;
        this.line = new BlockLine(flowed);
        this.held = new FirstLines(sink, flowed);
    }

    void accept(byte[] b, int off, int len) throws IOException, Refusal {
        int end = off + len;
        int from = off;   // from here on it hasn't been passed on
        int i = behindMark(b, off, end);
        while (i < end) {
            if (behindCr) {   // a LF belongs to the line
                behindCr = false;
                atLineStart = true;
                int lf = b[i] == '\n' ? 1 : 0;
                if (collecting) {
                    from = i += line.add(b, i, lf);
                    collecting = false;
                    line(false);
                } else {
                    i += lf;
                }
                continue;
            }
            if (atLineStart && !collecting && matters(b[i])) {
                pass(b, from, i - from);
                from = i;
                collecting = true;
                line.clear();
            }
            int stop = lineEnd(b, i, end);
            boolean whole = b[stop - 1] == '\n';
            if (collecting) {
                from = i += line.add(b, i, stop - i);
                if (i < stop || whole) {
                    collecting = false;
                    line(i < stop);
                }
            } else {
                i = stop;
            }
            behindCr = i == stop && b[stop - 1] == '\r';
            atLineStart = i == stop && whole;
        }
        pass(b, from, end - from);
    }

    /** Past the octets of a byte order mark, if the text begins with one. */
    private int behindMark(byte[] b, int from, int end) {
        int i = from;
        while (i < end && marked < BYTE_ORDER_MARK.length && b[i] == BYTE_ORDER_MARK[marked]) {
            i++;
            marked++;
        }
        if (i < end && marked < BYTE_ORDER_MARK.length) {
            atLineStart &= marked == 0;
            marked = BYTE_ORDER_MARK.length;
        }
        return i;
    }

    /** Past the CR or LF that ends the line; a lone CR ends one too, since relays make a line end of it. */
    private static int lineEnd(byte[] b, int from, int end) {
        int i = from;
        while (i < end && b[i] != '\n' && b[i] != '\r') {
            i++;
        }
        return i < end ? i + 1 : end;
    }

    /** Whether a line that begins so must be looked at as a whole. */
    private boolean matters(byte first) {
        return switch (state) {
            case TEXT -> first == 'b' || first == '=' || first == '(' || brokenOff && Announcement.mayBeFull(first) || first == ' ' && flowed;
            case YENC -> first == '=' || first == ' ' && flowed;
            case ANNOUNCED, UU, BASE64, BINHEX -> true;
        };
    }

    private void pass(byte[] b, int off, int len) throws IOException, Refusal {
        if (len > 0) {
            if (state == State.YENC) {
                sink.block(b, off, len, 0);
            } else {
                sink.text(b, off, len);
            }
        }
    }

    /** The text is over. */
    void end() throws IOException, Refusal {
        if (collecting) {
            collecting = false;
            line(false);
        }
        switch (state) {
            case TEXT -> { }
            case ANNOUNCED -> held.release();
            case UU, BASE64, YENC, BINHEX -> sink.close();
        }
        state = State.TEXT;
    }

    /**
     * What goes out of the text are whole lines: the rest of one would begin a line where it stands then, and might be a boundary.
     *
     * @param cut whether the line goes on: too long for one of ours
     */
    private void line(boolean cut) throws IOException, Refusal {
        switch (state) {
            case TEXT -> textLine(cut);
            case ANNOUNCED -> announcedLine(java.util.Objects.requireNonNull(announced), cut);
            case UU -> {
                if (!cut && line.is("end")) {
                    last();
                } else if (!cut && (line.isBlank() || goesOn())) {
                    block();
                } else {
                    breakOff(cut);
                }
            }
            case BASE64 -> {
                if (!cut && line.is("====")) {
                    last();
                } else if (!cut && (line.isBlank() || line.isBase64())) {
                    block();
                } else {
                    breakOff(cut);
                }
            }
            case YENC -> {
                if (!line.starts("=yend")) {
                    block();
                } else if (cut) {
                    throw Refusal.malformed("a file in yEnc whose last line has no end");
                } else {
                    last();
                }
            }
            case BINHEX -> {
                if (!cut && line.isBinHex() && line.endsWith(':')) {
                    last();
                } else if (!cut && (line.isBlank() || line.isBinHex())) {
                    block();
                } else {
                    breakOff(cut);
                }
            }
        }
    }

    private boolean goesOn() {
        boolean goesOn = !zeroLine && line.isUu() && (!graves || line.isWholeUu());
        zeroLine |= goesOn && line.uuOctets() == 0;
        graves |= goesOn && line.hasGrave();
        return goesOn;
    }

    private void textLine(boolean cut) throws IOException, Refusal {
        Announcement next = cut ? null : Announcement.of(line);
        held.release();
        if (next != null) {
            interrupted = announced;
            announce(next, false);
            held.hold(line);
            return;
        }
        announced = null;
        interrupted = null;
        if (brokenOff && !cut && Announcement.isFull(line)) {
            announce(Announcement.rest(name), false);
            rest = true;
            held.hold(line);
        } else {
            line.to(sink);
        }
    }

    private void announce(Announcement announcement, boolean gone) {
        announced = announcement;
        behindFile = gone;
        rest = false;
        state = State.ANNOUNCED;
    }

    private void announcedLine(Announcement announcement, boolean cut) throws IOException, Refusal {
        switch (announcement.next(line, cut)) {
            case WAITS -> held.hold(line);
            case DISAPPOINTED -> {
                if (announcement.kind() == Announcement.Kind.UUENCODE && announcement.isCertain()) {
                    brokenOff = true;
                    name = announcement.name();
                }
                state = State.TEXT;
                textLine(cut);
            }
            case FULFILLED -> {
                if (behindFile) {
                    throw Refusal.malformed("files in a text, one inside the other");
                }
                name = announcement.name();
                switch (announcement.kind()) {
                    case UUENCODE -> open(State.UU, Encoding.UUENCODE, rest);
                    case BASE64 -> open(State.BASE64, Encoding.UUENCODE, false);
                    case YENC -> open(State.YENC, Encoding.YENC, false);
                    case BINHEX -> open(State.BINHEX, Encoding.BINHEX, false);
                }
            }
        }
    }

    /** A file begins, of which the line is one. */
    private void open(State kind, Encoding encoding, boolean rest) throws IOException, Refusal {
        state = kind;
        announced = null;
        zeroLine = false;
        graves = false;
        held.open(encoding, name, rest);
        line(false);
    }

    private void block() throws IOException {
        line.toBlock(sink);
    }

    private void last() throws IOException, Refusal {
        block();
        close();
    }

    /** What stood right in front of the file now stands in front of what is behind it. */
    private void close() throws IOException, Refusal {
        sink.close();
        state = State.TEXT;
        if (interrupted != null) {
            announce(interrupted, true);
            interrupted = null;
        }
    }

    private void breakOff(boolean cut) throws IOException, Refusal {
        if (state == State.UU) {
            brokenOff = true;
        }
        close();
        line(cut);
    }
}
