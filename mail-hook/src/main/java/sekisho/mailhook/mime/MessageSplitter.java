package sekisho.mailhook.mime;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

import sekisho.mailhook.mime.header.HeaderBlock;

/**
 * Splits one message while it arrives. Feed it the octets of the message as they are, without dot-stuffing and without
 * the final dot, in blocks of any size; then call {@link #end()} once.
 *
 * <p>It needs the memory of its window and of one header, whatever the size of the message. It isn't thread-safe.
 */
public final class MessageSplitter {

    /** Holds what was left of the blocks before: less than a line that could be a delimiter, and what is put behind it to go on. */
    private static final int KEPT = 4 * Delimiters.LONGEST_LINE;

    private final Delimiters delimiters = new Delimiters();
    private final Assembly assembly;
    private final HeaderCollector header;
    private final byte[] kept = new byte[KEPT];
    private byte[] window = kept;   // the block that is being fed, unless something was left of those before
    private int begin;
    private int end;
    private boolean inHeader = true;
    private boolean atLineStart = true;   // in content: the window begins at the start of a line
    private boolean bareCr;               // what the line start was told by
    private long partStart;
    private SplitResult.@Nullable Refused refused;
    private boolean beyondLimits;
    private boolean ended;

    /** Splits by the default choices for a spool without the attachments. */
    public MessageSplitter(SplitLimits limits, SplitSink sink) {
        this(limits, sink, false);
    }

    /** Splits by the default choices. */
    public MessageSplitter(SplitLimits limits, SplitSink sink, boolean keepAttachments) {
        this(SplitRules.within(limits), sink, keepAttachments);
    }

    /**
     * @param keepAttachments whether the spool gets the whole message, attachments included: some recipient will get
     *                        the original
     */
    public MessageSplitter(SplitRules rules, SplitSink sink, boolean keepAttachments) {
        this(rules, sink, keepAttachments, null, 0, new SignedWork());
    }

    private MessageSplitter(SplitRules rules, SplitSink sink, boolean keepAttachments, @Nullable Assembly outer, int signed, SignedWork work) {
        this.assembly = new Assembly(rules, sink, keepAttachments, outer, signed, work, delimiters);
        this.header = new HeaderCollector(rules.limits());
    }

    /** Reads a message that is attached to one which is being split. */
    static MessageSplitter ofAttached(SplitRules rules, SplitSink sink, Assembly outer) {
        return new MessageSplitter(rules, sink, false, outer, outer.signed(), outer.signedWork());
    }

    /**
     * Reads what is inside an opaque signed message.
     *
     * @param depth how many of them are inside each other, this one included
     * @param work  of all that are in the message
     */
    static MessageSplitter ofSigned(SplitRules rules, SplitSink sink, int depth, SignedWork work) {
        return new MessageSplitter(rules, sink, false, null, depth, work);
    }

    /**
     * Takes the next octets of the message. After a refusal they are ignored, so a caller may read on to the end.
     *
     * @throws IOException from the sink; the splitter is of no use then
     */
    public void feed(byte[] octets, int offset, int length) throws IOException {
        int from = offset;
        int to = offset + length;
        while (from < to && refused == null) {
            if (end > 0) {
                int n = Math.min(to - from, KEPT - end);
                System.arraycopy(octets, from, kept, end, n);
                end += n;
                from += n;
            } else {
                window = octets;
                begin = from;
                end = to;
                from = to;
            }
            run(false);
            System.arraycopy(window, begin, kept, 0, end - begin);
            window = kept;
            end -= begin;
            begin = 0;
        }
    }

    private void refuse(Refusal refusal) {
        refused = refusal.result();
        beyondLimits = refusal.isBeyond();
    }

    /** Whether it was refused for the number of its parts or for what is inside what. */
    boolean isBeyondLimits() {
        return beyondLimits;
    }

    /** Whether the message is refused already; reading on is only for the sake of the protocol. */
    public boolean isRefused() {
        return refused != null;
    }

    /** The message is complete. All attachments that stay attachments are finished when this returns a layout. */
    public SplitResult end() throws IOException {
        if (ended) {
            throw new IllegalStateException("end() is called once");
        }
        ended = true;
        if (refused == null) {
            run(true);
        }
        if (refused == null) {
            try {
                return new SplitResult.Split(assembly.end());
            } catch (Refusal refusal) {
                refuse(refusal);
            }
        }
        return java.util.Objects.requireNonNull(refused);
    }

    /**
     * Whether a header field has octets above 127: of the message, of a part, or of a message in it, unless that is encoded; after {@link #end()}. True also
     * when it couldn't be looked at to its end.
     */
    public boolean hasEightBitHeader() {
        return refused != null || assembly.hasEightBitHeader();
    }

    /** The beginning of the message's text, decoded, some thousand characters; after {@link #end()}. Not to be kept or logged. */
    public String text() {
        return assembly.text().toString();
    }

    /** What isn't text and stays in the message, each with the index that its sink was opened with; after {@link #end()}. */
    public List<Staying> staying() {
        return assembly.staying();
    }

