package sekisho.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/** The program behind {@code ./sekisho fuzz}: fuzzes one target for a time. What it found before is where it goes on. */
public final class Fuzz {

    private static final String USAGE = "usage: ./sekisho fuzz TARGET [--time 60s|30m|8h] [--seed N]    targets: "
        + Arrays.stream(Target.values()).map(Target::title).collect(Collectors.joining(", "));

    private Fuzz() {
    }

    /**
     * What the command line asks for.
     *
     * @param seed from 1, of random numbers
     */
    record Wish(Target target, Duration time, int seed) {

        /** @return empty when the words say nothing that can be done */
        static Optional<Wish> of(List<String> words) {
            if (words.isEmpty() || words.size() % 2 == 0) {
                return Optional.empty();
            }
            var target = Arrays.stream(Target.values()).filter(each -> each.title().equals(words.getFirst())).findFirst();
            var time = Duration.ofMinutes(1);
            int seed = newSeed();
            for (int i = 1; i < words.size(); i += 2) {
                var value = words.get(i + 1);
                if (words.get(i).equals("--time") && value.matches("[1-9][0-9]{0,5}[smh]")) {
                    time = Duration.parse("PT" + value.toUpperCase(Locale.ROOT));
                } else if (words.get(i).equals("--seed") && value.matches("[1-9][0-9]{0,8}")) {
                    seed = Integer.parseInt(value);
                } else {
                    return Optional.empty();
                }
            }
            return target.isEmpty() ? Optional.empty() : Optional.of(new Wish(target.orElseThrow(), time, seed));
        }
    }

    /** Another one each time, from 1 to nine digits. */
    static int newSeed() {
        return ThreadLocalRandom.current().nextInt(1, 1_000_000_000);
    }

    /** @param arguments the repository, the folder for what is found, then those of the command */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var words = Optional.of(List.of(arguments)).filter(all -> all.size() > 2).flatMap(all -> Wish.of(all.subList(2, all.size())));
        if (words.isEmpty()) {
            System.err.println(USAGE);
            System.exit(2);
        }
        var wish = words.orElseThrow();
        var all = Path.of(arguments[1]);
        System.out.println("fuzzing for " + wish.time.toSeconds() + " s with --seed " + wish.seed + "; what it says: " + folder(all, wish.target).resolve("log"));
        var outcome = FuzzRun.of(wish.target, Path.of(arguments[0]), all, wish.time, wish.seed).run();
        System.out.println(outcome);
        outcome.finds().forEach(find -> System.out.println("find: " + find));
        System.exit(outcome.isGood() ? 0 : 1);
    }

    /** Where a target's inputs are kept. */
    static Path folder(Path all, Target target) throws IOException {
        return Files.createDirectories(all.resolve(target.title()).toAbsolutePath());
    }
}
