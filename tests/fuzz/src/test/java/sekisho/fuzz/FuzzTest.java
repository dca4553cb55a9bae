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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each target for a minute, two at a time. The tests of the whole product run beside it. One that could hardly
 * begin meanwhile begins anew, and ends where it is a run. Each begins anew each time, with the same random numbers, so that a find comes with the change that
 * made it possible: {@code -Dsekisho.fuzz.seed} takes others, and {@code ./sekisho fuzz} draws others each time and goes on for hours.
 */
class FuzzTest {

    private static final Path REPOSITORY = Path.of("../..").toAbsolutePath().normalize();
    private static final Path FOLDER = Path.of(System.getProperty("sekisho.fuzz.folder", "target/fuzz"));
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("sekisho.fuzz.seconds", 60));
    private static final int SEED = Integer.getInteger("sekisho.fuzz.seed", 5);
    private static ExecutorService runs;

    @BeforeAll
    static void start() {
        System.out.println("fuzzing with seed " + SEED);
        runs = Executors.newFixedThreadPool(2);
    }

    @AfterAll
    static void stop() {
        runs.shutdownNow();
    }

    @TestFactory
    List<DynamicTest> nothingThatOthersSendBreaksWhatReadsIt() {
        var tests = new ArrayList<DynamicTest>();
        for (var target : Target.values()) {
            Future<FuzzRun.Outcome> running = runs.submit(new Run(target));
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
            var run = FuzzRun.of(target, REPOSITORY, FOLDER, TIME, SEED);
            empty(run.folder());   // of an earlier run
            var outcome = run.run();
            if (!outcome.isOnlyShort()) {
                return outcome;
            }
            empty(run.folder());
            return run.untilLeast(outcome).run();
        }
    }
}
