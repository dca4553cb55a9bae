package sekisho.storage;

import static sekisho.storage.KeyFileText.der;
import static sekisho.storage.KeyFileText.line;
import static sekisho.storage.KeyFileText.linesOf;
import static sekisho.storage.KeyFileText.value;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The text of key files whose private halves are elsewhere: as in {@link KeyFileText}, ASCII lines of a word, a space and a value.
 *
 * <pre>
 * sekisho-sealing-key 2                  sekisho-opening-key 2
 * version 3                              back-end pkcs11, or transit
 * algorithm that of its wraps            its settings, one a line; "name" among them
 * key SubjectPublicKeyInfo               version 2            one group of five lines
 *                                        algorithm …          for each version; none before the first rotation
 *                                        key …
 *                                        label in the back end
 *                                        seed wrapped to this version
 * </pre>
 */
final class BackEndFileText {
    static final String PUBLIC_TITLE = "sekisho-sealing-key 2";
    static final String PRIVATE_TITLE = "sekisho-opening-key 2";

    private BackEndFileText() {
    }

    static String publicText(EncapsulatedWrap.Public half) {
        return PUBLIC_TITLE + "\n" + lines(half);
    }

    private static String lines(EncapsulatedWrap.Public half) {
        return "version " + half.version() + "\nalgorithm " + half.algorithm() + "\n" + line("key", half.key().getEncoded());
    }

    static String privateText(BackEndFile file) {
        var text = new StringBuilder(PRIVATE_TITLE).append('\n');
        file.settings().forEach((word, value) -> text.append(word).append(' ').append(value).append('\n'));
        file.entries().values().forEach(entry -> text.append(lines(entry.half())).append("label ").append(entry.label()).append('\n')
                .append(line("seed", entry.seed())));
        return text.toString();
    }

    static SealingKey readPublic(Path file) {
        Iterator<String> lines = linesOf(file, PUBLIC_TITLE);
        try {
            var key = new EncapsulatingKey(half(Integer.parseInt(value(lines, "version")), lines));
            if (lines.hasNext()) {
                throw new IllegalArgumentException("more lines than a key has");
            }
            return key;
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new KeyFileException(file + " is not a whole sealing key: " + e.getMessage(), e);
        }
    }

    static BackEndFile readPrivate(Path file) {
        Iterator<String> lines = linesOf(file, PRIVATE_TITLE);
        Map<String, String> settings = new LinkedHashMap<>();
        SortedMap<Integer, BackEndFile.Entry> entries = new TreeMap<>();
        try {
            while (lines.hasNext()) {
                String line = lines.next();
                int space = line.indexOf(' ');
                if (space < 1) {
                    throw new IllegalArgumentException("a line isn't a word, a space and a value");
                }
                String word = line.substring(0, space);
                if (word.equals("version")) {
                    var half = half(Integer.parseInt(line.substring(space + 1)), lines);
                    String label = value(lines, "label");
                    if (!label.matches("[a-z0-9][a-z0-9-]{0,99}")) {
                        throw new IllegalArgumentException("a label is 1 to 100 of a-z 0-9 -");
                    }
                    if (entries.put(half.version(), new BackEndFile.Entry(half, label, der(lines, "seed"))) != null) {
                        throw new IllegalArgumentException("version " + half.version() + " stands there twice");
                    }
                } else if (!entries.isEmpty() || settings.put(word, line.substring(space + 1).strip()) != null) {
                    throw new IllegalArgumentException("the line " + word + " stands there twice, or behind the versions");
                }
            }
            var read = new BackEndFile(settings, entries);
            read.backEnd();
            return read;
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new KeyFileException(file + " is not a whole opening key: " + e.getMessage(), e);
        } catch (KeyFileException e) {
            throw new KeyFileException(file + ": " + e.getMessage(), e);
        }
    }

    private static EncapsulatedWrap.Public half(int version, Iterator<String> lines) throws GeneralSecurityException {
        return EncapsulatedWrap.decode(version, value(lines, "algorithm"), der(lines, "key"));
    }

    /** @throws KeyFileException one that a back end needs is missing, or one stands there that it doesn't know */
    static void requireSettings(Map<String, String> settings, java.util.Set<String> needed, java.util.Set<String> possible) {
        for (String word : needed) {
            if (settings.getOrDefault(word, "").isEmpty()) {
                throw new KeyFileException("the line " + word + " is missing");
            }
        }
        for (String word : settings.keySet()) {
            if (!needed.contains(word) && !possible.contains(word)) {
                throw new KeyFileException("there is no setting " + word + " for this back end");
            }
        }
        if (!settings.get("name").matches("[a-z0-9][a-z0-9-]{0,63}")) {
            throw new KeyFileException("name is 1 to 64 of a-z 0-9 -");
        }
    }

    static String secret(String file) {
        Path path = Path.of(file);
        KeyFileText.refuseWhatOthersRead(path);
        try {
            return java.nio.file.Files.readString(path).strip();
        } catch (java.io.IOException e) {
            throw new KeyFileException("cannot read " + path + ": " + e.getMessage(), e);
        }
    }
}
