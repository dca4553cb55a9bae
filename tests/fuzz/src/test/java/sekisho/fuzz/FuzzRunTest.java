package sekisho.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that fuzzed nothing isn't a good one. */
class FuzzRunTest {

    private static final long LEAST = 100;

    @TempDir
    private Path folder;

    /** Reads its input and is content. */
    public static final class Quick {
        private static long spaces;

        public static void fuzzerTestOneInput(byte[] octets) {
            for (byte octet : octets) {
                spaces += octet == ' ' ? 1 : 0;
            }
        }
    }

    /** Does so little in its time that nothing was tried. */
    public static final class Slow {
        public static void fuzzerTestOneInput(byte[] octets) {
            long end = System.nanoTime() + 100_000_000;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
        }
    }

    /** Breaks at every input. */
    public static final class Broken {
        public static void fuzzerTestOneInput(byte[] octets) {
            throw new IllegalStateException("as always");
        }
    }

    private FuzzRun.Outcome run(String className, int seconds) throws Exception {
        return make(className, seconds).run();
    }

    private FuzzRun make(String className, int seconds) throws Exception {
        Files.write(Files.createDirectories(folder.resolve("seeds")).resolve("seed"), new byte[] {1, 2, 3});
        return new FuzzRun(className, List.of(folder.resolve("seeds")), Files.createDirectories(folder.resolve("run")), Duration.ofSeconds(seconds), 5, LEAST, 0);
    }

    @Test
    void oneWhoseTargetHardlyMovesIsNot() throws Exception {
        var outcome = run(Slow.class.getName(), 3);
        assertThat(outcome.status()).as(outcome.toString()).isZero();
        assertThat(outcome.finds()).isEmpty();
        assertThat(outcome.inputs()).isBetween(1L, LEAST - 1);
        assertThat(outcome.isGood()).isFalse();
        assertThat(outcome.toString()).contains("it didn't fuzz");
    }

    @Test
    void oneThatWasOnlyShortEndsTheNextTimeWhereItIsARun() throws Exception {
        var before = new FuzzRun.Outcome(0, 2, LEAST - 1, LEAST, List.of(), "");
        assertThat(before.isOnlyShort()).isTrue();
        assertThat(new FuzzRun.Outcome(0, 2, 0, LEAST, List.of(), "").isOnlyShort()).as("when the seeds took all its time").isTrue();
        assertThat(new FuzzRun.Outcome(0, 0, 0, LEAST, List.of(), "").isOnlyShort()).as("when it never ran any").isFalse();
        var outcome = make(Quick.class.getName(), 40).untilLeast(before).run();
        assertThat(outcome.isGood()).as(outcome.toString()).isTrue();
        assertThat(outcome.inputs()).isBetween(LEAST, 2 * LEAST);
    }

    @Test
    void oneWhoseTargetCannotBeLoadedIsNot() throws Exception {
        var outcome = run("sekisho.fuzz.NobodyTarget", 2);
        assertThat(outcome.isGood()).as(outcome.toString()).isFalse();
        assertThat(outcome.inputs()).isLessThan(LEAST);
    }

    @Test
    void oneThatFoundSomethingIsNot() throws Exception {
        var outcome = run(Broken.class.getName(), 2);
        assertThat(outcome.isGood()).as(outcome.toString()).isFalse();
        assertThat(outcome.finds()).isNotEmpty();
    }

    @Test
    void theCommandTakesTimeAndSeedInAnyOrderAndElseDrawsASeed() {
        var wish = Fuzz.Wish.of(List.of("tnef", "--seed", "7", "--time", "8h")).orElseThrow();
        assertThat(wish).isEqualTo(new Fuzz.Wish(Target.TNEF, Duration.ofHours(8), 7)).isEqualTo(Fuzz.Wish.of(List.of("tnef", "--time", "8h", "--seed", "7")).orElseThrow());
        var drawn = Stream.generate(() -> Fuzz.Wish.of(List.of("dsn")).orElseThrow()).limit(20).toList();
        assertThat(drawn).allSatisfy(each -> assertThat(each.seed()).as("0 would be drawn elsewhere, and never said").isPositive());
        assertThat(drawn.stream().map(Fuzz.Wish::seed).distinct()).hasSizeGreaterThan(1);
        for (var wrong : List.of(List.<String>of(), List.of("nobody"), List.of("tnef", "--seed"), List.of("tnef", "--seed", "0"), List.of("tnef", "--time", "1d"), List.of("tnef", "--other", "7"))) {
            assertThat(Fuzz.Wish.of(wrong)).as(wrong.toString()).isEmpty();
        }
    }

    @Test
    void everyTargetHasSeedsAndOneWithoutIsAFault() throws IOException {
        var repository = Path.of("../..").toAbsolutePath().normalize();
        for (var target : Target.values()) {
            assertThat(target.seeds(repository)).as(target.title()).isNotEmpty();
            assertThatThrownBy(() -> target.seeds(folder)).as(target.title()).isInstanceOf(IOException.class);
        }
    }
}
