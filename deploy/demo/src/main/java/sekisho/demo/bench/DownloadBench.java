package sekisho.demo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import sekisho.demo.Stage;
import sekisho.demo.mailbox.DemoMailbox;
import sekisho.embedded.FormBrowser;
import sekisho.embedded.LocalProcess;
import sekisho.embedded.NginxServer;

/**
 * How fast a file of 1 GiB is served out of the directory store, beside Debian's nginx with the same file as it is, in turn, and what many slow
 * readers cost. What is read is thrown away. What many slow readers may cost is judged: what isn't as it should be is in capitals, and the benchmark fails.
 */
final class DownloadBench {
    /** What can be measured by itself. */
    static final Set<String> PARTS = Set.of("one", "many", "slow");

    private static final int STREAMS = 100;
    private static final int SLOW_READERS = 1_000;
    private static final Duration SLOW_TIME = Duration.ofSeconds(20);
    private static final long CROWD_MIB = 512;
    private static final long SLOWEST_OCTETS = 95 << 10;
    private static final Duration CUT_WITHIN = Duration.ofSeconds(1);
    private static final long RANGE_OCTETS = 16L << 20;
    private static final int BUFFER = 256 << 10;
    private static final int WARM_UP_ROUNDS = 40;
    /** The product lets one person have so many at once of one file, and twice as many of all. */
    private static final int READS_PER_FILE = 6;
    private static final int FILES = 2;
    private static final int RECIPIENTS = (SLOW_READERS + READS_PER_FILE * FILES - 1) / (READS_PER_FILE * FILES);
    private static final List<String> HEAP = List.of("-Xmx512m", "-XX:+UseSerialGC");
    private static final List<String> SMALL_HEAP = List.of("-Xmx192m", "-XX:+UseSerialGC");

    private final Stage stage;
    private final LargeDelivery delivery;
    private final NginxServer nginx;
    private final Missed missed = new Missed();

    private DownloadBench(Stage stage, LargeDelivery delivery, NginxServer nginx) {
        this.stage = stage;
        this.delivery = delivery;
        this.nginx = nginx;
    }

    private record Measured(double megabytesPerSecond, double processorSecondsPerGiB) {}

    private record Comparison(String what, List<Measured> web, List<Measured> nginx) {
        String row() {
            double ours = IntakeBench.median(web.stream().map(Measured::megabytesPerSecond).toList());
            double theirs = IntakeBench.median(nginx.stream().map(Measured::megabytesPerSecond).toList());
            return "| %s | %.0f | %.0f | %.2f | %.2f s | %.2f s |".formatted(what, ours, theirs, ours / theirs,
                    IntakeBench.median(web.stream().map(Measured::processorSecondsPerGiB).toList()),
                    IntakeBench.median(nginx.stream().map(Measured::processorSecondsPerGiB).toList()));
        }
    }

    /** What is asked for by each of some streams; anew for each round, since a ticket is used up by a whole file. */
    private interface Streams {
        List<HttpDownload.Request> next() throws IOException, InterruptedException;
    }

    /**
     * Prints a line for each round and two tables.
     *
     * @param part one of {@link #PARTS}, or empty for all
     * @throws IOException also when something wasn't as it should be; it names what
     */
    static void run(int rounds, String part) throws IOException, InterruptedException {
        try (var folder = BenchFolder.make()) {
            Files.writeString(folder.path().resolve("policy.yaml"), """
                    inside: [example.co.jp]
                    rules:
                      - name: at once
                        when: { sender: inside }
                        then: { attachments: link, hold: none, expires: 1d, downloads: 1000 }
                    """);
            run(folder.path(), rounds, part);
        }
    }

    private static void run(Path folder, int rounds, String part) throws IOException, InterruptedException {
        var settings = Stage.Settings.forTest(folder);
        var ports = settings.ports();
        try (var nginx = NginxServer.start((files, port) -> "server { listen 127.0.0.1:%d; root %s; }".formatted(port, files));
                var mailbox = new DemoMailbox(ports.mailboxSmtp(), ports.mailbox(), folder.resolve("mailbox"));
                var stage = Stage.open(settings)) {
            Readers.register(stage, RECIPIENTS);
            LargeDelivery delivery;
            try (var _ = stage.start("mail", "mail", Map.of("mail-hook.limits.message", "8G"))) {
                delivery = LargeDelivery.send(stage, mailbox, RECIPIENTS, nginx.files().resolve("1GiB.bin"));
            }
            var bench = new DownloadBench(stage, delivery, nginx);
            System.out.printf("on %s, %d processors; disk: %s%n", System.getProperty("os.name"), Runtime.getRuntime().availableProcessors(),
                    Files.getFileStore(folder).type());
            if (!part.equals("slow")) {
                bench.rates(rounds, part);
            }
            if (part.isEmpty() || part.equals("slow")) {
                bench.crowd();
            }
            bench.missed.requireNothing();
        }
    }

    private void rates(int rounds, String part) throws IOException, InterruptedException {
        List<Comparison> rows = new ArrayList<>();
        try (var web = stage.start("web", "web", Map.of(), HEAP)) {
            if (!part.equals("many")) {
                rows.add(compare("one stream, all of it", web.process(), rounds, () -> List.of(
                        request(Readers.signIn(stage, 0, delivery.tokens().getFirst()), 0, 0)), List.of(plain(0))));
            }
            if (!part.equals("one")) {
                // only now: whoever read all of a file needs another ticket
                List<Readers.SignedIn> readers = signIn((STREAMS + READS_PER_FILE - 1) / READS_PER_FILE);
                rows.add(compare(STREAMS + " streams at once, the first 16 MiB of each", web.process(), rounds, () -> many(readers),
                        Collections.nCopies(STREAMS, plain(RANGE_OCTETS))));
            }
        }
        System.out.println("\n| 1 GiB | web, MB/s | nginx, MB/s | web : nginx | web, processor time per GiB | nginx, the same |\n| --- | --- | --- | --- | --- | --- |");
        rows.forEach(row -> System.out.println(row.row()));
        System.out.printf("%nAES-256-GCM by itself, in segments of 64 KiB on one core: %.0f MB/s%n", Decryption.megabytesPerSecond());
    }

