package sekisho.fuzz;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * One run of the fuzzer in a process of its own, which bounds its memory.
 *
 * @param className of a class with the method {@code fuzzerTestOneInput(byte[])}
 * @param seeds     folders with what to begin with
 * @param folder    for inputs, finds and the log
 * @param niceness  0 to 19: how far it steps back behind what else the machine does
 * @param seed      of its random numbers; 0 for another one each time
 */
record FuzzRun(String className, List<Path> seeds, Path folder, Duration time, int niceness, int seed) {

    /** A run with fewer inputs has fuzzed nothing: its target hangs, or doesn't come to work. */
    static final long LEAST_INPUTS = 100;

    private static final int LONGEST_INPUT = 64 << 10;
    private static final int SECONDS_FOR_ONE = 20;
    /** So many times as long may one take when others come first. */
    private static final int PATIENCE_BEHIND_OTHERS = 5;
    private static final Duration TO_START_AND_END = Duration.ofMinutes(3);
    private static final int LAST_LINES = 60;
    private static final String INPUTS = "stat::number_of_executed_units:";

    /**
     * What came of a run.
     *
     * @param inputs how many were tried; 0 when it never said so
     * @param finds  inputs that broke something, took too long or too much memory
     * @param said   its last lines
     */
    record Outcome(int status, long inputs, List<Path> finds, String said) {
        /** Whether it fuzzed, and found nothing. */
        boolean isGood() {
            return status == 0 && finds.isEmpty() && inputs >= LEAST_INPUTS;
        }

        /** Whether it went well and was only too short for the machine that it ran on. */
        boolean isOnlyShort() {
            return status == 0 && finds.isEmpty() && inputs > 0 && inputs < LEAST_INPUTS;
        }

        @Override
        public String toString() {
            return "status " + status + ", " + inputs + " inputs" + (inputs < LEAST_INPUTS ? " (fewer than " + LEAST_INPUTS + ": it didn't fuzz)" : "")
                + ", finds " + finds + "\n" + said;
        }
    }

    /** @param all folder in which each target has its own */
    static FuzzRun of(Target target, Path repository, Path all, Duration time, int niceness, int seed) throws IOException {
        return new FuzzRun(target.className(), target.seeds(repository), Fuzz.folder(all, target), time, niceness, seed);
    }

    /** Runs to its end; what it says goes to the file {@code log} too. A process that doesn't end by itself is ended, with status −1. */
    Outcome run() throws IOException, InterruptedException {
        var log = folder.resolve("log");
        var process = start(log);
        try {
            boolean ended = process.waitFor(time.plus(TO_START_AND_END).multipliedBy(niceness > 0 ? 2 : 1).toMillis(), TimeUnit.MILLISECONDS);
            var lines = Files.readAllLines(log);
            return new Outcome(ended ? process.exitValue() : -1, inputs(lines), finds(), String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())));
        } finally {
            process.destroyForcibly();
        }
    }

    private static long inputs(List<String> lines) {
        return lines.stream().filter(line -> line.startsWith(INPUTS)).mapToLong(line -> Long.parseLong(line.substring(INPUTS.length()).strip())).max().orElse(0);
    }

    private Process start(Path log) throws IOException {
        var corpus = Files.createDirectories(folder.resolve("corpus"));
        var command = new ArrayList<>(List.of("nice", "-n", Integer.toString(niceness), Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Xmx512m", "-XX:+UseSerialGC",
            "-XX:+EnableDynamicAgentLoading", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
            "-cp", classPath(), "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + className, "--instrumentation_includes=sekisho.**", "--custom_hook_includes=sekisho.**",
            "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.ServerSideRequestForgery",   // a dialogue is with a listener of our own
            "--reproducer_path=" + folder,
            "-max_total_time=" + time.toSeconds(), "-timeout=" + SECONDS_FOR_ONE * (niceness > 0 ? PATIENCE_BEHIND_OTHERS : 1), "-rss_limit_mb=2048", "-max_len=" + LONGEST_INPUT,
            "-artifact_prefix=" + folder + "/", "-print_final_stats=1", "-seed=" + seed, corpus.toString()));
        seeds.forEach(each -> command.add(each.toString()));
        return new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    }

    /** Absolute: the process works in another folder. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator)).map(entry -> Path.of(entry).toAbsolutePath().toString())
            .collect(Collectors.joining(File.pathSeparator));
    }

    private List<Path> finds() throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("(crash|timeout|oom|leak)-.*")).sorted().toList();
        }
    }
}
