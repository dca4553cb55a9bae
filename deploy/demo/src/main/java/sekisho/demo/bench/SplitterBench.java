package sekisho.demo.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;

import sekisho.mailhook.mime.AttachmentHead;
import sekisho.mailhook.mime.AttachmentSink;
import sekisho.mailhook.mime.MessageSplitter;
import sekisho.mailhook.mime.SplitLimits;
import sekisho.mailhook.mime.SplitResult;
import sekisho.mailhook.mime.SplitSink;
import sekisho.mailhook.mime.codec.Base64Decoder;

/**
 * How fast a message goes through the splitter, on one core and without what comes behind it (hash, seal, disk), and what its share of that is
 * looking for boundaries and what is base64. Counted is the processor time of the one thread, so that other work on the machine matters little.
 */
final class SplitterBench {

    private static final int CONTENT = 48 << 20;   // 64 MiB and the line ends, in base64
    private static final int BLOCK = 16 * 1024;

    private long sum;   // so that nothing is optimised away

    private SplitterBench() {}

    /** Prints a table of medians. */
    static void run(int rounds) {
        new SplitterBench().measure(rounds);
    }

    private void measure(int rounds) {
        byte[] content = new byte[CONTENT];
        new Random(1).nextBytes(content);
        byte[] lines = Base64.getMimeEncoder().encode(content);
        byte[] encoded = message("base64", lines);
        byte[] plain = message("7bit", lines);
        byte[] text = ("Subject: x\r\n\r\n" + "A line of text as people write it, begin to end.\r\n".repeat(CONTENT / 50)).getBytes(StandardCharsets.US_ASCII);
        System.out.printf("%d processors; MB/s of message, of one processor's time; medians of %d rounds%n%n| what | MB/s |%n| --- | --- |%n",
                Runtime.getRuntime().availableProcessors(), rounds);
        row("a base64 attachment, split and decoded", rounds, encoded.length, () -> split(encoded, false));
        row("the same, the original kept too", rounds, encoded.length, () -> split(encoded, true));
        row("the same octets without an encoding: looking for boundaries alone", rounds, plain.length, () -> split(plain, false));
        row("the same lines through the base64 decoder alone", rounds, lines.length, () -> decode(lines));
        row("a text without an attachment", rounds, text.length, () -> split(text, false));
        row("copying the message in memory, block by block", rounds, encoded.length, () -> copy(encoded));
    }

    private static void row(String what, int rounds, int octets, ProcessorTime.Work work) {
        System.out.printf("| %s | %.0f |%n", what, octets / 1e6 / ProcessorTime.of(rounds, work));
    }

    private static byte[] message(String encoding, byte[] body) {
        byte[] before = ("Subject: x\r\nContent-Type: multipart/mixed; boundary=\"=_part_0123456789\"\r\n\r\n--=_part_0123456789\r\n\r\ntext\r\n"
                + "--=_part_0123456789\r\nContent-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] behind = "\r\n--=_part_0123456789--\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] message = java.util.Arrays.copyOf(before, before.length + body.length + behind.length);
        System.arraycopy(body, 0, message, before.length, body.length);
        System.arraycopy(behind, 0, message, before.length + body.length, behind.length);
        return message;
    }

    private void split(byte[] message, boolean keep) throws IOException {
        var splitter = new MessageSplitter(SplitLimits.defaults(), new SplitSink() {
            @Override
            public void spool(byte[] octets, int offset, int length) {
                sum += octets[offset];
            }

            @Override
            public AttachmentSink open(AttachmentHead head) {
                return new Discarding();
            }
        }, keep);
        for (int at = 0; at < message.length; at += BLOCK) {
            splitter.feed(message, at, Math.min(BLOCK, message.length - at));
        }
        if (!(splitter.end() instanceof SplitResult.Split)) {
            throw new IllegalStateException("the message of the benchmark was refused");
        }
    }

    private void decode(byte[] lines) throws IOException {
        var decoder = new Base64Decoder((octets, offset, _) -> sum += octets[offset]);
        for (int at = 0; at < lines.length; at += BLOCK) {
            decoder.decode(lines, at, Math.min(BLOCK, lines.length - at));
        }
        decoder.end();
    }

    private void copy(byte[] message) {
        byte[] to = new byte[BLOCK];
        for (int at = 0; at < message.length; at += BLOCK) {
            System.arraycopy(message, at, to, 0, Math.min(BLOCK, message.length - at));
            sum += to[0];
        }
    }

    private final class Discarding implements AttachmentSink {
        @Override
        public void write(byte[] octets, int offset, int length) {
            sum += octets[offset];
        }

        @Override
        public void finish(long decodedOctets) {
            sum += decodedOctets;
        }

        @Override
        public void withdraw() {
            sum++;
        }
    }
}
