package sekisho.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * A message that is one {@code winmail.dat}. What begins with the mark of TNEF is it as it is. Anything else says which attributes it has, in
 * pieces of an id, a length and so many octets, and the frames around them are right, so that what is in them is reached.
 */
public final class TnefTarget {

    private static final byte[] SIGNATURE = {0x78, (byte) 0x9F, 0x3E, 0x22, 1, 0};
    private static final int MARK = 4;
    private static final int[] IDS = {0x8005, 0x800C, 0x800F, 0x8010, 0x9001, 0x9002, 0x9003, 0x9005, 0x9006, 0x9007, 0xFFFF};
    private static final byte[] HEADER = ("From: a@example.co.jp\r\nTo: b@partner.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
        + "Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n").getBytes(StandardCharsets.US_ASCII);

    private TnefTarget() {
    }

    /** As of {@link SplitterTarget}. */
    public static void fuzzerInitialize() {
        SplitterTarget.fuzzerInitialize();
    }

    public static void fuzzerTestOneInput(byte[] octets) {
        boolean whole = octets.length >= MARK && Arrays.equals(octets, 0, MARK, SIGNATURE, 0, MARK);
        var message = new ByteArrayOutputStream();
        message.writeBytes(HEADER);
        message.writeBytes(Base64.getMimeEncoder(76, new byte[] {'\r', '\n'}).encode(whole ? octets : framed(octets)));
        message.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        SplitterTarget.fuzzerTestOneInput(message.toByteArray());
    }

    private static byte[] framed(byte[] plan) {
        var tnef = new ByteArrayOutputStream();
        tnef.writeBytes(SIGNATURE);
        for (int at = 0; at + 2 <= plan.length; ) {
            int id = IDS[(plan[at] & 0xFF) % IDS.length];
            int length = Math.min(4 * (plan[at + 1] & 0xFF), plan.length - at - 2);
            tnef.write(id < 0x9002 && id != 0x8005 && id != 0x800C ? 2 : 1);
            number(tnef, id, 2);
            number(tnef, 6, 2);
            number(tnef, length, 4);
            tnef.write(plan, at + 2, length);
            int sum = 0;
            for (int i = at + 2; i < at + 2 + length; i++) {
                sum += plan[i] & 0xFF;
            }
            number(tnef, sum, 2);
            at += 2 + length;
        }
        return tnef.toByteArray();
    }

    /** Least significant octet first. */
    private static void number(ByteArrayOutputStream out, int value, int octets) {
        for (int i = 0; i < octets; i++) {
            out.write(value >> 8 * i);
        }
    }
}
