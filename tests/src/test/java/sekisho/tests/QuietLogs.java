package sekisho.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import sekisho.demo.mailbox.DemoMailbox;

/**
 * What the processes of an installation have logged, in which nobody's address, subject, file name, link or token may stand. Looked through when the
 * installation goes, whatever its tests were about.
 */
final class QuietLogs {

    /** In the domains that tests use, in whatever letters. */
    private static final Pattern ADDRESS = Pattern.compile("[^\\s@•]@(?:[\\p{L}\\p{N}-]+\\.)*(?:example|test)(?:\\.(?:com|net|org|co\\.jp))?(?![\\p{L}\\p{N}])");
    private static final Pattern LINK = Pattern.compile("/d/[A-Za-z0-9_-]{22}");
    private static final Pattern FILE = Pattern.compile("[\\p{L}\\p{N}_-]\\.(?:pdf|xlsx?|docx?|pptx?|zip|7z|lzh|eml|csv|hqx|exe)(?![\\p{L}\\p{N}])");
    /** Of servers that aren't ours. */
    private static final Set<String> OTHERS = Set.of("postgres.log", "keycloak.log");
    /** One word alone may be a word of ours. */
    private static final Pattern TELLING = Pattern.compile("(?=.{8}).*\\S\\s\\S.*");

    private static final int LARGEST_WITH_LINK = 256 << 10;

    private final Path folder;
    private final Set<String> told = new HashSet<>();

    /** @param folder of the logs */
    QuietLogs(Path folder) {
        this.folder = folder;
    }

    /** What the messages that arrived have in them: subjects, and tokens of links. */
    static Set<String> secrets(DemoMailbox mailbox) {
        var secrets = new HashSet<String>();
        for (var message : mailbox.messages()) {
            if (TELLING.matcher(message.subject()).matches()) {
                secrets.add(message.subject());
            }
            if (message.octets() > LARGEST_WITH_LINK) {
                continue;   // an insider's, as it came
            }
            try {
                Inbox.findToken(mailbox.octets(message)).ifPresent(secrets::add);
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
        return secrets;
    }

    /** Throws an {@link AssertionError} with the lines that tell something; each is complained of once. */
    synchronized void require(Set<String> secrets) {
        Predicate<String> tells = line -> ADDRESS.matcher(line).find() || LINK.matcher(line).find() || FILE.matcher(line).find()
            || line.contains(Messages.JAPANESE_NAME) || secrets.stream().anyMatch(line::contains);
        var telling = lines().stream().filter(tells).filter(told::add).toList();
        if (!telling.isEmpty()) {
            throw new AssertionError("an address, subject, file name, link or token stands in a log:\n" + String.join("\n", telling));
        }
    }

    private List<String> lines() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".log") && !OTHERS.contains(file.getFileName().toString())).flatMap(QuietLogs::lines).toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().map(line -> file.getFileName() + ": " + line);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
