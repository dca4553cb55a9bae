package sekisho.mailhook.mime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Finds lines that begin with two dashes, looking at 32 octets at a time: most mail is base64, which has no dash. */
final class LineStarts {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long DASHES = ONES * '-';

    private LineStarts() {
    }

    /**
     * The first place at or after {@code scan} where two dashes follow a CR or LF that lies at or after {@code begin}.
     *
     * @return −1 when there is none before {@code end}
     */
    static int dashes(byte[] b, int begin, int scan, int end) {
        int i = Math.max(scan, begin + 1);
        while (i + 1 < end) {
            i = dash(b, i, end);
            if (i + 1 >= end) {
                return -1;
            }
            if (b[i + 1] == '-' && (b[i - 1] == '\n' || b[i - 1] == '\r')) {
                return i;
            }
            i++;
        }
        return -1;
    }

    /** The first dash at or after {@code from}, or {@code end}. */
    private static int dash(byte[] b, int from, int end) {
        int i = from;
        while (i + 32 <= end && (zeros(b, i) | zeros(b, i + 8) | zeros(b, i + 16) | zeros(b, i + 24)) == 0) {
            i += 32;
        }
        for (; i + 8 <= end; i += 8) {
            long zeros = zeros(b, i);
            if (zeros != 0) {
                return i + (Long.numberOfTrailingZeros(zeros) >> 3);
            }
        }
        while (i < end && b[i] != '-') {
            i++;
        }
        return i;
    }

    /** The highest bit of the lowest octet that is a dash is set; 0 when none of the eight is one. */
    private static long zeros(byte[] b, int at) {
        long other = (long) LONG.get(b, at) ^ DASHES;
        return other - ONES & ~other & HIGHS;
    }

    /** From where the window must be kept because a delimiter, with the line end before it, may begin there. */
    static int heldBack(byte[] b, int begin, int end) {
        int at = end;
        if (at > begin && b[at - 1] == '-') {
            at--;
        }
        if (at == begin || b[at - 1] != '\n' && b[at - 1] != '\r') {
            return end;
        }
        at--;
        return b[at] == '\n' && at > begin && b[at - 1] == '\r' ? at - 1 : at;
    }
}