    private void crowd() throws IOException, InterruptedException {
        try (var web = stage.start("web", "web-crowd", Map.of("web.download.at-once", Integer.toString(SLOW_READERS)), SMALL_HEAP);
                var hanako = new FormBrowser()) {
            String origin = stage.ports().webUrl();
            Readers.signIn(hanako, origin + "/sent/" + delivery.id(), "hanako", "hanako");
            List<HttpDownload.Request> requests = new ArrayList<>();
            for (var reader : signIn(RECIPIENTS)) {
                for (int i = 0; i < READS_PER_FILE * FILES && requests.size() < SLOW_READERS; i++) {
                    requests.add(request(reader, i % FILES, 0));
                }
            }
            double before = Processes.processorSeconds(web.process());
            var result = new SlowReaders(requests).run(SLOW_TIME, () -> Readers.press(hanako, origin, "/sent/" + delivery.id() + "/revoke"));
            long resident = Processes.residentAtMost(web.process());
            var wrong = new ArrayList<String>();
            Missed.judge(wrong, resident <= CROWD_MIB, "MORE THAN " + CROWD_MIB + " MIB");
            Missed.judge(wrong, result.slowest() >= SLOWEST_OCTETS, "THE SLOWEST GOT LESS THAN " + (SLOWEST_OCTETS >> 10) + " KIB/S");
            Missed.judge(wrong, result.cut() == SLOW_READERS, "ONLY " + result.cut() + " CUT");
            Missed.judge(wrong, result.lastEnd().compareTo(CUT_WITHIN) <= 0, "NOT CUT WITHIN " + CUT_WITHIN.toSeconds() + " S");
            System.out.println("\n| what | heap | resident at most | the slowest got | processor time | revoke answered after | all cut, after the answer |\n"
                    + "| --- | --- | --- | --- | --- | --- | --- |");
            var verdict = missed.verdict("slow readers", wrong, "");
            System.out.printf("| %,d readers with 100 KiB/s each, for %d s | %s | %d MiB | %.0f KiB/s | %.1f s | %d ms | %d ms%s |%n", SLOW_READERS,
                    SLOW_TIME.toSeconds(), SMALL_HEAP.getFirst(), resident, result.slowest() / 1024,
                    Processes.processorSeconds(web.process()) - before, result.answered().toMillis(),
                    result.lastEnd().toMillis(), verdict.isEmpty() ? "" : ", " + verdict);
        }
    }

    private List<Readers.SignedIn> signIn(int people) throws IOException, InterruptedException {
        List<Readers.SignedIn> readers = new ArrayList<>();
        for (int number = 0; number < people; number++) {
            readers.add(Readers.signIn(stage, number, delivery.tokens().get(number)));
        }
        return readers;
    }

    private List<HttpDownload.Request> many(List<Readers.SignedIn> readers) {
        List<HttpDownload.Request> requests = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            requests.add(request(readers.get(i / READS_PER_FILE), 0, RANGE_OCTETS));
        }
        return requests;
    }

    private HttpDownload.Request request(Readers.SignedIn reader, int file, long range) {
        return new HttpDownload.Request(stage.ports().web(), reader.downloads().get(file), reader.cookies(), range);
    }

    private HttpDownload.Request plain(long range) {
        return new HttpDownload.Request(nginx.port(), "/1GiB.bin", null, range);
    }

    private Comparison compare(String what, LocalProcess web, int rounds, Streams ours, List<HttpDownload.Request> theirs) throws IOException, InterruptedException {
        var comparison = new Comparison(what, new ArrayList<>(), new ArrayList<>());
        for (int round = 1 - WARM_UP_ROUNDS; round <= rounds; round++) {
            var fast = once(web, ours.next());
            var plain = once(nginx.process(), theirs);
            if (round > 0) {
                comparison.web().add(fast);
                comparison.nginx().add(plain);
                System.out.printf("%s, round %d: web %.0f MB/s, nginx %.0f MB/s%n", what, round, fast.megabytesPerSecond(), plain.megabytesPerSecond());
            }
        }
        return comparison;
    }

    /** From the first connection to the last octet. */
    private static Measured once(LocalProcess server, List<HttpDownload.Request> requests) throws IOException, InterruptedException {
        double before = Processes.processorSeconds(server);
        long begin = System.nanoTime();
        long octets = 0;
        try (var threads = Executors.newFixedThreadPool(requests.size())) {
            List<Future<Long>> running = new ArrayList<>();
            requests.forEach(request -> running.add(threads.submit(() -> readAll(request))));
            for (var each : running) {
                octets += each.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("a file was not served: " + e.getCause().getMessage(), e);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        return new Measured(octets / 1e6 / seconds, (Processes.processorSeconds(server) - before) / octets * LargeDelivery.LARGE_OCTETS);
    }

    private static long readAll(HttpDownload.Request request) throws IOException {
        try (var download = new HttpDownload(request, BUFFER, 0)) {
            download.readAll();
            long expected = request.range() == 0 ? LargeDelivery.LARGE_OCTETS : request.range();
            if (download.octets() != expected) {
                throw new IOException("another file was served: " + download.octets() + " octets");
            }
            return download.octets();
        }
    }
}
