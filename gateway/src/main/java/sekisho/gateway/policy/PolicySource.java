package sekisho.gateway.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The policy file and the lists that it names, as they were read. */
final class PolicySource {

    private static final int MOST_OCTETS = 8 << 20;
    /** In place of a list that can't be read; no list reads like this. */
    private static final byte[] MISSING = {0};

    private final Optional<Path> file;
    private final byte[] octets;
    private final Map<String, byte[]> lists = new TreeMap<>();

    private PolicySource(Optional<Path> file, byte[] octets) {
        this.file = file;
        this.octets = octets;
    }

    static PolicySource read(Path file) throws IOException {
        return new PolicySource(Optional.of(file), bounded(file));
    }

    /** A text that lies nowhere and can name no lists. */
    static PolicySource of(String text) {
        return new PolicySource(Optional.empty(), text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * What the policy file says.
     *
     * @param name of the file, for messages
     * @throws PolicyFileException when it is not UTF-8
     */
    String text(String name) {
        return text(name, octets);
    }

    private static String text(String name, byte[] octets) {
        var rest = ByteBuffer.wrap(octets);
        var text = CharBuffer.allocate(octets.length);
        boolean broken = StandardCharsets.UTF_8.newDecoder().decode(rest, text, true).isError();
        text.flip();
        if (broken) {
            throw new PolicyFileException(name, (int) (text + "x").lines().count(), "", "not UTF-8 from here on; save the file as UTF-8");
        }
        return text.toString();
    }

    /**
     * The list of this name, beside the policy file.
     *
     * @throws UncheckedIOException when it can't be read
     * @throws PolicyFileException  when it is not UTF-8
     */
    String list(String name) {
        var beside = file.orElseThrow(() -> new UncheckedIOException(new IOException("there is no folder to look for it in")));
        lists.put(name, MISSING);   // what can't be read now is looked at again, like the others
        try {
            var content = bounded(beside.resolveSibling(name));
            lists.put(name, content);
            return text(name, content);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Whether the file or one of its lists reads differently now. */
    boolean hasChanged() throws IOException {
        var path = file.orElseThrow();
        if (!Arrays.equals(bounded(path), octets)) {
            return true;
        }
        for (var list : lists.entrySet()) {
            var beside = path.resolveSibling(list.getKey());
            var now = Files.isReadable(beside) ? bounded(beside) : MISSING;
            if (!Arrays.equals(now, list.getValue())) {
                return true;
            }
        }
        return false;
    }

    /** Names of the lists that have entries here and none in {@code next}. */
    List<String> emptied(PolicySource next) {
        return lists.keySet().stream().filter(name -> entries(lists.get(name)).findAny().isPresent()
            && next.lists.containsKey(name) && entries(next.lists.get(name)).findAny().isEmpty()).toList();
    }

    /** What stands on a line of a list without its remark; empty where nothing does. */
    static String entry(String line) {
        int comment = line.indexOf('#');
        return (comment < 0 ? line : line.substring(0, comment)).replace("\uFEFF", "").strip();
    }

    private static Stream<String> entries(byte[] list) {
        return list == MISSING ? Stream.empty() : new String(list, StandardCharsets.UTF_8).lines().map(PolicySource::entry).filter(entry -> !entry.isEmpty());
    }

    private static byte[] bounded(Path path) throws IOException {
        if (Files.size(path) > MOST_OCTETS) {
            throw new IOException(path + " has more than " + (MOST_OCTETS >> 20) + " MiB");
        }
        return Files.readAllBytes(path);
    }

    /** First 12 hexadecimal digits of the SHA-256 of all that was read. */
    String version() {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(octets);
            lists.forEach((name, content) -> {
                digest.update((byte) 0);
                digest.update(name.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
                digest.update(content);
            });
            return HexFormat.of().formatHex(digest.digest(), 0, 6);
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
