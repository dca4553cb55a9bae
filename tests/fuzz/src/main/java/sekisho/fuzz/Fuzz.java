package sekisho.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The program behind {@code ./sekisho fuzz}: fuzzes one target for a time. What it found before is where it goes on. */
public final class Fuzz {

    private static final String USAGE = "usage: ./sekisho fuzz TARGET [--time 60s|30m|8h]    targets: "
        + Arrays.stream(Target.values()).map(Target::title).collect(Collectors.joining(", "));

    private Fuzz() {
    }

    /** @param arguments the repository, the folder for what is found, then those of the command */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 3 && !(arguments.length == 5 && arguments[3].equals("--time") && arguments[4].matches("[1-9][0-9]{0,5}[smh]"))) {
            System.err.println(USAGE);
            System.exit(2);
        }
        var target = Arrays.stream(Target.values()).filter(t -> t.title().equals(arguments[2])).findFirst();
        if (target.isEmpty()) {
            System.err.println(USAGE);
            System.exit(2);
        }
        var time = arguments.length == 5 ? Duration.parse("PT" + arguments[4].toUpperCase(Locale.ROOT)) : Duration.ofMinutes(1);
        var all = Path.of(arguments[1]);
        System.out.println("fuzzing for " + time.toSeconds() + " s; what it says: " + folder(all, target.orElseThrow()).resolve("log"));
        var outcome = FuzzRun.of(target.orElseThrow(), Path.of(arguments[0]), all, time, 0).run();
        System.out.println(outcome);
        outcome.finds().forEach(find -> System.out.println("find: " + find));
        System.exit(outcome.isGood() ? 0 : 1);
    }

    /** Where a target's inputs are kept. */
    static Path folder(Path all, Target target) throws IOException {
        return Files.createDirectories(all.resolve(target.title()).toAbsolutePath());
    }
}
