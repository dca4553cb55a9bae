package sekisho.mailhook.mime.codec;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;

/**
 * Base64 (RFC 2045 §6.8) as Outlook and Gmail read it: signs outside of the alphabet are skipped, padding in the middle
 * ends a group but not the body, missing padding is forgiven.
 *
 * <p>Line ends are stripped by copying whole lines into a block, and whole blocks go to the JDK's plain decoder, which
 * works on many octets at a time. The JDK's MIME decoder stream looks at one octet after the other and is 23 times
 * slower. A block that the plain decoder refuses is read again, sign by sign.
 */
public final class Base64Decoder extends BodyDecoder {

    private static final int BLOCK = 16 * 1024;
    private static final int USUAL_LINE = 76;
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final byte[] VALUES = new byte[256];

    static {
        Arrays.fill(VALUES, (byte) -1);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int i = 0; i < alphabet.length(); i++) {
            VALUES[alphabet.charAt(i)] = (byte) i;
        }
        VALUES['='] = -2;
    }

    private final Base64.Decoder plain = Base64.getDecoder();
    private final byte[] block = new byte[BLOCK];
    private final byte[] decoded = new byte[BLOCK / 4 * 3];
    private int filled;
    private int lineLength = USUAL_LINE;   // of the last whole line
    private int paddingToCome;   // of a group that ended
    private boolean outOfStep;   // padding where a group has two signs at most
    private boolean ambiguous;
    private boolean padded;
    private boolean signsBehind;    // the padding
    private boolean straysBehind;
    private int column;   // how much of the line that comes now was taken before

    public Base64Decoder(OctetConsumer out) {
        super(out);
    }

    public static byte[] decodeAll(byte[] octets) {
        return BodyDecoder.decode(TransferEncoding.BASE64, octets);
    }

    @Override
    public void decode(byte[] octets, int offset, int length) throws IOException {
        int end = offset + length;
        int at = offset;
        while (at < end) {
            at = column > 0 ? at : lineLength == USUAL_LINE ? wholeLines(octets, at, end, USUAL_LINE) : wholeLines(octets, at, end, lineLength);
            int stop = at + lineLength - column;
            if (stop < at || stop >= end || !isLineEnd(octets[stop])) {
                stop = at;
                while (stop < end && !isLineEnd(octets[stop])) {
                    stop++;
                }
            }
            append(octets, at, stop - at);
            column += stop - at;
            at = stop;
            if (at < end && column > 0) {
                lineLength = column;
                column = 0;
            }
            while (at < end && isLineEnd(octets[at])) {
                at++;
            }
        }
    }

    /**
     * Copies lines of one length, eight octets at a time: what is copied too much is overwritten by the next line. That is faster than a call for
     * each line, and half as fast again where the compiler knows the length.
     *
     * @return where the first octet stands that was not taken
     */
    private int wholeLines(byte[] octets, int from, int end, int line) {
        int copied = line + 7 & ~7;
        int at = from;
        int to = filled;
        while (at + copied + 2 <= end && to + copied <= BLOCK && octets[at + line] == '\r' && octets[at + line + 1] == '\n') {
            for (int i = 0; i < copied; i += 8) {
                EIGHT.set(block, to + i, (long) EIGHT.get(octets, at + i));
            }
            to += line;
            at += line + 2;
        }
        filled = to;
        return at;
    }

    private static boolean isLineEnd(byte b) {
        return b == '\r' || b == '\n';
    }

    private void append(byte[] octets, int offset, int length) throws IOException {
        while (length > 0) {
            int n = Math.min(length, BLOCK - filled);
            System.arraycopy(octets, offset, block, filled, n);
            filled += n;
            offset += n;
            length -= n;
            if (filled == BLOCK) {
                flush(block);
            }
        }
    }

    private void flush(byte[] whole) throws IOException {
        int n;
        try {
            n = plain.decode(whole, decoded);
            filled = 0;
            ambiguous |= paddingToCome > 0 || outOfStep;
            signsBehind |= padded;
            padded |= whole[whole.length - 1] == '=';
        } catch (IllegalArgumentException _) {
            n = decodeSlowly();
        }
        out.accept(decoded, 0, n);
    }

    /** Decodes the block sign by sign and leaves an unfinished group at its start. */
    private int decodeSlowly() {
        int n = 0;
        int group = 0;
        int signs = 0;
        byte[] pending = new byte[4];
        for (int i = 0; i < filled; i++) {
            int value = VALUES[block[i] & 0xFF];
            signsBehind |= padded && value >= 0;
            straysBehind |= padded && value == -1;
            padded |= value == -2;
            if (value >= 0) {
                ambiguous |= paddingToCome > 0 || outOfStep;
                pending[signs++] = block[i];
                group = group << 6 | value;
                if (signs == 4) {
                    decoded[n++] = (byte) (group >> 16);
                    decoded[n++] = (byte) (group >> 8);
                    decoded[n++] = (byte) group;
                    signs = 0;
                    group = 0;
                }
            } else if (value == -2 && signs > 0) {
                n = partial(group, signs, n);
                paddingToCome = Math.max(0, 3 - signs);
                outOfStep |= signs == 1;
                signs = 0;
                group = 0;
            } else if (value == -2) {
                outOfStep |= paddingToCome == 0;
                paddingToCome = Math.max(0, paddingToCome - 1);
            }
        }
        System.arraycopy(pending, 0, block, 0, signs);
        filled = signs;
        return n;
    }

    private int partial(int group, int signs, int n) {
        if (signs >= 2) {
            decoded[n++] = (byte) (signs == 2 ? group >> 4 : group >> 10);
        }
        if (signs == 3) {
            decoded[n++] = (byte) (group >> 2);
        }
        return n;
    }

    /** Some count padding as one of the four signs of a group, so that what stands behind it in a group is shifted. */
    @Override
    public boolean isAmbiguous() {
        return ambiguous;
    }

    /** Signs among strays behind the padding are the words of a footer that somebody has put there. */
    @Override
    public boolean isFollowed() {
        return signsBehind && straysBehind;
    }

    @Override
    public void end() throws IOException {
        if (filled == 0) {
            return;
        }
        if (filled % 4 == 0) {
            flush(Arrays.copyOf(block, filled));
        } else {
            out.accept(decoded, 0, decodeSlowly());
        }
        if (filled > 0) {
            int group = 0;
            for (int i = 0; i < filled; i++) {
                group = group << 6 | VALUES[block[i]];
            }
            out.accept(decoded, 0, partial(group, filled, 0));
            filled = 0;
        }
    }
}
