package sekisho.fuzz;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One run of the fuzzer in a process of its own, which bounds its memory.
 *
 * @param repository where the seeds are
 * @param all        folder in which each target has its own, with inputs and finds
 * @param niceness   0 to 19: how far it steps back behind what else the machine does
 * @param seed       of its random numbers; 0 for another one each time
 */
record FuzzRun(Target target, Path repository, Path all, Duration time, int niceness, int seed) {

    private static final int LONGEST_INPUT = 64 << 10;
    private static final int SECONDS_FOR_ONE = 20;
    /** So many times as long may one take when others come first. */
    private static final int PATIENCE_BEHIND_OTHERS = 5;

    Process start(ProcessBuilder.Redirect output) throws IOException {
        var folder = Fuzz.folder(all, target);
        var corpus = Files.createDirectories(folder.resolve("corpus"));
        var command = new ArrayList<>(List.of("nice", "-n", Integer.toString(niceness), Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Xmx512m", "-XX:+UseSerialGC",
            "-XX:+EnableDynamicAgentLoading", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
            "-cp", classPath(), "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + target.className(), "--instrumentation_includes=sekisho.**", "--custom_hook_includes=sekisho.**",
            "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.ServerSideRequestForgery",   // a dialogue is with a listener of our own
            "--reproducer_path=" + folder,
            "-max_total_time=" + time.toSeconds(), "-timeout=" + SECONDS_FOR_ONE * (niceness > 0 ? PATIENCE_BEHIND_OTHERS : 1), "-rss_limit_mb=2048", "-max_len=" + LONGEST_INPUT,
            "-artifact_prefix=" + folder + "/", "-print_final_stats=1", "-seed=" + seed, corpus.toString()));
        target.seeds(repository).stream().filter(Files::isDirectory).forEach(seeds -> command.add(seeds.toString()));
        return new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(output).start();
    }

    /** Absolute: the process works in another folder. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator)).map(entry -> Path.of(entry).toAbsolutePath().toString())
            .collect(Collectors.joining(File.pathSeparator));
    }

    /** Inputs that broke something, took too long or too much memory. */
    List<Path> finds() throws IOException {
        try (var files = Files.list(Fuzz.folder(all, target))) {
            return files.filter(file -> file.getFileName().toString().matches("(crash|timeout|oom|leak)-.*")).sorted().toList();
        }
    }
}
