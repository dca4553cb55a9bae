package sekisho.fuzz;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One run of the fuzzer in a process of its own, which bounds its memory.
 *
 * @param className of a class with the method {@code fuzzerTestOneInput(byte[])}
 * @param seeds     folders with what to begin with
 * @param folder    for inputs, finds and the log
 * @param seed      of its random numbers; not 0, for which the fuzzer draws one itself
 * @param least     a run with fewer inputs beyond the seeds has fuzzed nothing: its target hangs, or doesn't come to work
 * @param most      after so many inputs, seeds among them, it ends before its time; 0 when nothing but time ends it
 */
record FuzzRun(String className, List<Path> seeds, Path folder, Duration time, int seed, long least, long most) {

    private static final int LONGEST_INPUT = 64 << 10;
    /** By the clock, on a machine that does much else: four seconds of a machine of its own. */
    private static final int SECONDS_FOR_ONE = 20;
    private static final Duration TO_START_AND_END = Duration.ofMinutes(3);
    private static final int LAST_LINES = 60;
    /** A shorter run does without the better compiler, and without most sanitizers: getting them ready would take a good part of its time. */
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final String NO_CONNECTING = "ServerSideRequestForgery";   // a dialogue is with a listener of our own
    private static final List<String> SANITIZERS = List.of("ClojureLangHooks", "Deserialization", "ExpressionLanguageInjection", "FilePathTraversal", "LdapInjection",
        "NamingContextLookup", "OsCommandInjection", "ReflectiveCall", "RegexInjection", "RegexRoadblocks", "ScriptEngineInjection", NO_CONNECTING, "SqlInjection",
        "UnsafeSanitizer", "XPathInjection");
    private static final String INPUTS = "stat::number_of_executed_units:";
    /** What the fuzzer says when it has run the seeds, behind their number. */
    private static final Pattern SEEDS_DONE = Pattern.compile("#([0-9]+)\\s+INITED .*");

    /**
     * What came of a run.
     *
     * @param seeds  how many inputs it began with
     * @param inputs how many were tried beyond the seeds; 0 when it never said so
     * @param least  how many of them a run must have tried
     * @param finds  inputs that broke something, took too long or too much memory
     * @param said   its last lines
     */
    record Outcome(int status, long seeds, long inputs, long least, List<Path> finds, String said) {
        /** Whether it fuzzed, and found nothing. */
        boolean isGood() {
            return status == 0 && finds.isEmpty() && inputs >= least;
        }

        /** Whether it went well and was only too short for the machine that it ran on, be it that the seeds took all its time. */
        boolean isOnlyShort() {
            return status == 0 && finds.isEmpty() && seeds > 0 && inputs < least;
        }

        @Override
        public String toString() {
            return "status " + status + ", " + inputs + " inputs beyond the seeds" + (inputs < least ? " (fewer than " + least + ": it didn't fuzz)" : "")
                + ", finds " + finds + "\n" + said;
        }
    }

    /** @param all folder in which each target has its own */
    static FuzzRun of(Target target, Path repository, Path all, Duration time, int seed) throws IOException {
        return new FuzzRun(target.className(), target.seeds(repository), Fuzz.folder(all, target), time, seed, target.least(), 0);
    }

    /** The same once more, three times as long at most, up to the least that makes it a run. */
    FuzzRun untilLeast(Outcome before) {
        return new FuzzRun(className, seeds, folder, time.multipliedBy(3), seed, least, before.seeds() + least);
    }

    /** Runs to its end; what it says goes to the file {@code log} too. A process that doesn't end by itself is ended, with status −1. */
    Outcome run() throws IOException, InterruptedException {
        var log = folder.resolve("log");
        var process = start(log);
        try {
            boolean ended = process.waitFor(time.plus(TO_START_AND_END).toMillis(), TimeUnit.MILLISECONDS);
            var lines = Files.readAllLines(log);
            long all = all(lines);
            long seeds = seeds(lines).orElse(all);
            return new Outcome(ended ? process.exitValue() : -1, seeds, Math.max(0, all - seeds), least, finds(), String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())));
        } finally {
            process.destroyForcibly();
        }
    }

    private static long all(List<String> lines) {
        return lines.stream().filter(line -> line.startsWith(INPUTS)).mapToLong(line -> Long.parseLong(line.substring(INPUTS.length()).strip())).max().orElse(0);
    }

    private static OptionalLong seeds(List<String> lines) {
        return lines.stream().map(SEEDS_DONE::matcher).filter(Matcher::matches).mapToLong(done -> Long.parseLong(done.group(1))).max();
    }

    private Process start(Path log) throws IOException {
        var corpus = Files.createDirectories(folder.resolve("corpus"));
        boolean isLong = time.compareTo(LONG) > 0;
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Xmx512m", "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=" + (isLong ? 4 : 1), "-XX:+EnableDynamicAgentLoading", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
            "-cp", classPath(), "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + className, "--instrumentation_includes=sekisho.**", "--custom_hook_includes=sekisho.**",
            "--disabled_hooks=" + (isLong ? List.of(NO_CONNECTING) : SANITIZERS).stream().map("com.code_intelligence.jazzer.sanitizers."::concat).collect(Collectors.joining(":")),
            "--reproducer_path=" + folder,
            "-max_total_time=" + time.toSeconds(), "-runs=" + (most == 0 ? -1 : most), "-timeout=" + SECONDS_FOR_ONE,
            "-rss_limit_mb=2048", "-max_len=" + LONGEST_INPUT,
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
