package sekisho.mailhook.intake;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Counts the Received fields of a message's header while it streams by (RFC 5321 §6.3), and notices octets above 127. */
final class HopCounter {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGHS = 0x8080808080808080L;

    private static final byte[] FIELD = "received:".getBytes(StandardCharsets.US_ASCII);

    private int hops;
    private int column;          // octets of this line seen so far, as long as they matter
    private boolean candidate = true;
    private boolean inBody;
    private boolean eightBit;

    void feed(byte[] octets, int offset, int length) {
        eightBit = eightBit || hasHigh(octets, offset, offset + length);
        for (int i = offset; i < offset + length && !inBody; i++) {
            next(octets[i]);
        }
    }

    /** Whether an octet in [from, end) is beyond US-ASCII; 32 are looked at together. */
    private static boolean hasHigh(byte[] octets, int from, int end) {
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

    private void next(byte octet) {
        if (octet == '\n') {
            inBody = column == 0;
            column = 0;
            candidate = true;
        } else if (octet != '\r') {
            candidate = candidate && column < FIELD.length && lower(octet) == FIELD[column];
            column++;
            if (candidate && column == FIELD.length) {
                hops++;
                candidate = false;
            }
        }
    }

    private static int lower(byte octet) {
        return octet >= 'A' && octet <= 'Z' ? octet + 32 : octet;
    }

    int hops() {
        return hops;
    }

    boolean eightBit() {
        return eightBit;
    }
}
