package sekisho.fuzz;

import java.nio.file.Path;
import java.util.List;

/** What can be fuzzed: a class with the method {@code fuzzerTestOneInput(byte[])}, and folders of this repository whose files are good to begin with. */
enum Target {
    SPLITTER(SplitterTarget.class, List.of("mail-hook/src/test/resources", "tests/src/test/resources")),
    HEADER(HeaderTarget.class, List.of("mail-hook/src/test/resources", "tests/src/test/resources")),
    TNEF(TnefTarget.class, List.of()),
    DIALOGUE(DialogueTarget.class, List.of("mail-hook/src/test/resources/smtp")),
    DSN(DsnTarget.class, List.of()),
    FILES(FilesTarget.class, List.of("gateway/inspection/src/test/resources/seeds"));

    private final Class<?> entry;
    private final List<String> seeds;

    Target(Class<?> entry, List<String> seeds) {
        this.entry = entry;
        this.seeds = seeds;
    }

    /** As it is called on the command line. */
    String title() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    String className() {
        return entry.getName();
    }

    List<Path> seeds(Path repository) {
        return seeds.stream().map(repository::resolve).toList();
    }
}
