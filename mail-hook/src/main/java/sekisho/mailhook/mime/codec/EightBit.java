package sekisho.mailhook.mime.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Octets above 127, which only an 8-bit way carries (RFC 6152). */
public final class EightBit {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGHS = 0x8080808080808080L;

    private EightBit() {
    }

    /** Whether an octet in [from, end) is one; 32 are looked at together. */
    public static boolean isIn(byte[] octets, int from, int end) {
        int i = from;
        for (; i + 32 <= end; i += 32) {
            long any = (long) LONG.get(octets, i) | (long) LONG.get(octets, i + 8) | (long) LONG.get(octets, i + 16) | (long) LONG.get(octets, i + 24);
            if ((any & HIGHS) != 0) {
                return true;
            }
        }
        for (; i < end; i++) {
            if (octets[i] < 0) {
                return true;
            }
        }
        return false;
    }
}
