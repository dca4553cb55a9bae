package sekisho.demo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import sekisho.storage.DirectoryStore;
import sekisho.storage.KeyFiles;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.Sealer;
import sekisho.storage.SealingKey;
import sekisho.storage.StoreException;

/**
 * What of taking an attachment in is hashing, sealing and the disk: beside what base64, SHA-256 and AES-256-GCM of the JDK take by themselves on the
 * same octets in the same run, measured by JMH ({@link SealingBenchmarks}), each in a JVM of its own.
 */
final class StorageBench {
    private static final int WARM_UP = 4;
    private static final int MEASURED = 5;
    private static final int WRAPS = 200;
    private static final int SMALL = 1 << 20;
    private static final int OBJECTS = 100;
    private static final int AT_ONCE = 20;

    private final byte[] content = new byte[SMALL];
    private final Path folder;
    private final SealingKey forOthers;
    private final SealingKey forMyself;
    private long sum;   // so that nothing is optimised away

    private StorageBench(Path folder) throws StoreException {
        this.folder = folder;
        KeyFiles.generate(folder, "bench");
        forOthers = SealingKey.load(folder.resolve("bench.public"));
        forMyself = OpeningKey.load(folder.resolve("bench.private")).own(1);
    }

    /** Prints tables. @param rounds how often all of it is measured, in turn; medians count */
    static void run(int rounds) throws IOException, InterruptedException {
        passes(rounds);
        try (var folder = BenchFolder.makeForUs()) {
            new StorageBench(folder.path()).others();
        }
    }

    private static void passes(int rounds) throws IOException {
        System.out.printf("%s; %d processors; JMH, time on the clock, medians of %d rounds%n%n| what | MB/s of content | beside the JDK alone |%n| --- | --- | --- |%n",
                processor(), Runtime.getRuntime().availableProcessors(), rounds);
        Map<String, List<Double>> nanoseconds = new HashMap<>();
        List<Double> alone = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            var measured = round();
            alone.add(measured.get("jdkTogether"));
            measured.forEach((name, time) -> nanoseconds.computeIfAbsent(name, _ -> new ArrayList<>()).add(time));
        }
        row("base64 without line ends (JDK)", nanoseconds.get("jdkBase64"), List.of());
        row("SHA-256 (JDK)", nanoseconds.get("jdkHash"), List.of());
        row("AES-256-GCM, 64 KiB at a time (JDK)", nanoseconds.get("jdkCipher"), List.of());
        row("these three together, block after block", alone, alone);
        row("our base64 of the same lines, line ends and all", nanoseconds.get("lines"), List.of());
        row("lines decoded, hashed and sealed in one pass, thrown away", nanoseconds.get("pass"), alone);
        row("the same, written past the page cache: the first 16 MiB of an object", nanoseconds.get("passPastCache"), alone);
        row("the same, written to the page cache: the next 16 MiB", nanoseconds.get("passThroughCache"), alone);
        row("a large object, hashed by a second thread, thrown away", nanoseconds.get("largePass"), alone);
        row("the same, written to the page cache", nanoseconds.get("largePassThroughCache"), alone);
    }

    /** Nanoseconds of each benchmark, by name. */
    private static Map<String, Double> round() throws IOException {
        var options = new OptionsBuilder().include(SealingBenchmarks.class.getName()).forks(1).warmupIterations(WARM_UP).measurementIterations(MEASURED)
                .warmupTime(TimeValue.seconds(1)).measurementTime(TimeValue.seconds(1)).verbosity(VerboseMode.SILENT)
                .jvmArgsAppend("--sun-misc-unsafe-memory-access=allow").build();
        Map<String, Double> times = new HashMap<>();
        try {
            for (RunResult result : new Runner(options).run()) {
                String label = result.getPrimaryResult().getLabel();
                times.put(label.substring(label.lastIndexOf('.') + 1), result.getPrimaryResult().getStatistics().getPercentile(50));
            }
        } catch (RunnerException e) {
            throw new IOException("JMH could not go on: " + e.getMessage(), e);
        }
        return times;
    }

    /** The median of ratios, each of one round. */
    private static void row(String what, List<Double> nanoseconds, List<Double> alone) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < alone.size(); round++) {
            ratios.add(alone.get(round) / nanoseconds.get(round));
        }
        System.out.printf("| %s | %.0f | %s |%n", what, SealingBenchmarks.OCTETS * 1e3 / median(nanoseconds), ratios.isEmpty() ? "" : "%.2f".formatted(median(ratios)));
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private void others() throws IOException, InterruptedException {
        System.out.printf("%n| what | each |%n| --- | --- |%n");
        time("wrapping a file's key to web's public key", forOthers);
        time("wrapping a spool's key by the key of the mail side", forMyself);
        System.out.printf("| making 1 MiB durable in the directory store, one after another | %.2f ms |%n", durable(1));
        System.out.printf("| the same, %d at a time | %.2f ms |%n", AT_ONCE, durable(AT_ONCE));
        if (sum == 0) {
            System.out.println();
        }
    }

    private void time(String what, SealingKey key) {
        byte[] objectKey = new byte[32];
        var place = new Place(UUID.randomUUID(), UUID.randomUUID());
        double seconds = ProcessorTime.of(MEASURED, () -> {
            for (int i = 0; i < WRAPS; i++) {
                sum += key.wrap(objectKey, place).bytes()[0];
            }
        });
        System.out.printf("| %s | %.0f µs |%n", what, seconds / WRAPS * 1e6);
    }

    /** Wall-clock milliseconds for each of many. */
    private double durable(int atOnce) throws IOException, InterruptedException {
        var sealer = new Sealer(new DirectoryStore(folder), forMyself);
        long begin = System.nanoTime();
        try (var threads = Executors.newFixedThreadPool(atOnce)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < OBJECTS; i++) {
                running.add(threads.submit(() -> {
                    try (var object = sealer.create("bench/" + UUID.randomUUID(), new Place(UUID.randomUUID(), UUID.randomUUID()))) {
                        object.out().write(content, 0, SMALL);
                        object.finish();
                    }
                    return null;
                }));
            }
            for (var each : running) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("an object could not be written: " + e.getCause().getMessage(), e);
        }
        return Duration.ofNanos(System.nanoTime() - begin).toNanos() / 1e6 / OBJECTS;
    }

    private static String processor() throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream().filter(line -> line.startsWith("model name")).findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse("an unknown processor");
    }
}
