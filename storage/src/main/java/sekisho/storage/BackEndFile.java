package sekisho.storage;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * A private key file that names a back end, and lists which versions of the key it keeps. Nothing in it is secret, but who writes it decides
 * whom the product trusts.
 *
 * @param settings how the back end is reached, in the order of the file
 * @param entries  by version
 */
record BackEndFile(Map<String, String> settings, SortedMap<Integer, Entry> entries) implements PrivateFile {

    static final int SEED_OCTETS = 32;
    private static final int SUFFIX_OCTETS = 4;
    /** Of seeds, which belong to no object. */
    static final Place SEED_PLACE = new Place(new UUID(0, 0), new UUID(0, 0));
    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * One version.
     *
     * @param half  its public half
     * @param label what its private half is called in the back end: name, version, and four random octets in hexadecimal. So no two versions of one
     *              number, made by hosts that didn't know of each other, are ever taken for one another there
     * @param seed  random octets, wrapped to this very version: what {@link OpeningKey#derive} and {@link OpeningKey#own} begin with
     */
    record Entry(EncapsulatedWrap.Public half, String label, byte[] seed) {
    }

    private Entry entry(int version) {
        Entry entry = entries.get(version);
        if (entry == null) {
            throw new IllegalArgumentException("there is no key version " + version);
        }
        return entry;
    }

    KeyBackEnd backEnd() {
        return KeyBackEnd.of(settings);
    }

    @Override
    public String text() {
        return BackEndFileText.privateText(this);
    }

    @Override
    public SortedSet<Integer> versions() {
        return new TreeSet<>(entries.keySet());
    }

    @Override
    public SealingKey sealing(int version) {
        return new EncapsulatingKey(entry(version).half);
    }

    @Override
    public String publicText(int version) {
        return BackEndFileText.publicText(entry(version).half);
    }

    @Override
    public OpeningKey open() {
        if (entries.isEmpty()) {
            throw new KeyFileException("the key " + settings.get("name") + " has no version yet; run ./sekisho keys rotate");
        }
        return BackEndOpeningKey.open(this);
    }

    @Override
    public PrivateFile generate(int version) {
        try {
            byte[] suffix = new byte[SUFFIX_OCTETS];
            RANDOM.nextBytes(suffix);
            String label = settings.get("name") + "-" + version + "-" + HexFormat.of().formatHex(suffix);
            var half = new EncapsulatedWrap.Public(version, backEnd().generate(label));
            byte[] seed = new byte[SEED_OCTETS];
            RANDOM.nextBytes(seed);
            var entry = new Entry(half, label, EncapsulatedWrap.wrap(half, seed, SEED_PLACE));
            return new BackEndFile(settings, new TreeMap<>(Map.of(version, entry)));
        } catch (StoreException e) {
            throw new KeyFileException("cannot make version " + version + " of the key: " + e.getMessage(), e);
        }
    }

    @Override
    public PrivateFile plus(PrivateFile other) {
        if (!(other instanceof BackEndFile(var theirs, var more)) || !theirs.equals(settings)) {
            throw new KeyFileException("these key files are of different back ends");
        }
        SortedMap<Integer, Entry> all = new TreeMap<>(more);
        all.putAll(entries);
        return new BackEndFile(settings, all);
    }

    @Override
    public PrivateFile without(int version) {
        SortedMap<Integer, Entry> rest = new TreeMap<>(entries);
        rest.remove(version);
        return new BackEndFile(new LinkedHashMap<>(settings), rest);
    }

    @Override
    public PrivateFile sealedBy(Passphrase passphrase) {
        throw new KeyFileException("the private halves of the key " + settings.get("name") + " are not in its file, so a passphrase would protect nothing; leave it out");
    }

    @Override
    public void destroy(int version) {
        try {
            backEnd().destroy(entry(version).label);
        } catch (StoreException e) {
            throw new KeyFileException("cannot destroy version " + version + " of the key: " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return "BackEndFile[" + settings.get("back-end") + ", " + entries.keySet() + "]";
    }
}
