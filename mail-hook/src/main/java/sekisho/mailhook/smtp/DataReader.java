package sekisho.mailhook.smtp;

import java.io.IOException;
import sekisho.mailhook.smtp.SmtpSettings.BareNewlines;

/**
 * Reads the text of a message after DATA up to CRLF.CRLF, and nothing else ends it (RFC 5321 §4.1.1.4, §2.3.8). Octets go on in blocks straight
 * from the input buffer; a block is cut only where a stuffed dot falls out (§4.5.2) or a line end is put right.
 */
final class DataReader {
    private static final byte[] CR = {'\r'};

    private enum State { LINE_START, TEXT, CR, DOT, DOT_CR }

    private final Wire wire;
    private final MessageBody body;
    private final TextLines lines;
    private State state = State.LINE_START;

    DataReader(Wire wire, MessageBody body, BareNewlines bareNewlines, int longestLine) {
        this.wire = wire;
        this.body = body;
        this.lines = new TextLines(body, bareNewlines, longestLine);
    }

    /** Returns after the final dot with its CRLF; what follows stays in the buffer and is the next command. */
    void readToDot() throws IOException {
        boolean ended = false;
        while (!ended) {
            wire.fill();
            ended = readBlock(wire.input(), wire.position(), wire.limit());
        }
    }

    /**
     * {@code from} is the first octet that has not gone on yet. In LINE_START nothing is held back; a dot at the start of a line and the CR
     * behind it are held back until it is known what they are.
     */
    private boolean readBlock(byte[] block, int start, int end) throws IOException {
        int from = start;
        int i = start;
        while (i < end) {
            byte octet = block[i];
            switch (state) {
                case LINE_START -> {
                    if (octet == '.') {
                        body.accept(block, from, i - from);
                        from = ++i;
                        state = State.DOT;
                    } else {
                        state = State.TEXT;
                    }
                }
                case TEXT -> {
                    int lineEnd = lines.text(block, i, end);
                    i = lineEnd;
                    if (i < end && block[i++] == '\r') {
                        state = State.CR;
                    } else if (lineEnd < end) {
                        from = lines.bareNewline(block, from, lineEnd, i);
                    }
                }
                case CR -> {
                    if (octet == '\n') {
                        i++;
                        lines.lineEnded();
                        state = State.LINE_START;
                    } else {
                        from = lines.bareCarriageReturn(block, from, i);
                        state = State.TEXT;
                    }
                }
                case DOT -> {
                    if (octet == '\r') {
                        from = ++i;
                        state = State.DOT_CR;
                    } else {
                        state = State.TEXT;
                    }
                }
                case DOT_CR -> {
                    if (octet == '\n') {
                        wire.consumeTo(i + 1);
                        return true;
                    }
                    body.accept(CR, 0, 1);   // it was text after all: the dot falls out, the CR stays, and is a lone one
                    state = State.CR;
                }
            }
        }
        body.accept(block, from, end - from);
        wire.consumeTo(end);
        return false;
    }
}
