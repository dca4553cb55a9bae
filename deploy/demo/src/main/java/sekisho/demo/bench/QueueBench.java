package sekisho.demo.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import sekisho.demo.Stage;
import sekisho.embedded.FreePorts;

/**
 * How long mail to a live host takes from its acceptance to the host's 250, in the product's own rows: while nothing else waits, and while ten
 * thousand messages wait for one host that takes connections and never says a word, and the thousand copies of another for one that refuses them.
 */
final class QueueBench {
    private static final int CONNECTIONS = 20;
    private static final int LIVE = 2_000;
    private static final int WARM_UPS = 4;
    private static final int FOR_THE_SILENT = 10_000;
    private static final int FOR_THE_REFUSING = 1_000;
    private static final Duration LIMIT = Duration.ofMinutes(5);
    /** Of the rate alone: less than this is slowed, and not a round's own difference. */
    private static final double UNSLOWED = 0.8;
    private static final String WAITS = "From: hanako@example.co.jp\r\nSubject: Waits\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\n"
        + "Content-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\n1,2\r\n--b--\r\n";

    private QueueBench() {}

    private record Round(double messagesPerSecond, double median, double worst) {
        @Override
        public String toString() {
            return String.format("%.0f | %.0f | %.0f", messagesPerSecond, median, worst);
        }
    }

    /**
     * Prints a line for each round, and a table.
     *
     * @throws IOException when mail to the live host is slowed by what waits, too
     */
    static void run(int rounds) throws IOException, InterruptedException {
        int sinkPort = FreePorts.take();
        try (var folder = BenchFolder.releasingAtOnce();
                var stage = Stage.openWithoutKeycloak(Stage.Settings.forTest(folder.path()));
                var _ = Sink.start(folder.path(), sinkPort);
                var silent = new Silent()) {
            stage.start("mail", "mail", Map.of("mail-hook.smart-host.port", Integer.toString(sinkPort),
                "mail-hook.routes.refusing.domains", "refusing.example", "mail-hook.routes.refusing.via", "127.0.0.1:" + FreePorts.take(),
                "mail-hook.routes.silent.domains", "silent.example", "mail-hook.routes.silent.via", "127.0.0.1:" + silent.port()));
            for (int i = 1; i <= WARM_UPS; i++) {
                System.out.println("warming up: " + live(stage));
            }
            var table = new StringBuilder("\n| waiting for dead hosts | round | live messages/s | median, ms | slowest, ms |\n| --- | --- | --- | --- | --- |\n");
            double alone = rounds(stage, rounds, table);
            oneToMany(stage, "refusing.example");
            new SmtpLoad(stage.ports().smtp(), CONNECTIONS, FOR_THE_SILENT, "taro@silent.example", WAITS.getBytes(StandardCharsets.US_ASCII)).run();
            double beside = rounds(stage, rounds, table);
            System.out.print(table);
            var missed = new Missed();
            var slowed = new ArrayList<String>();
            Missed.judge(slowed, beside >= UNSLOWED * alone, "SLOWED");
            System.out.printf("%nbeside dead hosts : alone, medians: %.2f, %s%n", beside / alone, missed.verdict("mail to a live host", slowed, "not slowed"));
            missed.requireNothing();
        }
    }

    /** @return the median of the rates, messages a second */
    private static double rounds(Stage stage, int rounds, StringBuilder table) throws IOException, InterruptedException {
        var rates = new ArrayList<Double>();
        for (int round = 1; round <= rounds; round++) {
            long before = waiting(stage);
            var live = live(stage);
            rates.add(live.messagesPerSecond());
            var line = String.format("| %,d | %d | %s |%n", before, round, live);
            System.out.print(line);
            table.append(line);
        }
        return IntakeBench.median(rates);
    }

    private static long waiting(Stage stage) {
        return (long) number(stage, "select count(*) from outbox where state in ('DUE', 'CLAIMED')");
    }

    private static Round live(Stage stage) throws IOException, InterruptedException {
        double begin = number(stage, "select extract(epoch from clock_timestamp())");
        String ours = " from outbox where kind = 'ORIGINAL' and created_at > to_timestamp(" + String.format("%.6f", begin) + ")";
        new SmtpLoad(stage.ports().smtp(), CONNECTIONS, LIVE, ("From: hanako@example.co.jp\r\nTo: taro@partner.example\r\nSubject: Lives\r\n\r\n" + "x".repeat(1000) + "\r\n")
            .getBytes(StandardCharsets.US_ASCII)).run();
        stage.postgres().process().await(LIMIT, () -> number(stage, "select count(*)" + ours + " and state = 'SENT'") == LIVE);
        return new Round(LIVE / number(stage, "select extract(epoch from max(settled_at) - min(created_at))" + ours),
            1000 * number(stage, "select percentile_cont(0.5) within group (order by extract(epoch from settled_at - created_at))" + ours),
            1000 * number(stage, "select max(extract(epoch from settled_at - created_at))" + ours));
    }

    /** Each recipient gets a copy of their own, since it carries their own link. */
    private static void oneToMany(Stage stage, String domain) throws IOException {
        try (var client = new SmtpClient(stage.ports().smtp())) {
            client.say("MAIL FROM:<hanako@example.co.jp>\r\n");
            client.expect('2');
            for (int i = 0; i < FOR_THE_REFUSING; i++) {
                client.say("RCPT TO:<r" + i + "@" + domain + ">\r\n");
                client.expect('2');
            }
            client.say("DATA\r\n");
            client.expect('3');
            client.say(WAITS);
            client.end();
            client.quit();
        }
    }

    private static double number(Stage stage, String query) {
        try (var connection = stage.postgres().connect(stage.postgres().owner()); var select = connection.prepareStatement(query); var rows = select.executeQuery()) {
            rows.next();
            return rows.getDouble(1);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot look into the queue: " + e.getMessage(), e);
        }
    }

    /** A host that takes connections and says nothing. */
    private static final class Silent implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final Set<Socket> taken = ConcurrentHashMap.newKeySet();

        Silent() throws IOException {
            Thread.ofVirtual().start(() -> {
                while (!server.isClosed()) {
                    try {
                        taken.add(server.accept());
                    } catch (IOException _) {
                        return;
                    }
                }
            });
        }

        int port() {
            return server.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            server.close();
            for (var socket : taken) {
                socket.close();
            }
        }
    }
}
