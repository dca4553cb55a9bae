package sekisho.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The lists of what is in {@code .tnef} files: a name a line, {@code body.rtf} or {@code body.html} for the text. */
final class WinmailLists {

    /**
     * What three of the lists leave out that are published with the test files of MimeKit: the first two name the text and none of the
     * attached files, of which each is there whole; the third names the files and not the text beside them.
     */
    private static final Map<String, List<String>> LEFT_OUT = Map.of(
            "long-filename.list", List.of("allproductsmar2000.dat"),
            "missing-filenames.list", List.of("generpts.src", "TechlibDEC99.doc", "TechlibDEC99-JAN00.doc", "TechlibNOV99.doc"),
            "unicode-mapi-attr-name.list", List.of("body.html"));

    private WinmailLists() {
    }

    /** All that is in a {@code .tnef} file by the {@code .list} beside it, empty when there is none. */
    static Optional<List<String>> beside(Path tnef) throws CommandException {
        Path list = tnef.resolveSibling(tnef.getFileName().toString().replaceFirst("\\.[^.]*$", ".list"));
        if (!Files.exists(list)) {
            return Optional.empty();
        }
        try {
            Stream<String> named = Files.readAllLines(list).stream().filter(line -> !line.isBlank());
            return Optional.of(Stream.concat(named, LEFT_OUT.getOrDefault(list.getFileName().toString(), List.of()).stream()).toList());
        } catch (IOException e) {
            throw new CommandException("cannot read " + list + ": " + e.getMessage(), e);
        }
    }
}
