package sekisho.mailhook.mime;

import java.io.IOException;

/**
 * Finds files that stand in running text as uuencode, {@code begin-base64}, yEnc or BinHex blocks, as Outlook, Thunderbird
 * and Gmail do for text that is old enough. Text goes on octet for octet.
 *
 * <p>A first line alone proves nothing: people write about uuencode. What counts is the line behind it, which must have the
 * length that its first sign says. From there on the block lasts as long as its lines are such lines, whether or not
 * {@code end} ever comes; and once one was announced, whole lines of such a block are taken for its rest wherever they come, so that
 * prose at its beginning or in the middle hides nothing. First lines that nothing of their own follows go with the block right behind
 * them: with that block gone they would announce what stands behind it. A yEnc block has no such lines and lasts until {@code =yend} or the end of the text.
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

        void close() throws IOException;
    }

    private enum State { TEXT, ANNOUNCED, UU, BASE64, YENC, BINHEX }

    private static final int BLANK_LINES = 3;
    private static final String BINHEX_FIRST = "(This file must be converted with BinHex";

    private final Sink sink;
    private final boolean flowed;
    private final BlockLine line;
    private final FirstLines held;
    private boolean collecting;
    private boolean atLineStart = true;
    private boolean behindCr;
    private State state = State.TEXT;
    private State announced = State.TEXT;
    private String name = "";
    private int blankLines;
    private boolean brokenOff;

    BlockScanner(Sink sink, boolean flowed) {
        this.sink = sink;
        this.flowed = flowed;
        this.line = new BlockLine(flowed);
        this.held = new FirstLines(sink, flowed);
    }

    void accept(byte[] b, int off, int len) throws IOException, Refusal {
        int end = off + len;
        int from = off;   // from here on it hasn't been passed on
        int i = off;
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
            case TEXT -> first == 'b' || first == '=' || first == '(' || first == 'M' && brokenOff || first == ' ' && flowed;
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

    /** @param cut whether the line goes on: too long for one of ours */
    private void line(boolean cut) throws IOException, Refusal {
        switch (state) {
            case TEXT -> textLine(cut);
            case ANNOUNCED -> announcedLine(cut);
            case UU -> {
                if (line.is("end")) {
                    last();
                } else if (line.isBlank() || !cut && line.isUu(false)) {
                    block();
                } else {
                    breakOff(cut);
                }
            }
            case BASE64 -> {
                if (line.is("====")) {
                    last();
                } else if (line.isBlank() || !cut && line.isBase64()) {
                    block();
                } else {
                    breakOff(cut);
                }
            }
            case YENC -> {
                if (line.starts("=yend")) {
                    last();
                } else {
                    block();
                }
            }
            case BINHEX -> {
                if (!cut && line.isBinHex() && line.endsWith(':')) {
                    last();
                } else if (!cut && line.isBinHex()) {
                    block();
                } else {
                    breakOff(cut);
                }
            }
        }
    }

    private void textLine(boolean cut) throws IOException, Refusal {
        announced = cut ? State.TEXT : announcement();
        if (announced == State.YENC) {
            state = State.YENC;
            held.open(Encoding.YENC, name, false);
            block();
        } else if (announced != State.TEXT) {
            blankLines = 0;
            state = State.ANNOUNCED;
            held.hold(line);
        } else if (brokenOff && !cut && line.starts("M") && line.isUu(true)) {
            state = State.UU;
            held.open(Encoding.UUENCODE, name, true);
            block();
        } else {
            held.release();
            line.to(sink);
        }
    }

    private void announcedLine(boolean cut) throws IOException, Refusal {
        if (line.isBlank() && !cut && ++blankLines <= BLANK_LINES) {
            held.hold(line);
            return;
        }
        boolean follows = !cut && switch (announced) {
            case UU -> line.is("end") || line.isUu(false);
            case BASE64 -> line.is("====") || line.isBase64();
            case BINHEX -> line.starts(":") && line.isBinHex();
            case TEXT, ANNOUNCED, YENC -> false;
        };
        if (!follows) {
            held.disappointed();
            brokenOff |= announced == State.UU;
            state = State.TEXT;
            textLine(cut);
            return;
        }
        state = announced;
        held.open(announced == State.BINHEX ? Encoding.BINHEX : Encoding.UUENCODE, name, false);
        line(false);
    }

    private void block() throws IOException {
        line.toBlock(sink);
    }

    private void last() throws IOException {
        block();
        sink.close();
        state = State.TEXT;
    }

    private void breakOff(boolean cut) throws IOException, Refusal {
        sink.close();
        brokenOff |= state == State.UU;
        state = State.TEXT;
        textLine(cut);
    }

    /** What the line announces; {@code TEXT} for nothing. Leaves the name of the file. */
    private State announcement() {
        if (line.starts("begin")) {
            String text = line.content();
            boolean base64 = text.startsWith("begin-base64");
            String rest = text.substring(base64 ? 12 : 5);
            if (rest.isBlank() || rest.charAt(0) != ' ' && rest.charAt(0) != '\t') {
                return State.TEXT;
            }
            name = withoutMode(rest.strip());
            return base64 ? State.BASE64 : State.UU;
        }
        if (line.starts("=ybegin ")) {
            String text = line.content();
            int at = text.indexOf(" name=");
            if (!text.contains(" line=") || at < 0) {
                return State.TEXT;
            }
            name = text.substring(at + 6).strip();
            return State.YENC;
        }
        if (line.starts(BINHEX_FIRST)) {
            name = "";
            return State.BINHEX;
        }
        return State.TEXT;
    }

    /** Takes the octal digits in front of the name away. */
    private static String withoutMode(String text) {
        int i = 0;
        while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '7') {
            i++;
        }
        boolean mode = i > 0 && i <= 6 && (i == text.length() || text.charAt(i) == ' ' || text.charAt(i) == '\t');
        return mode ? text.substring(i).strip() : text;
    }

}
