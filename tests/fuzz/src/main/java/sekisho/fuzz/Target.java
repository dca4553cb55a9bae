package sekisho.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What can be fuzzed: a class with the method {@code fuzzerTestOneInput(byte[])}, and folders of this repository whose files are good to begin with. */
enum Target {
    SPLITTER(SplitterTarget.class, List.of("tests/src/test/resources/mail")),
    HEADER(HeaderTarget.class, List.of("tests/src/test/resources/mail")),
    TNEF(TnefTarget.class, List.of("mail-hook/src/test/resources/tnef", "tests/fuzz/src/seeds/tnef")),
    DIALOGUE(DialogueTarget.class, List.of("tests/fuzz/src/seeds/dialogue")),
    DSN(DsnTarget.class, List.of("tests/fuzz/src/seeds/dsn")),
    FILES(FilesTarget.class, List.of("gateway/inspection/src/test/resources/seeds"));

    private final Class<?> entry;
    private final List<String> seeds;

    Target(Class<?> entry, List<String> seeds) {
        this.entry = entry;
        this.seeds = seeds;
    }

    /** As it is called on the command line. */
    String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    String className() {
        return entry.getName();
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
