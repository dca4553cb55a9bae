package sekisho.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a runnable's JVM keeps of a training run (JEP 483), so that later ones start in half the time: for tests, which start many. It lies beside the
 * runnable that it was made for; a JVM that is given that of another build says so and starts as if there were none.
 */
public final class StartCache {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private StartCache() {}

    /** What a JVM is to be told; nothing while there is no cache of this build. */
    public static List<String> arguments(String runnable) {
        return isCurrent(runnable) ? List.of("-XX:AOTCache=" + file(runnable)) : List.of();
    }

    /**
     * Makes it, unless it is there; one process at a time.
     *
     * @param settings for the training run; later runs must have the same collector and compilers; their heaps may be of any size
     * @param training what is worth keeping; is given the process when it is ready
     * @throws ServerException when the runnable doesn't start, or its JVM can't make a cache
     */
    public static synchronized void make(ProductProcess.Settings settings, Consumer<ProductProcess> training) {
        String runnable = settings.runnable();
        if (isCurrent(runnable)) {
            return;
        }
        try (var channel = FileChannel.open(beside(runnable, "lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = channel.lock()) {
            if (!isCurrent(runnable)) {
                Path learnt = beside(runnable, "learnt");
                try (var process = ProductProcess.start(settings.with(List.of("-XX:AOTMode=record", "-XX:AOTConfiguration=" + learnt)))) {
                    training.accept(process);
                    // it writes down what it has learnt before it ends, which takes its time beside others
                    process.process().signal("TERM");
                    process.process().awaitEnd(LIMIT);
                }
                Path made = beside(runnable, "new");
                assemble(settings.with(List.of("-XX:AOTMode=create", "-XX:AOTConfiguration=" + learnt, "-XX:AOTCache=" + made)));
                Files.delete(learnt);
                Files.move(made, file(runnable), StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw new ServerException("cannot make " + file(runnable), e);
        }
    }

    private static void assemble(ProductProcess.Settings settings) {
        int status = LocalProcess.start(new LocalProcess.Start(settings.name(), ProductProcess.command(settings), ProductProcess.ENVIRONMENT,
                settings.folder(), settings.log(), "TERM", null)).awaitEnd(LIMIT);
        if (status != 0) {
            throw new ServerException("the JVM can't make a cache; " + settings.log() + " says why");
        }
    }

    private static boolean isCurrent(String runnable) {
        try {
            return Files.exists(file(runnable)) && Files.getLastModifiedTime(file(runnable))
                    .compareTo(Files.getLastModifiedTime(ProductProcess.home(runnable).resolve("quarkus-app/quarkus-run.jar"))) > 0;
        } catch (IOException _) {
            return false; // somebody is building
        }
    }

    private static Path file(String runnable) {
        return beside(runnable, "aot");
    }

    private static Path beside(String runnable, String kind) {
        return ProductProcess.home(runnable).resolve("start." + kind);
    }
}
