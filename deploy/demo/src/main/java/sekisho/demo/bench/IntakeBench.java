package sekisho.demo.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import sekisho.demo.Stage;
import sekisho.embedded.FreePorts;
import sekisho.embedded.LocalProcess;
import sekisho.embedded.PostfixServer;
import sekisho.embedded.PostgresServer;

/**
 * How many messages a second are accepted, each durable before its 250, and how many are relayed until nothing waits any more: by the hook and
 * by Debian's Postfix, which both relay to the same sink, on one disk, in turn. A round of one begins when the other has nothing left to do.
 */
final class IntakeBench {
    private static final int CONNECTIONS = 20;
    private static final int SMALL_WARM_UP_ROUNDS = 6;
    private static final Duration DRAIN_LIMIT = Duration.ofMinutes(10);
    /** What a connection of PostgreSQL's did comes into its statistics when it has been idle for ten seconds. */
    private static final Duration STATISTICS_LATE = Duration.ofSeconds(11);
    private static final Workload SMALL = new Workload("5KiB", "5 KiB, text and HTML, no attachment", 3_000, 2, alternative(5 << 10));
    private static final Workload SMALL_FILE = new Workload("20KiB", "20 KiB attachment", 3_000, 0, withAttachment(20 << 10));
    private static final List<Workload> WORKLOADS = List.of(
            new Workload("1MiB", "1 MiB attachment", 300, 10, withAttachment(1 << 20)),
            new Workload("25MiB", "25 MiB attachment", 60, 2, withAttachment(25 << 20)),
            SMALL);

    private IntakeBench() {}

    /**
     * @param size what the command line calls it
     * @param warmUps rounds that are thrown away first
     * @param rest see {@link SmtpLoad}
     */
    private record Workload(String size, String name, int messages, int warmUps, byte[] rest) {
        double rate(Duration time) {
            return messages * 1e9 / time.toNanos();
        }
    }

    /**
     * A round.
     *
     * @param accepted from the first connection to the last 250
     * @param relayed  from the first connection to when nothing waits any more
     */
    private record Taken(Duration accepted, Duration relayed) {
    }

    /** Rounds of one server and one workload, messages a second. */
    private static final class Rates {
        private final Workload workload;
        private final List<Double> accepted = new ArrayList<>();
        private final List<Double> relayed = new ArrayList<>();

        Rates(Workload workload) {
            this.workload = workload;
        }

        void add(Server server, Taken taken) {
            accepted.add(workload.rate(taken.accepted()));
            relayed.add(workload.rate(taken.relayed()));
            System.out.printf("%s, round %d: %s accepted %.1f/s, relayed %.1f/s%n", workload.name(), accepted.size(), server.name(), accepted.getLast(), relayed.getLast());
        }
    }

    private interface Server {
        String name();

        int port();

        void drain();
    }

    static List<String> sizes() {
        return WORKLOADS.stream().map(Workload::size).toList();
    }

    /**
     * Prints a line for each round and a table of medians.
     *
     * @param size one of {@link #sizes}, or empty for all
     */
    static void run(int rounds, String size) throws IOException, InterruptedException {
        int sinkPort = FreePorts.take();
        try (var folder = BenchFolder.releasingAtOnce();
                var stage = Stage.openWithoutKeycloak(Stage.Settings.forTest(folder.path()));
                var _ = Sink.start(folder.path(), sinkPort);
                var postfix = PostfixServer.start("mail.example.co.jp", sinkPort, Map.of())) {
            stage.start("mail", "mail", Map.of("mail-hook.smart-host.port", Integer.toString(sinkPort)));
            System.out.printf("on %s, %d processors; %d connections; disk: %s%n", System.getProperty("os.name"), Runtime.getRuntime().availableProcessors(),
                    CONNECTIONS, Files.getFileStore(folder.path()).type());
            measure(stage.postgres(), hook(stage), postfix(postfix), rounds, size);
        }
    }

    private static void measure(PostgresServer postgres, Server hook, Server theirs, int rounds, String size) throws IOException, InterruptedException {
        var rates = new ArrayList<String>();
        var commits = new ArrayList<String>();
        Commits.countTime(postgres);
        warmUp(hook);
        for (var workload : WORKLOADS) {
            if (!size.isEmpty() && !workload.size().equals(size)) {
                continue;
            }
            for (var server : List.of(hook, theirs)) {
                for (int round = 1; round <= workload.warmUps(); round++) {
                    warmUp(server, workload);
                }
            }
            var hooks = new Rates(workload);
            var postfixs = new Rates(workload);
            var written = Commits.NONE;
            var first = settled(postgres);
            for (int round = 1; round <= rounds; round++) {
                var before = Commits.now(postgres);
                hooks.add(hook, once(hook, workload));
                written = written.plus(Commits.now(postgres).minus(before));
                postfixs.add(theirs, once(theirs, workload));
            }
            rates.add(row(workload, hooks, postfixs));
            commits.add(row(workload, written, settled(postgres).minus(first)));
        }
        System.out.println("""

            | messages | hook, accepted/s | Postfix, accepted/s | hook : Postfix | hook, relayed/s | Postfix, relayed/s | hook : Postfix |
            | --- | --- | --- | --- | --- | --- | --- |""");
        rates.forEach(System.out::println);
        System.out.println("""

            | messages | accepted by one commit | commits that write, a message | WAL, KiB a message | a flush of the WAL, ms |
            | --- | --- | --- | --- | --- |""");
        commits.forEach(System.out::println);
        System.out.printf("%na commit of nothing else, one after another: %.2f ms%n", Commits.alone(postgres));
    }

