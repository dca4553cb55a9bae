package sekisho.demo.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import sekisho.demo.Stage;
import sekisho.embedded.FreePorts;
import sekisho.embedded.ProductProcess;

/**
 * What the hook can bear with little memory: one very large message, very many at once, and messages that are made to be expensive. What isn't as it
 * should be is in capitals, and the benchmark fails.
 */
final class LimitsBench {
    private static final long LARGE_OCTETS = 5L << 30;
    private static final int SESSIONS = 1_000;
    private static final long SESSION_OCTETS = 10L << 20;
    private static final long CROWD_MIB = 512;
    private static final Duration REFUSED_WITHIN = Duration.ofSeconds(1);
    private static final List<String> SMALL_HEAP = List.of("-Xmx128m", "-XX:+UseSerialGC");
    private static final List<String> CROWD_HEAP = List.of("-Xmx256m", "-XX:+UseSerialGC");
    private static final String HEAD = "From: hanako@example.co.jp\r\nTo: taro@partner.example\r\nSubject: Benchmark\r\nMIME-Version: 1.0\r\n"
            + "Content-Type: multipart/mixed; boundary=\"sekisho-bench\"\r\n\r\n--sekisho-bench\r\nContent-Type: text/plain\r\n\r\nThe file is attached.\r\n"
            + "--sekisho-bench\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"file.bin\"\r\n"
            + "Content-Transfer-Encoding: base64\r\n\r\n";
    private static final String TAIL = "--sekisho-bench--\r\n";
    /** Of the repeated content: 1,024 lines of 57 octets, which are 76 characters. */
    private static final byte[] BLOCK = random(57 << 10);
    private static final byte[] LINES = (Base64.getMimeEncoder(76, new byte[] {'\r', '\n'}).encodeToString(BLOCK) + "\r\n").getBytes(StandardCharsets.US_ASCII);

    private final Stage stage;
    private final Missed missed = new Missed();

    private LimitsBench(Stage stage) {
        this.stage = stage;
    }

    /**
     * Prints a table.
     *
     * @throws IOException also when something wasn't as it should be; it names what
     */
    static void run() throws IOException, InterruptedException {
        int sinkPort = FreePorts.take();
        var settings = Map.of("mail-hook.smart-host.port", Integer.toString(sinkPort), "mail-hook.limits.message", "8G",
                "mail-hook.limits.connections-per-client", Integer.toString(SESSIONS + 10));
        try (var folder = BenchFolder.releasingAtOnce();
                var stage = Stage.openWithoutKeycloak(Stage.Settings.forTest(folder.path()));
                var _ = Sink.start(folder.path(), sinkPort)) {
            var bench = new LimitsBench(stage);
            System.out.println("| what | heap | resident at most | result | time |\n| --- | --- | --- | --- | --- |");
            try (var mail = stage.start("mail", "mail-large", settings, SMALL_HEAP)) {
                bench.large(mail);
            }
            try (var mail = stage.start("mail", "mail-crowd", settings, CROWD_HEAP)) {
                bench.crowd(mail);
                bench.bombs();
            }
            bench.missed.requireNothing();
        }
    }

    private void large(ProductProcess mail) throws IOException {
        long begin = System.nanoTime();
        byte[] expected;
        try (var client = new SmtpClient(stage.ports().smtp())) {
            client.begin();
            expected = send(client.out(), LARGE_OCTETS);
            client.end();
            client.quit();
        }
        var time = since(begin);
        var kept = KeptFile.only(stage);
        var wrong = new ArrayList<String>();
        Missed.judge(wrong, Arrays.equals(kept.recorded(), expected), "ITS RECORDED SHA-256 IS WRONG");
        Missed.judge(wrong, Arrays.equals(kept.stored(), expected), "DAMAGED");
        row("a message with 5 GiB", SMALL_HEAP, Processes.residentAtMost(mail.process()), wrong, "taken; what is stored, read back, has its SHA-256", time);
    }

    private void crowd(ProductProcess mail) throws IOException, InterruptedException {
        var ready = new CountDownLatch(SESSIONS);
        long begin = System.nanoTime();
        int refused = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> sessions = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                sessions.add(threads.submit(() -> {
                    try (var client = new SmtpClient(stage.ports().smtp())) {
                        client.begin();
                        ready.countDown();
                        ready.await();
                        send(client.out(), SESSION_OCTETS);
                        client.end();
                        client.quit();
                    } finally {
                        ready.countDown();
                    }
                    return null;
                }));
            }
            for (var session : sessions) {
                try {
                    session.get();
                } catch (ExecutionException e) {
                    System.err.println("sekisho bench: a session ended: " + e.getCause());
                    refused++;
                }
            }
        }
        var time = since(begin);
        long resident = Processes.residentAtMost(mail.process());
        var wrong = new ArrayList<String>();
        Missed.judge(wrong, refused == 0, refused + " REFUSED");
        Missed.judge(wrong, resident <= CROWD_MIB, "MORE THAN " + CROWD_MIB + " MIB");
        row("%,d sessions with 10 MiB each, all in DATA before the first octet".formatted(SESSIONS), CROWD_HEAP, resident, wrong, "all taken", time);
    }

    private void bombs() throws IOException {
        bomb("10,000 parts", "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
                + "--b\r\nContent-Disposition: attachment\r\n\r\nx\r\n".repeat(10_000) + "--b--\r\n");
        bomb("10,000 multiparts inside each other", IntStream.range(0, 10_000).mapToObj(level ->
                "Content-Type: multipart/mixed; boundary=b" + level + "\r\n\r\n--b" + level + "\r\n").reduce(new StringBuilder(), StringBuilder::append,
                StringBuilder::append).append("\r\nx\r\n").toString());
        bomb("10,000 messages inside each other", "Content-Type: message/rfc822\r\n\r\n".repeat(10_000) + "\r\nx\r\n");
        bomb("a header of 10,000 fields", "X: y\r\n".repeat(10_000) + "\r\nx\r\n");
    }

    private void bomb(String name, String message) throws IOException {
        try (var client = new SmtpClient(stage.ports().smtp())) {
            client.begin();
            long begin = System.nanoTime();
            client.say(message);
            client.say(".\r\n");
            String reply = client.reply();
            var time = since(begin);
            var wrong = new ArrayList<String>();
            Missed.judge(wrong, reply.startsWith("5"), "NOT REFUSED");
            Missed.judge(wrong, time.compareTo(REFUSED_WITHIN) <= 0, "SLOW");
            System.out.printf("| %s | | | %s | %d ms |%n", name, (reply + " " + missed.verdict(name, wrong, "")).strip(), time.toMillis());
            client.quit();
        }
    }

    private static Duration since(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime);
    }

    /** @return the SHA-256 of the attachment */
    private static byte[] send(OutputStream out, long octets) throws IOException {
        var sha256 = sha256();
        out.write(HEAD.getBytes(StandardCharsets.US_ASCII));
        for (long sent = 0; sent < octets; sent += BLOCK.length) {
            out.write(LINES);
            sha256.update(BLOCK);
        }
        out.write(TAIL.getBytes(StandardCharsets.US_ASCII));
        return sha256.digest();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }

    private void row(String what, List<String> heap, long resident, List<String> wrong, String well, Duration time) {
        System.out.printf("| %s | %s | %d MiB | %s | %.1f s |%n", what, heap.getFirst(), resident, missed.verdict(what, wrong, well),
                time.toMillis() / 1000.0);
    }

    private static byte[] random(int octets) {
        var content = new byte[octets];
        new Random(octets).nextBytes(content);
        return content;
    }
}
