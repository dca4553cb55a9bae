package sekisho.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each target for a minute, as many at one time as there are processors. The tests of the whole product run beside it and come first. One that could hardly
 * begin meanwhile gets three times as long, and its share of the processors. It begins anew each time, with the same random numbers, so that a find comes with the change that
 * made it possible: {@code -Dsekisho.fuzz.seed} takes others, {@code ./sekisho fuzz} goes on for hours.
 */
class FuzzTest {

    private static final Path REPOSITORY = Path.of("../..").toAbsolutePath().normalize();
    private static final Path FOLDER = Path.of(System.getProperty("sekisho.fuzz.folder", "target/fuzz"));
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("sekisho.fuzz.seconds", 60));
    private static final int BEHIND_OTHER_TESTS = 10;
    private static final int AMONG_OTHER_TESTS = 0;
    private static final int SEED = Integer.getInteger("sekisho.fuzz.seed", 5);
    private static final ExecutorService RUNS = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());

    @AfterAll
    static void stop() {
        RUNS.shutdownNow();
    }

    @TestFactory
    List<DynamicTest> nothingThatOthersSendBreaksWhatReadsIt() {
        var tests = new ArrayList<DynamicTest>();
        for (var target : Target.values()) {
            Future<FuzzRun.Outcome> running = RUNS.submit(new Run(target));
            tests.add(DynamicTest.dynamicTest(target.title(), () -> {
                var outcome = running.get();
                assertThat(outcome.isGood()).as("with seed " + SEED + ": " + outcome).isTrue();
            }));
        }
        return tests;
    }

    private static void empty(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    private record Run(Target target) implements Callable<FuzzRun.Outcome> {
        @Override
        public FuzzRun.Outcome call() throws IOException, InterruptedException {
            empty(Fuzz.folder(FOLDER, target));   // of an earlier run
            var outcome = FuzzRun.of(target, REPOSITORY, FOLDER, TIME, BEHIND_OTHER_TESTS, SEED).run();
            return outcome.isOnlyShort() ? FuzzRun.of(target, REPOSITORY, FOLDER, TIME.multipliedBy(3), AMONG_OTHER_TESTS, SEED).run() : outcome;
        }
    }
}
