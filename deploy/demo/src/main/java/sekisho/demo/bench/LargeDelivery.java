package sekisho.demo.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import sekisho.demo.Stage;
import sekisho.demo.mailbox.DemoMailbox;

/**
 * One message with two files, 1 GiB and 64 MiB, that came in by SMTP and went out to many, each with a link.
 *
 * @param id     of the delivery
 * @param tokens of the links, of {@link Readers#address} 0 and so on
 */
record LargeDelivery(String id, List<String> tokens) {
    static final long LARGE_OCTETS = 1L << 30;
    static final long SMALL_OCTETS = 64L << 20;

    private static final Duration RELAY_LIMIT = Duration.ofMinutes(3);
    private static final Pattern ID = Pattern.compile("accepted as ([0-9a-f-]{36})");
    private static final Pattern LINK = Pattern.compile("/d/([A-Za-z0-9_-]{22})");
    private static final Pattern BASE64 = Pattern.compile("(?m)(?:^[A-Za-z0-9+/=]{4,76}\\r\\n)+");
    private static final int BLOCK_OCTETS = 57 << 10;

    LargeDelivery {
        tokens = List.copyOf(tokens);
    }

    /**
     * Sends it and waits for the mail with the links. The {@code mail} runnable must run, with a policy that holds nothing.
     *
     * @param plain where to write the large file as it is
     */
    static LargeDelivery send(Stage stage, DemoMailbox mailbox, int recipients, Path plain) throws IOException, InterruptedException {
        String id;
        try (var client = new SmtpClient(stage.ports().smtp()); var copy = Files.newOutputStream(plain)) {
            client.say("MAIL FROM:<hanako@example.co.jp>\r\n");
            client.expect('2');
            for (int number = 0; number < recipients; number++) {
                client.say("RCPT TO:<" + Readers.address(number) + ">\r\n");
                client.expect('2');
            }
            client.say("DATA\r\n");
            client.expect('3');
            client.say("From: hanako@example.co.jp\r\nTo: readers@partner.example\r\nSubject: Benchmark\r\nMIME-Version: 1.0\r\n"
                    + "Content-Type: multipart/mixed; boundary=\"sekisho-bench\"\r\n\r\n--sekisho-bench\r\nContent-Type: text/plain\r\n\r\nTwo files.\r\n");
            attach(client.out(), "1GiB.bin", LARGE_OCTETS, copy);
            attach(client.out(), "64MiB.bin", SMALL_OCTETS, OutputStream.nullOutputStream());
            client.say("--sekisho-bench--\r\n.\r\n");
            String reply = client.reply();
            var accepted = ID.matcher(reply);
            if (!accepted.find()) {
                throw new IOException("the hook said: " + reply);
            }
            id = accepted.group(1);
            client.quit();
        }
        return new LargeDelivery(id, links(mailbox, recipients));
    }

    private static void attach(OutputStream out, String name, long octets, OutputStream copy) throws IOException {
        out.write(("--sekisho-bench\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"" + name + "\"\r\n"
                + "Content-Transfer-Encoding: base64\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        var block = new byte[BLOCK_OCTETS];
        new Random(octets).nextBytes(block);
        byte[] lines = lines(block);
        long left = octets;
        for (; left >= block.length; left -= block.length) {
            out.write(lines);
            copy.write(block);
        }
        byte[] rest = Arrays.copyOf(block, (int) left);
        out.write(lines(rest));
        copy.write(rest);
    }

    private static byte[] lines(byte[] octets) {
        return (Base64.getMimeEncoder(76, new byte[] {'\r', '\n'}).encodeToString(octets) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static List<String> links(DemoMailbox mailbox, int recipients) throws IOException, InterruptedException {
        List<String> tokens = new ArrayList<>();
        for (int number = 0; number < recipients; number++) {
            String address = Readers.address(number);
            var found = mailbox.await(1, message -> message.to().contains(address), RELAY_LIMIT);
            if (found.isEmpty()) {
                throw new IOException("no mail came for " + address);
            }
            tokens.add(link(new String(mailbox.octets(found.getFirst()), StandardCharsets.ISO_8859_1)));
        }
        return tokens;
    }

    /** The link stands in clear, or in a base64 or quoted-printable part. */
    private static String link(String message) throws IOException {
        var text = new StringBuilder(message.replace("=\r\n", ""));
        BASE64.matcher(message).results().forEach(block -> text.append(new String(Base64.getMimeDecoder().decode(block.group()), StandardCharsets.UTF_8)));
        var link = LINK.matcher(text);
        if (!link.find()) {
            throw new IOException("a mail without a link");
        }
        return link.group(1);
    }
}
