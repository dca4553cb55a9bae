package sekisho.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The lists of what is in {@code .tnef} files: a name a line, {@code body.rtf} or {@code body.html} for the text.
 *
 * @param first the folder whose lists hold in place of those beside the files, for lists of others that leave something out
 */
record WinmailLists(Optional<Path> first) {

    static final WinmailLists BESIDE = new WinmailLists(Optional.empty());

    static WinmailLists in(String folder) {
        return new WinmailLists(Optional.of(Path.of(folder)));
    }

    /** All that is in a {@code .tnef} file by its list, empty when there is none. */
    Optional<List<String>> of(Path tnef) throws CommandException {
        var name = tnef.getFileName().toString().replaceFirst("\\.[^.]*$", ".list");
        var list = Stream.concat(first.map(folder -> folder.resolve(name)).stream(), Stream.of(tnef.resolveSibling(name))).filter(Files::exists).findFirst();
        if (list.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readAllLines(list.get()).stream().filter(line -> !line.isBlank()).toList());
        } catch (IOException e) {
            throw new CommandException("cannot read " + list.get() + ": " + e.getMessage(), e);
        }
    }
}
