package sekisho.mailhook.smtp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import sekisho.mailhook.smtp.SmtpSettings.BareNewlines;

/**
 * What holds for the lines of a message however it comes, by DATA or BDAT: they end in CRLF (RFC 5321 §2.3.8; RFC 3030 §2 lifts that for
 * BINARYMIME alone), hold no NUL, and their length is bounded. Octets are handed on in blocks; {@code from} is always the first
 * one that has not gone on yet.
 */
final class TextLines {
    private static final SmtpReply BARE_NEWLINE = new SmtpReply(550, "5.6.11", "lone CR or LF in the message; lines end in CRLF");
    private static final byte[] CRLF = {'\r', '\n'};
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ABOVE_CR = 0x0101010101010101L * ('\r' + 1);
    private static final long HIGHS = 0x8080808080808080L;

    private final MessageBody body;
    private final boolean normalise;
    private final int longestLine;
    private int lineOctets;
    private boolean afterCr;

    TextLines(MessageBody body, BareNewlines bareNewlines, int longestLine) {
        this.body = body;
        this.normalise = bareNewlines == BareNewlines.NORMALISE;
        this.longestLine = longestLine;
    }

    /** Passes over text from {@code start} on; returns where a CR or LF, or the block, ends it. A NUL can't be made right, by no setting. */
    int text(byte[] block, int start, int end) {
        int i = start;
        while ((i = controlOf(block, i, end)) < end && block[i] != '\r' && block[i] != '\n') {
            if (block[i] == 0) {
                body.refuse(SmtpReply.NUL);
            }
            i++;
        }
        count(i - start);
        return i;
    }

    /** The first octet up to CR, of which text has few but the ends of its lines, at or after {@code from}; or {@code end}. Eight are looked at together. */
    private static int controlOf(byte[] block, int from, int end) {
        int i = from;
        for (; i + Long.BYTES <= end; i += Long.BYTES) {
            long octets = (long) LONG.get(block, i);
            long controls = octets - ABOVE_CR & ~octets & HIGHS;   // the lowest bit set is exact, those above it may not be
            if (controls != 0) {
                return i + (Long.numberOfTrailingZeros(controls) >> 3);
            }
        }
        while (i < end && (block[i] & 0xFF) > '\r') {
            i++;
        }
        return i;
    }

    private void count(int octets) {
        lineOctets += octets;
        if (lineOctets > longestLine) {
            lineOctets = 0;
            body.refuse(new SmtpReply(550, "5.6.0", "a line of the message is longer than " + longestLine + " octets"));
        }
    }

    void lineEnded() {
        lineOctets = 0;
    }

    /** A lone LF at {@code at}; returns the new {@code from}. What follows is no line start for a dot: the sender did not end a line. */
    int bareNewline(byte[] block, int from, int at, int next) throws SessionEndedException {
        lineOctets = 0;
        if (!normalise) {
            body.refuse(BARE_NEWLINE);
            return from;
        }
        body.converted();
        body.accept(block, from, at - from);
        body.accept(CRLF, 0, 2);
        return next;
    }

    /** A CR in front of {@code at} that no LF follows; returns the new {@code from}. */
    int bareCarriageReturn(byte[] block, int from, int at) throws SessionEndedException {
        lineOctets = 0;
        if (!normalise) {
            body.refuse(BARE_NEWLINE);
            return from;
        }
        body.converted();
        body.accept(block, from, at - from);
        body.accept(CRLF, 1, 1);
        return at;
    }

    /** Hands on a piece of a chunk of BDAT. Lines go on from chunk to chunk, and a dot means nothing. */
    void chunk(byte[] block, int start, int end) throws SessionEndedException {
        int from = start;
        int i = start;
        while (i < end) {
            if (afterCr) {
                afterCr = false;
                if (block[i] == '\n') {
                    i++;
                    lineEnded();
                    continue;
                }
                from = bareCarriageReturn(block, from, i);
            }
            int lineEnd = text(block, i, end);
            i = Math.min(lineEnd + 1, end);
            if (lineEnd < end && block[lineEnd] == '\r') {
                afterCr = true;
            } else if (lineEnd < end) {
                from = bareNewline(block, from, lineEnd, i);
            }
        }
        body.accept(block, from, end - from);
    }

    /** The last chunk has come. */
    void chunksEnded() throws SessionEndedException {
        if (afterCr) {
            afterCr = false;
            bareCarriageReturn(CRLF, 0, 0);
        }
    }
}
