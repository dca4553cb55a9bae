package sekisho.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The text of key files: ASCII lines, each a word, a space and a value; keys as Base64 of DER.
 *
 * <pre>
 * sekisho-sealing-key 1                  sekisho-opening-key 1
 * version 3                              version 2            one group of five lines
 * x25519 SubjectPublicKeyInfo            x25519 …             for each version
 * ml-kem-768 SubjectPublicKeyInfo        ml-kem-768 …
 *                                        x25519-private PKCS#8
 *                                        ml-kem-768-private PKCS#8
 * </pre>
 */
final class KeyFileText {
    static final String PUBLIC_TITLE = "sekisho-sealing-key 1";
    static final String PRIVATE_TITLE = "sekisho-opening-key 1";
    private static final long MAX_FILE_OCTETS = 1 << 20;
    private static final Set<PosixFilePermission> OWNER =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private KeyFileText() {
    }

    static String publicText(HybridWrap.Public half) {
        return PUBLIC_TITLE + "\n" + lines(half);
    }

    static String privateText(Iterable<HybridWrap.Pair> pairs) {
        StringBuilder text = new StringBuilder(PRIVATE_TITLE).append('\n');
        for (HybridWrap.Pair pair : pairs) {
            text.append(lines(pair.half())).append(line("x25519-private", pair.x25519().getEncoded()))
                    .append(line("ml-kem-768-private", pair.mlKem().getEncoded()));
        }
        return text.toString();
    }

    private static String lines(HybridWrap.Public half) {
        return "version " + half.version() + "\n" + line("x25519", half.x25519().getEncoded())
                + line("ml-kem-768", half.mlKem().getEncoded());
    }

    static String line(String word, byte[] der) {
        return word + " " + Base64.getEncoder().encodeToString(der) + "\n";
    }

    static SealingKey readPublic(Path file) {
        return title(file).equals(BackEndFileText.PUBLIC_TITLE) ? BackEndFileText.readPublic(file) : readHybridPublic(file);
    }

    private static SealingKey readHybridPublic(Path file) {
        Iterator<String> lines = linesOf(file, PUBLIC_TITLE);
        try {
            HybridSealingKey key = new HybridSealingKey(half(lines));
            if (lines.hasNext()) {
                throw new IllegalArgumentException("more lines than a key has");
            }
            return key;
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new KeyFileException(file + " is not a whole sealing key: " + e.getMessage(), e);
        }
    }

    static HybridOpeningKey readPrivate(Path file) {
        return readPrivate(file, lines(file));
    }

    /** @param text of that file, or what was sealed in it */
    static HybridOpeningKey readPrivate(Path file, List<String> text) {
        Iterator<String> lines = behindTitle(file, text, PRIVATE_TITLE);
        SortedMap<Integer, HybridWrap.Pair> pairs = new TreeMap<>();
        try {
            do {
                HybridWrap.Pair pair = HybridWrap.decodePair(half(lines), der(lines, "x25519-private"), der(lines, "ml-kem-768-private"));
                if (pairs.put(pair.half().version(), pair) != null) {
                    throw new IllegalArgumentException("version " + pair.half().version() + " stands there twice");
                }
            } while (lines.hasNext());
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            // without the cause: its message could quote a line of the file
            throw new KeyFileException(file + " is not a whole opening key; restore it from your copy");
        }
        HybridOpeningKey key = new HybridOpeningKey(pairs);
        for (HybridWrap.Pair pair : pairs.values()) {
            if (!key.opens(new HybridSealingKey(pair.half()))) {
                throw new KeyFileException("the halves of version " + pair.half().version() + " in " + file + " don't belong together");
            }
        }
        return key;
    }

    private static HybridWrap.Public half(Iterator<String> lines) throws GeneralSecurityException {
        int version = Integer.parseInt(value(lines, "version"));
        return HybridWrap.decodePublic(version, der(lines, "x25519"), der(lines, "ml-kem-768"));
    }

    static byte[] der(Iterator<String> lines, String word) {
        return Base64.getDecoder().decode(value(lines, word));
    }

    static String value(Iterator<String> lines, String word) {
        if (!lines.hasNext()) {
            throw new IllegalArgumentException("it ends before " + word);
        }
        String line = lines.next();
        if (!line.startsWith(word + " ")) {
            throw new IllegalArgumentException("a line doesn't start with " + word);
        }
        return line.substring(word.length() + 1);
    }

    static Iterator<String> linesOf(Path file, String title) {
        return behindTitle(file, lines(file), title);
    }

    private static Iterator<String> behindTitle(Path file, List<String> lines, String title) {
        if (lines.isEmpty() || !lines.getFirst().equals(title)) {
            throw new KeyFileException(file + " doesn't start with \"" + title + "\"; is it the other half, or another file?");
        }
        return lines.subList(1, lines.size()).iterator();
    }

    /** The first line; empty in an empty file. */
    static String title(Path file) {
        List<String> lines = lines(file);
        return lines.isEmpty() ? "" : lines.getFirst();
    }

    private static List<String> lines(Path file) {
        try {
            if (Files.size(file) > MAX_FILE_OCTETS) {
                throw new KeyFileException(file + " is too long for a key file");
            }
            return new String(Files.readAllBytes(file), StandardCharsets.US_ASCII).lines().toList();
        } catch (NoSuchFileException e) {
            throw missing(file, e);
        } catch (IOException e) {
            throw new KeyFileException("cannot read the key file " + file + ": " + e.getMessage(), e);
        }
    }

    static void refuseWhatOthersRead(Path file) {
        try {
            Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
            permissions.addAll(Files.getPosixFilePermissions(file));
            permissions.removeAll(OWNER);
            permissions.remove(PosixFilePermission.OWNER_EXECUTE);
            if (!permissions.isEmpty()) {
                throw new KeyFileException("others than its owner may use the private key file " + file + "; run: chmod 600 " + file);
            }
        } catch (NoSuchFileException e) {
            throw missing(file, e);
        } catch (UnsupportedOperationException | IOException e) {
            throw new KeyFileException("cannot tell who may read the private key file " + file + ": " + e.getMessage(), e);
        }
    }

    private static KeyFileException missing(Path file, IOException cause) {
        return new KeyFileException("no key file " + file + "; make a pair or name another file", cause);
    }
}