    /** The header of the message as far as it is one; null when it was refused before its end. */
    @Nullable HeaderBlock topHeader() {
        return assembly.topHeader();
    }

    private void run(boolean last) throws IOException {
        try {
            boolean progress = true;
            while (progress) {
                progress = inHeader ? header(last) : content(last);
            }
        } catch (Refusal refusal) {
            refuse(refusal);
            begin = end;
        }
    }

    /** Collects header lines; true when the header is over and content follows. */
    private boolean header(boolean last) throws IOException, Refusal {
        while (begin < end) {
            int line = lineEnd(last);
            if (line < 0) {
                return false;
            }
            if (header.atLineStart() && window[begin] == '-' && begin + 1 < end && window[begin + 1] == '-') {
                int level = delimiters.match(window, begin, line, last);
                if (level == Delimiters.AMBIGUOUS) {
                    throw Refusal.malformed("a line in a header that some readers take for a boundary");
                }
                if (level >= 0) {
                    headersEnd();
                    delimiter(level, begin);
                    return true;
                }
                if (header.declares(window, begin, line, assembly.defaultType())) {
                    headerEnds();
                    return true;
                }
            }
            boolean closed = header.add(window, begin, line - begin);
            begin = line;
            if (closed) {
                headerEnds();
                return true;
            }
        }
        if (last) {
            headersEnd();
        }
        return false;
    }

    /** Past the end of the line at {@code begin}, or past what is there of a long one; −1 when it isn't complete. */
    private int lineEnd(boolean last) {
        for (int i = begin; i < end; i++) {
            if (window[i] == '\n') {
                return i + 1;
            }
        }
        return last || end - begin >= Delimiters.LONGEST_LINE ? end : -1;
    }

    /** Nothing more comes of this header, nor of a message that it announces. */
    private void headersEnd() throws IOException, Refusal {
        while (inHeader) {
            headerEnds();
        }
    }

    private void headerEnds() throws IOException, Refusal {
        HeaderCollector.Result result = header.finish(assembly.defaultType());
        boolean endless = result.headerLength() < result.length();
        inHeader = assembly.header(result.octets(), result.headerLength(), result.header(), result.facts(), partStart, endless);
        if (inHeader) {
            header.reset();
            return;
        }
        atLineStart = true;
        bareCr = false;
        int rest = result.length() - result.headerLength();
        if (rest > 0) {   // the header ended at a line that is no field: the rest is content without delimiters
            assembly.content().accept(result.octets(), result.headerLength(), rest);
        }
    }

    private void delimiter(int level, int from) throws IOException, Refusal {
        int to = delimiters.lineEnd();
        boolean close = delimiters.isClose() || window[to - 1] != '\n';   // without a line end the message is over
        partStart = -1;
        assembly.delimiter(level, close, window, from, to - from);
        partStart = assembly.spooler().position() - (to - from);
        begin = to;
        inHeader = !close;
        atLineStart = true;
        bareCr = false;
        header.reset();
    }

    /** Passes content on up to the next delimiter; true when one was found. */
    private boolean content(boolean last) throws IOException, Refusal {
        int scan = begin;
        if (atLineStart && begin < end) {
            int dashes = dashes(begin, last);
            if (dashes < 0) {
                return false;
            }
            if (dashes > 0) {
                int level = delimiters.match(window, begin, end, last);
                if (level == Delimiters.MORE) {
                    return false;
                }
                if (isDelimiter(level)) {
                    delimiter(level, begin);
                    return true;
                }
            }
            atLineStart = false;
            scan = begin + (dashes > 0 ? 1 : 0);
        }
        while (true) {
            int at = LineStarts.dashes(window, begin, scan, end);
            if (at < 0) {
                break;
            }
            int lineStart = lineEndBefore(at);
            bareCr = window[at - 1] == '\r';
            int level = delimiters.match(window, at, end, last);
            if (level == Delimiters.MORE) {
                emit(lineStart);
                return false;
            }
            if (isDelimiter(level)) {
                emit(lineStart);
                delimiter(level, begin);
                return true;
            }
            scan = at + 1;
        }
        emit(last ? end : LineStarts.heldBack(window, begin, end));
        return false;
    }

    /** 1 when the window begins with two dashes, 0 when it doesn't, −1 when that can't be told yet. */
    private int dashes(int at, boolean last) {
        if (window[at] != '-') {
            return 0;
        }
        if (at + 1 == end) {
            return last ? 0 : -1;
        }
        return window[at + 1] == '-' ? 1 : 0;
    }

    private boolean isDelimiter(int level) throws Refusal {
        boolean doubtful = level == Delimiters.AMBIGUOUS || level >= 0 && bareCr;
        if (doubtful && assembly.content().minds()) {
            throw Refusal.malformed("a line that some readers take for a boundary and others don't");
        }
        return level >= 0 && !bareCr;
    }

    private int lineEndBefore(int at) {
        int from = at - 1;
        return window[from] == '\n' && from > begin && window[from - 1] == '\r' ? from - 1 : from;
    }

    private void emit(int to) throws IOException, Refusal {
        if (to > begin) {
            assembly.content().accept(window, begin, to - begin);
            begin = to;
        }
    }
}
