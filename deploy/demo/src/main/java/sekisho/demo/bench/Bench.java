package sekisho.demo.bench;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import sekisho.embedded.ServerException;

/** The program behind {@code ./sekisho bench}. */
public final class Bench {
    private static final Set<String> WITH_SERVERS = Set.of("download", "intake", "limits", "queue");

    private Bench() {}

    /** @param arguments the name of the benchmark, then its own */
    public static void main(String[] arguments) throws InterruptedException {
        String name = arguments.length == 0 ? "" : arguments[0];
        boolean intake = name.equals("intake");
        Collection<String> parts = intake ? IntakeBench.sizes() : name.equals("download") ? DownloadBench.PARTS : List.of();
        String part = arguments.length == 3 ? arguments[2] : "";
        if (!Set.of("download", "intake", "limits", "queue", "splitter", "storage").contains(name) || arguments.length > 1 && !arguments[1].matches("[1-9][0-9]?")
                || arguments.length > (name.equals("limits") ? 1 : parts.isEmpty() ? 2 : 3) || !part.isEmpty() && !parts.contains(part)) {
            System.err.println("usage: ./sekisho bench download [ROUNDS [PART]] how fast a file is served, beside nginx, and many slow readers; PART: "
                    + String.join(", ", DownloadBench.PARTS) + "\n"
                    + "       ./sekisho bench intake [ROUNDS [SIZE]]   how fast mail is taken in, beside Postfix; SIZE: "
                    + String.join(", ", IntakeBench.sizes()) + "\n"
                    + "       ./sekisho bench limits                    what it can bear with little memory\n"
                    + "       ./sekisho bench queue [ROUNDS]           how long mail to a live host takes while 10,000 messages wait for a dead one\n"
                    + "       ./sekisho bench splitter [ROUNDS]        how fast a message is split and decoded on one core\n"
                    + "       ./sekisho bench storage [ROUNDS]         how fast a file is hashed, sealed and made durable");
            System.exit(2);
        }
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0;
        var ended = new CountDownLatch(1);
        if (WITH_SERVERS.contains(name)) {
            waitsWhenStopped(ended);
        }
        try {
            switch (name) {
                case "download" -> DownloadBench.run(rounds == 0 ? 5 : rounds, part);
                case "intake" -> IntakeBench.run(rounds == 0 ? 3 : rounds, part);
                case "limits" -> LimitsBench.run();
                case "queue" -> QueueBench.run(rounds == 0 ? 3 : rounds);
                case "storage" -> StorageBench.run(rounds == 0 ? 3 : rounds);
                case "splitter" -> SplitterBench.run(rounds == 0 ? 15 : rounds);
                default -> throw new IllegalStateException("a benchmark without a program: " + name);
            }
        } catch (ServerException | IOException e) {
            System.err.println("sekisho bench: " + (e.getMessage() == null ? e : e.getMessage()));
            ended.countDown();
            System.exit(1);
        } finally {
            ended.countDown();
        }
    }

    /** Whoever stops the program waits a little until what the benchmark made is gone; its servers end, and so does it. */
    private static void waitsWhenStopped(CountDownLatch ended) {
        var benchmark = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            benchmark.interrupt();
            try {
                ended.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }, "stop-benchmark"));
    }
}
