package sekisho.storage;

import java.nio.file.Path;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * A private key file that holds the private halves themselves.
 *
 * @param pairs      by version
 * @param passphrase by which its text is sealed; null when it lies there in clear
 */
record LocalFile(SortedMap<Integer, HybridWrap.Pair> pairs, @Nullable Passphrase passphrase) implements PrivateFile {

    static LocalFile of(HybridWrap.Pair pair, @Nullable Passphrase passphrase) {
        return new LocalFile(new TreeMap<>(java.util.Map.of(pair.half().version(), pair)), passphrase);
    }

    static LocalFile read(Path file) {
        return new LocalFile(KeyFileText.readPrivate(file).pairs(), null);
    }

    static LocalFile readSealed(Path file) {
        Passphrase.Opened opened = Passphrase.open(file);
        return new LocalFile(KeyFileText.readPrivate(file, opened.lines()).pairs(), opened.passphrase());
    }

    private HybridWrap.Pair pair(int version) {
        HybridWrap.Pair pair = pairs.get(version);
        if (pair == null) {
            throw new IllegalArgumentException("there is no key version " + version);
        }
        return pair;
    }

    @Override
    public String text() {
        String text = KeyFileText.privateText(pairs.values());
        return passphrase == null ? text : passphrase.seal(text);
    }

    @Override
    public SortedSet<Integer> versions() {
        return new java.util.TreeSet<>(pairs.keySet());
    }

    @Override
    public SealingKey sealing(int version) {
        return new HybridSealingKey(pair(version).half());
    }

    @Override
    public String publicText(int version) {
        return KeyFileText.publicText(pair(version).half());
    }

    @Override
    public OpeningKey open() {
        return new HybridOpeningKey(pairs);
    }

    @Override
    public PrivateFile generate(int version) {
        return of(HybridWrap.generate(version), passphrase);
    }

    @Override
    public PrivateFile plus(PrivateFile other) {
        if (!(other instanceof LocalFile(var more, var _))) {
            throw new KeyFileException("these key files are of different back ends");
        }
        SortedMap<Integer, HybridWrap.Pair> all = new TreeMap<>(more);
        all.putAll(pairs);
        return new LocalFile(all, passphrase);
    }

    @Override
    public PrivateFile without(int version) {
        SortedMap<Integer, HybridWrap.Pair> rest = new TreeMap<>(pairs);
        rest.remove(version);
        return new LocalFile(rest, passphrase);
    }

    @Override
    public PrivateFile sealedBy(Passphrase other) {
        return new LocalFile(pairs, other);
    }

    @Override
    public void destroy(int version) {
        // it is gone with its lines
    }

    @Override
    public String toString() {
        return "LocalFile" + pairs.keySet();
    }
}
