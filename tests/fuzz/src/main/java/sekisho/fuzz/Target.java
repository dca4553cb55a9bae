package sekisho.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What can be fuzzed: a class with the method {@code fuzzerTestOneInput(byte[])}, folders of this repository whose files are good to begin with, and how
 * many inputs beyond them a minute must bring, on a machine that does much else. One of the first three is a message through all checks, often
 * rewritten, a few milliseconds of a machine of its own.
 */
enum Target {
    SPLITTER(SplitterTarget.class, 100, List.of("tests/src/test/resources/mail")),
    TNEF(TnefTarget.class, 100, List.of("mail-hook/src/test/resources/tnef", "tests/fuzz/src/seeds/tnef")),
    DSN(DsnTarget.class, 100, List.of("tests/fuzz/src/seeds/dsn")),
    HEADER(HeaderTarget.class, 300, List.of("tests/src/test/resources/mail", "tests/fuzz/src/seeds/header")),
    DIALOGUE(DialogueTarget.class, 300, List.of("tests/fuzz/src/seeds/dialogue")),
    FILES(FilesTarget.class, 300, List.of("gateway/inspection/src/test/resources/seeds")),
    READERS(ReadersTarget.class, 300, List.of("gateway/inspection/src/test/resources/seeds"));

    private final Class<?> entry;
    private final long least;
    private final List<String> seeds;

    Target(Class<?> entry, long least, List<String> seeds) {
        this.entry = entry;
        this.least = least;
        this.seeds = seeds;
    }

    /** As it is called on the command line. */
    String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    String className() {
        return entry.getName();
    }

    /** Inputs beyond the seeds. */
    long least() {
        return least;
    }

    /** @throws IOException when one isn't there or empty: the fuzzer would begin with nothing and not say so */
    List<Path> seeds(Path repository) throws IOException {
        var folders = new ArrayList<Path>();
        for (var seed : seeds) {
            var folder = repository.resolve(seed);
            try (var files = Files.walk(folder)) {
                if (files.noneMatch(Files::isRegularFile)) {
                    throw new IOException("no seeds in " + folder);
                }
            }
            folders.add(folder);
        }
        return folders;
    }
}
