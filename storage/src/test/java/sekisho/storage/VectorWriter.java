package sekisho.storage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;

/**
 * Wrote the files in {@code src/test/resources/vectors}, once. They are fixed: a change of this program, or of what it calls, doesn't
 * change them, and a format that no longer opens them is another format. FORMAT.md tells how to read them. Lines {@code fails} were put in by hand.
 */
final class VectorWriter {
    private static final Place PLACE =
            new Place(UUID.fromString("0a2f6d0e-8a43-4b0c-9c55-6a0f3c1f7d10"), UUID.fromString("7b1d2c3e-1111-4222-8333-944455566677"));
    private static final int HEADER = 74;
    private static final int SEGMENT = 65_536;

    private final Path folder;
    private final DirectoryStore store;
    private final Sealer sealer;
    private final Sealer stranger;
    private final Map<String, byte[]> derived = new HashMap<>();

    private VectorWriter(Path folder, Path scratch) {
        this.folder = folder;
        this.store = new DirectoryStore(scratch);
        KeyFiles.generate(folder, "vectors");
        KeyFiles.generate(scratch, "stranger");
        this.sealer = new Sealer(store, SealingKey.load(folder.resolve("vectors.public")));
        this.stranger = new Sealer(store, SealingKey.load(scratch.resolve("stranger.public")));
    }

    /** @param args the folder to fill, without vectors in it */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        new VectorWriter(folder, Files.createTempDirectory("vectors")).write();
    }

    private void write() throws IOException {
        good("empty", 0);
        good("one-octet", 1);
        good("full-segment", 65_504);
        Sealed small = good("small", 300);
        byte[] octets = ciphertext(small);
        broken("flipped-header-parameters", flipped(octets, 3), small);
        broken("flipped-header-iv", flipped(octets, 12), small);
        broken("flipped-header-tag", flipped(octets, 73), small);
        broken("flipped-segment-length", flipped(octets, HEADER + 3), small);
        broken("flipped-segment-iv", flipped(octets, HEADER + 4), small);
        broken("flipped-ciphertext", flipped(octets, HEADER + 16 + 150), small);
        broken("flipped-tag", flipped(octets, octets.length - 1), small);
        broken("truncated-to-header", Arrays.copyOf(octets, HEADER), small);
        broken("truncated-to-nothing", new byte[0], small);
        broken("extended-by-an-octet", Arrays.copyOf(octets, octets.length + 1), small);
        row("wrong-place", false, octets, new Place(PLACE.delivery(), UUID.randomUUID()), small);
        row("wrong-delivery", false, octets, new Place(UUID.randomUUID(), PLACE.object()), small);
        Sealed strange = seal(stranger, 300);
        row("wrong-key", false, ciphertext(strange), PLACE, strange);
        Sealed twin = seal(sealer, 300);
        row("key-of-another-object", false, octets, PLACE, with(small, octets, twin.wrapped()));

        Sealed three = good("three-segments", 2 * 65_504 + 10);
        byte[] long3 = ciphertext(three);
        broken("truncated-at-a-segment", Arrays.copyOf(long3, HEADER + 2 * SEGMENT), three);
        broken("truncated-in-a-segment", Arrays.copyOf(long3, HEADER + SEGMENT + 1000), three);
        row("truncated-behind-the-row", false, Arrays.copyOf(long3, HEADER + SEGMENT + 1000), PLACE, three);
        broken("reordered-segments", rearranged(long3, 1, 0, 2), three);
        broken("extended-by-a-segment", rearranged(long3, 0, 1, 1, 2), three);
    }

    private Sealed good(String name, int octets) throws IOException {
        Sealed sealed = seal(sealer, octets);
        row(name, true, ciphertext(sealed), PLACE, sealed);
        return sealed;
    }

    /** Broken in a way that a writer of the row would go along with: header and lengths fit the object. */
    private void broken(String name, byte[] octets, Sealed sealed) throws IOException {
        row(name, false, octets, PLACE, with(sealed, octets, sealed.wrapped()));
    }

    private static Sealed with(Sealed sealed, byte[] octets, WrappedKey wrapped) {
        long segments = Math.max(1, (octets.length - HEADER + SEGMENT - 1L) / SEGMENT);
        return new Sealed(sealed.key(), null, Arrays.copyOf(octets, HEADER), Math.max(0, octets.length - HEADER - 32 * segments),
                octets.length, sealed.sha256(), wrapped);
    }

    private Sealed seal(Sealer sealer, int octets) throws IOException {
        try (var object = sealer.create("vectors/" + UUID.randomUUID(), PLACE)) {
            object.out().write(SealVectorsTest.plaintext(octets));
            Sealed sealed = object.finish();
            derived.put(sealed.key(), object.derive("vector", new byte[] {0, 1, 2}, 60));
            return sealed;
        }
    }

    private byte[] ciphertext(Sealed sealed) throws IOException {
        try (var in = store.read(sealed.key(), 0, Long.MAX_VALUE)) {
            return in.readAllBytes();
        }
    }

    private void row(String name, boolean opens, byte[] octets, Place place, Sealed sealed) throws IOException {
        Files.write(folder.resolve(name + ".bin"), octets);
        HexFormat hex = HexFormat.of();
        Files.writeString(folder.resolve(name + ".row"), """
                expect %s
                delivery %s
                object %s
                header %s
                plain-octets %d
                cipher-octets %d
                sha256 %s
                wrap-algorithm %s
                wrap-version %d
                wrapped-key %s
                derived %s
                """.formatted(opens ? "opens" : "broken", place.delivery(), place.object(), hex.formatHex(sealed.header()),
                sealed.plainOctets(), sealed.cipherOctets(), hex.formatHex(sealed.sha256()), sealed.wrapped().algorithm(),
                sealed.wrapped().version(), hex.formatHex(sealed.wrapped().bytes()),
                hex.formatHex(derived.get(sealed.key()))));
    }

    private static byte[] flipped(byte[] octets, int at) {
        byte[] changed = octets.clone();
        changed[at] ^= (byte) 0x10;
        return changed;
    }

    private static byte[] rearranged(byte[] octets, int... segments) {
        var out = new ByteArrayOutputStream();
        out.write(octets, 0, HEADER);
        for (int segment : segments) {
            int start = HEADER + segment * SEGMENT;
            out.write(octets, start, Math.min(SEGMENT, octets.length - start));
        }
        return out.toByteArray();
    }
}
