package sekisho.demo.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.IntStream;
import sekisho.demo.Stage;
import sekisho.embedded.FreePorts;
import sekisho.embedded.ProductProcess;
import sekisho.gateway.files.FileRecord;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.RecordKey;
import sekisho.storage.WrappedKey;

/** What the hook can bear with little memory: one very large message, very many at once, and messages that are made to be expensive. */
final class LimitsBench {
    private static final long LARGE_OCTETS = 5L << 30;
    private static final int SESSIONS = 1_000;
    private static final long SESSION_OCTETS = 10L << 20;
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

    private LimitsBench() {}

    /** Prints a table. */
    static void run() throws IOException, InterruptedException {
        Path folder = Sink.folder();
        int sinkPort = FreePorts.take();
        var settings = Map.of("mail-hook.smart-host.port", Integer.toString(sinkPort), "mail-hook.limits.message", "8G",
                "mail-hook.limits.connections-per-client", Integer.toString(SESSIONS + 10));
        try (var stage = Stage.openWithoutKeycloak(Stage.Settings.forTest(folder)); var _ = Sink.start(folder, sinkPort)) {
            System.out.println("| what | heap | resident at most | result | time |\n| --- | --- | --- | --- | --- |");
            try (var mail = stage.start("mail", "mail-large", settings, SMALL_HEAP)) {
                large(stage, mail);
            }
            try (var mail = stage.start("mail", "mail-crowd", settings, CROWD_HEAP)) {
                crowd(stage, mail);
                bombs(stage);
            }
        }
    }

    private static void large(Stage stage, ProductProcess mail) throws IOException {
        long begin = System.nanoTime();
        byte[] expected;
        try (var client = new SmtpClient(stage.ports().smtp())) {
            client.begin();
            expected = send(client.out(), LARGE_OCTETS);
            client.end();
            client.quit();
        }
        var time = Duration.ofNanos(System.nanoTime() - begin);
        row("a message with 5 GiB", SMALL_HEAP, Processes.residentAtMost(mail.process()), Arrays.equals(sha256(stage), expected) ? "taken, its SHA-256 is right" : "DAMAGED", time);
    }

    private static void crowd(Stage stage, ProductProcess mail) throws IOException, InterruptedException {
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
        row("%,d sessions with 10 MiB each, all in DATA before the first octet".formatted(SESSIONS), CROWD_HEAP, Processes.residentAtMost(mail.process()),
                refused == 0 ? "all taken" : refused + " REFUSED", Duration.ofNanos(System.nanoTime() - begin));
    }

    private static void bombs(Stage stage) throws IOException {
        bomb(stage, "10,000 parts", "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
                + "--b\r\nContent-Disposition: attachment\r\n\r\nx\r\n".repeat(10_000) + "--b--\r\n");
        bomb(stage, "10,000 multiparts inside each other", IntStream.range(0, 10_000).mapToObj(level ->
                "Content-Type: multipart/mixed; boundary=b" + level + "\r\n\r\n--b" + level + "\r\n").reduce(new StringBuilder(), StringBuilder::append,
                StringBuilder::append).append("\r\nx\r\n").toString());
        bomb(stage, "10,000 messages inside each other", "Content-Type: message/rfc822\r\n\r\n".repeat(10_000) + "\r\nx\r\n");
        bomb(stage, "a header of 10,000 fields", "X: y\r\n".repeat(10_000) + "\r\nx\r\n");
    }

    private static void bomb(Stage stage, String name, String message) throws IOException {
        Function<Long, Duration> since = nanos -> Duration.ofNanos(System.nanoTime() - nanos);
        try (var client = new SmtpClient(stage.ports().smtp())) {
            client.begin();
            long begin = System.nanoTime();
            client.say(message);
            client.say(".\r\n");
            System.out.printf("| %s | | | %s | %d ms |%n", name, client.reply(), since.apply(begin).toMillis());
            client.quit();
        }
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

    /** Of the only file there is. */
    private static byte[] sha256(Stage stage) throws IOException {
        try (var connection = stage.postgres().connect(stage.postgres().owner());
                var select = connection.prepareStatement("select * from file");
                var rows = select.executeQuery()) {
            rows.next();
            var place = new Place(rows.getObject("delivery_id", UUID.class), rows.getObject("id", UUID.class));
            var wrap = new WrappedKey(rows.getString("record_wrap_algorithm"), rows.getInt("record_wrap_version"), rows.getBytes("record_wrap"));
            var key = RecordKey.unwrap(OpeningKey.load(stage.keys().resolve("records.private")), wrap, place);
            return FileRecord.open(key, rows.getBytes("record")).sha256();
        } catch (SQLException e) {
            throw new IOException("cannot read what was kept of the file: " + e.getMessage(), e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }

    private static void row(String what, List<String> heap, long resident, String result, Duration time) {
        System.out.printf("| %s | %s | %d MiB | %s | %.1f s |%n", what, heap.getFirst(), resident, result, time.toMillis() / 1000.0);
    }

    private static byte[] random(int octets) {
        var content = new byte[octets];
        new Random(octets).nextBytes(content);
        return content;
    }
}
