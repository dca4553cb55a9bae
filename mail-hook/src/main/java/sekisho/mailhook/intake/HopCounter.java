package sekisho.mailhook.intake;

import java.nio.charset.StandardCharsets;
import sekisho.mailhook.mime.codec.EightBit;
import sekisho.mailhook.smtp.RefusedException;
import sekisho.mailhook.smtp.SmtpReply;

/** Counts the Received fields of a message's header while it streams by (RFC 5321 §6.3), and notices octets above 127. */
final class HopCounter {

    private static final byte[] FIELD = "received:".getBytes(StandardCharsets.US_ASCII);

    private int hops;
    private int column;          // octets of this line seen so far, as long as they matter
    private boolean candidate = true;
    private boolean inBody;
    private boolean eightBit;

    void feed(byte[] octets, int offset, int length) {
        eightBit = eightBit || EightBit.isIn(octets, offset, offset + length);
        for (int i = offset; i < offset + length && !inBody; i++) {
            next(octets[i]);
        }
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

    /** @throws RefusedException when it has more Received fields, as a message in a loop gets */
    void requireAtMost(int most) throws RefusedException {
        if (hops > most) {
            throw new RefusedException(new SmtpReply(550, "5.4.6", "too many Received fields, this message is in a loop"));
        }
    }

    int hops() {
        return hops;
    }

    boolean eightBit() {
        return eightBit;
    }
}