    private static String row(Workload workload, Rates hook, Rates postfix) {
        double ours = median(hook.accepted);
        double theirs = median(postfix.accepted);
        double oursRelayed = median(hook.relayed);
        double theirsRelayed = median(postfix.relayed);
        return String.format("| %d × %s | %.1f | %.1f | %.2f | %.1f | %.1f | %.2f |", workload.messages(), workload.name(), ours, theirs, ours / theirs,
                oursRelayed, theirsRelayed, oursRelayed / theirsRelayed);
    }

    /** @param flushes all that happened meanwhile, so that only their mean says something */
    private static String row(Workload workload, Commits written, Commits flushes) {
        double messages = written.accepted();
        return String.format("| %d × %s | %.1f | %.2f | %.1f | %.2f |", workload.messages(), workload.name(), messages / written.accepting(),
                written.writing() / messages, written.walOctets() / messages / 1024, flushes.flushMillis() / flushes.flushes());
    }

    private static Commits settled(PostgresServer postgres) throws InterruptedException {
        Thread.sleep(STATISTICS_LATE);
        return Commits.now(postgres);
    }

    /** A program that runs for months is warm: the hook's code is compiled as it runs, and small messages go through most of it. */
    private static void warmUp(Server hook) throws IOException, InterruptedException {
        for (int round = 1; round <= SMALL_WARM_UP_ROUNDS; round++) {
            warmUp(hook, SMALL);
            warmUp(hook, SMALL_FILE);
        }
    }

    private static void warmUp(Server server, Workload workload) throws IOException, InterruptedException {
        var taken = once(server, workload);
        System.out.printf("%s, warming up %s: accepted %.1f/s, relayed %.1f/s%n", workload.name(), server.name(), workload.rate(taken.accepted()),
                workload.rate(taken.relayed()));
    }

    private static Taken once(Server server, Workload workload) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        var accepted = new SmtpLoad(server.port(), CONNECTIONS, workload.messages(), workload.rest()).run();
        server.drain();
        return new Taken(accepted, Duration.ofNanos(System.nanoTime() - begin));
    }

    static double median(List<Double> values) {
        var sorted = values.stream().sorted().toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }

    private static Server hook(Stage stage) {
        return new Server() {
            @Override
            public String name() {
                return "hook";
            }

            @Override
            public int port() {
                return stage.ports().smtp();
            }

            @Override
            public void drain() {
                stage.postgres().process().await(DRAIN_LIMIT, () -> waiting(stage) == 0);
            }
        };
    }

    private static long waiting(Stage stage) {
        try (var connection = stage.postgres().connect(stage.postgres().owner());
                var select = connection.prepareStatement("select count(*) from outbox where state in ('DUE', 'CLAIMED')");
                var rows = select.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot count what waits: " + e.getMessage(), e);
        }
    }

    private static Server postfix(PostfixServer postfix) {
        return new Server() {
            @Override
            public String name() {
                return "Postfix";
            }

            @Override
            public int port() {
                return postfix.port();
            }

            @Override
            public void drain() {
                postfix.process().await(DRAIN_LIMIT, () -> postfix.queued() == 0);
            }
        };
    }

    private static byte[] withAttachment(int octets) {
        var content = new byte[octets];
        new Random(octets).nextBytes(content);
        return (header("multipart/mixed; boundary=\"sekisho-bench\"") + "--sekisho-bench\r\nContent-Type: text/plain\r\n\r\nThe file is attached.\r\n"
                + "--sekisho-bench\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"file.bin\"\r\n"
                + "Content-Transfer-Encoding: base64\r\n\r\n" + Base64.getMimeEncoder(76, new byte[] {'\r', '\n'}).encodeToString(content)
                + "\r\n--sekisho-bench--\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** A text and the same in HTML, as mail programs write them; as many lines of both as there is room for. */
    private static byte[] alternative(int octets) {
        String part = "--sekisho-bench\r\nContent-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";
        String head = header("multipart/alternative; boundary=\"sekisho-bench\"") + part.formatted("plain");
        String middle = "\r\n" + part.formatted("html") + "<!DOCTYPE html><html><body style=3D\"margin:0\">\r\n";
        String end = "</body></html>\r\n--sekisho-bench--\r\n";
        String line = "The quick brown fox jumps over the lazy dog, again and again.\r\n";
        String html = "<p>" + line.strip() + "</p>\r\n";
        int lines = (octets - head.length() - middle.length() - end.length()) / (line.length() + html.length());
        return (head + line.repeat(lines) + middle + html.repeat(lines) + end).getBytes(StandardCharsets.US_ASCII);
    }

    private static String header(String type) {
        return "From: hanako@example.co.jp\r\nTo: taro@partner.example\r\nSubject: Benchmark\r\nDate: Sun, 22 Nov 2026 10:00:00 +0900\r\n"
                + "MIME-Version: 1.0\r\nContent-Type: " + type + "\r\n\r\n";
    }
}
