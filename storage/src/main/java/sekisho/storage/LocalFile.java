package sekisho.storage;

import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/** A private key file that holds the private halves themselves. */
record LocalFile(SortedMap<Integer, HybridWrap.Pair> pairs) implements PrivateFile {

    LocalFile(HybridOpeningKey key) {
        this(key.pairs());
    }

    static LocalFile of(HybridWrap.Pair pair) {
        return new LocalFile(new TreeMap<>(java.util.Map.of(pair.half().version(), pair)));
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
        return KeyFileText.privateText(pairs.values());
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
        return of(HybridWrap.generate(version));
    }

    @Override
    public PrivateFile plus(PrivateFile other) {
        if (!(other instanceof LocalFile(var more))) {
            throw new KeyFileException("these key files are of different back ends");
        }
        SortedMap<Integer, HybridWrap.Pair> all = new TreeMap<>(more);
        all.putAll(pairs);
        return new LocalFile(all);
    }

    @Override
    public PrivateFile without(int version) {
        SortedMap<Integer, HybridWrap.Pair> rest = new TreeMap<>(pairs);
        rest.remove(version);
        return new LocalFile(rest);
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
