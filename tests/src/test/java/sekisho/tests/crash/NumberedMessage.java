package sekisho.tests.crash;

import java.nio.charset.StandardCharsets;
import java.util.List;
import sekisho.tests.Messages;

/**
 * A message that its number tells everything about: whether it has attachments, how large they are, what is in them and who gets it.
 *
 * @param attachments what each must hold when it is opened
 */
record NumberedMessage(int number, byte[] octets, List<byte[]> attachments, List<String> recipients) {

    static final String SENDER = "hanako@example.co.jp";
    static final String OUTSIDE = "taro@partner.example";
    static final String INSIDE = "ichiro@example.co.jp";

    /** Around the edges of a segment, and some that take time to send. */
    private static final int[] SIZES = {1, 65_535, 65_536, 200_000, 700_000, 1_500_000};

    static String subject(int number) {
        return "crash " + number;
    }

    static NumberedMessage of(int number) {
        var recipients = number % 4 == 0 ? List.of(OUTSIDE, INSIDE) : List.of(OUTSIDE);
        if (number % 3 == 0) {
            return new NumberedMessage(number, Messages.plain(subject(number), "Nothing attached."), List.of(), recipients);
        }
        var first = Messages.octets(2_000, number);
        var second = Messages.octets(SIZES[number / 3 % SIZES.length], -number);
        return new NumberedMessage(number, Messages.twoAttachments(subject(number), first, second), List.of(first, second), recipients);
    }

    /** As the octets stand in a copy that was not to be changed. */
    String text() {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }
}
