package sekisho.mailhook.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sekisho.mailhook.smtp.SmtpSettings.BareNewlines;

/** The reader of DATA against a few lines that say the same in a slow way, over text made of what is dangerous, cut at every place. */
class DataReaderTest {
    private static final String[] PIECES = {"\r", "\n", ".", "\r\n", "\r\n.", "\r\n.\r", "a", "bc", "\0", "\r\n..", "é"};

    /** What strict reading makes of octets up to the first CRLF.CRLF. */
    private record Expected(String text, boolean refused, boolean converted, String rest) {
        static Expected of(String octets, boolean normalise) {
            String whole = "\r\n" + octets;
            int end = whole.indexOf("\r\n.\r\n");
            String text = whole.substring(0, end + 2).replace("\r\n.", "\r\n").substring(2);
            boolean bare = text.replace("\r\n", "").matches("(?s).*[\r\n].*");
            String canonical = text.replaceAll("(?<!\r)\n|\r(?!\n)", "\r\n");
            return new Expected(normalise ? canonical : text, bare && !normalise || text.contains("\0"), bare && normalise, whole.substring(end + 5));
        }
    }

    @Test
    void itReadsLikeTheSlowWay() throws IOException {
        for (BareNewlines bareNewlines : BareNewlines.values()) {
            var transactions = new InMemoryTransactions();
            var random = new Random(20261122);
            try (var listener = SmtpListener.start(SmtpSettings.loopback(0).withBareNewlines(bareNewlines), transactions);
                 var dialogue = Dialogue.greeted(listener.port())) {
                for (int round = 0; round < 1500; round++) {
                    StringBuilder made = new StringBuilder();
                    for (int i = random.nextInt(14); i > 0; i--) {
                        made.append(PIECES[random.nextInt(PIECES.length)]);
                    }
                    Expected expected = Expected.of(made + "\r\n.\r\n", bareNewlines == BareNewlines.NORMALISE);
                    if (!expected.rest.isEmpty()) {
                        continue;   // ended earlier: the rest would be commands, as it must
                    }
                    exchange(dialogue, (made + "\r\n.\r\n").getBytes(StandardCharsets.ISO_8859_1), random,
                            expected.refused ? "550 5.6.11" : "250 2.6.0");
                    if (!expected.refused) {
                        var accepted = transactions.accepted.removeLast();
                        assertThat(accepted.text()).as(() -> "of " + made).isEqualTo(expected.text);
                        assertThat(accepted.converted()).as(() -> "of " + made).isEqualTo(expected.converted);
                    }
                    assertThat(transactions.accepted).isEmpty();
                }
            }
        }
    }

    private static void exchange(Dialogue dialogue, byte[] octets, Random random, String reply) throws IOException {
        dialogue.say("MAIL FROM:<a@example.co.jp>");
        dialogue.expect("250");
        dialogue.say("RCPT TO:<b@partner.example>");
        dialogue.expect("250");
        dialogue.say("DATA");
        dialogue.expect("354");
        for (int done = 0; done < octets.length; ) {
            int part = Math.min(octets.length - done, 1 + random.nextInt(4));
            byte[] some = new byte[part];
            System.arraycopy(octets, done, some, 0, part);
            dialogue.send(some);
            done += part;
        }
        dialogue.expect(reply);
    }

    @Test
    void theEndIsSeenWhereverTheBufferEnds() throws IOException {
        var transactions = new InMemoryTransactions();
        try (var listener = SmtpListener.start(SmtpSettings.loopback(0), transactions); var dialogue = Dialogue.greeted(listener.port())) {
            for (int size = 16 * 1024 - 12; size <= 16 * 1024 + 2; size++) {
                String text = "x".repeat(size) + "\r\n..y\r\n";
                dialogue.say("MAIL FROM:<a@example.co.jp>\r\nRCPT TO:<b@partner.example>\r\nDATA");
                dialogue.expect("250");
                dialogue.expect("250");
                dialogue.expect("354");
                dialogue.send((text + ".\r\n").getBytes(StandardCharsets.US_ASCII));
                dialogue.expect("250 2.6.0");
                assertThat(transactions.accepted.removeLast().text()).isEqualTo(text.replace("..", "."));
            }
        }
    }
}
