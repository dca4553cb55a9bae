package sekisho.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Wrote, once, the broken vectors that the other two had not: lengths in the row that can't be, what belongs to another object in place of one's own, and
 * the other fields of the wraps that {@link VectorWriterOfWraps} made. They are as fixed as the others.
 */
final class VectorWriterOfSwaps {
    private static final int HEADER = 74;
    private static final int SEGMENT = 65_536;
    private static final int CHANGED = 0x10;

    private final Path folder;

    private VectorWriterOfSwaps(Path folder) {
        this.folder = folder;
    }

    /** @param args the folder with the vectors */
    public static void main(String[] args) throws IOException {
        new VectorWriterOfSwaps(Path.of(args[0])).write();
    }

    private void write() throws IOException {
        byte[] small = Files.readAllBytes(folder.resolve("small.bin"));
        byte[] three = Files.readAllBytes(folder.resolve("three-segments.bin"));
        broken("contradicting-lengths", "small", "lengths", small, "plain-octets", "299");
        byte[] emptyEnd = Arrays.copyOf(three, HEADER + SEGMENT + 32);
        broken("truncated-to-an-empty-segment", "three-segments", "lengths", emptyEnd, "plain-octets", "65504");
        row("truncated-to-an-empty-segment", "truncated-to-an-empty-segment", "cipher-octets", String.valueOf(emptyEnd.length));
        broken("header-of-another-object", "small", "header", small, "header",
                HexFormat.of().formatHex(Arrays.copyOf(Files.readAllBytes(folder.resolve("one-octet.bin")), HEADER)));
        broken("swapped-object", "three-segments", "segment 0", other(), "expect", "broken");

        flipped("flipped-own-wrap-key", "own-wrap", "broken", 32);
        flipped("flipped-p-256-point", "p-256-wrap", "broken-by p-256.key", 20);
        flipped("flipped-p-256-key", "p-256-wrap", "broken-by p-256.key", 65);
        flipped("flipped-p-256-tag", "p-256-wrap", "broken-by p-256.key", 65 + 47);
        flipped("flipped-rsa-encapsulation", "rsa-wrap", "broken-by rsa.key", 200);
        flipped("flipped-rsa-key", "rsa-wrap", "broken-by rsa.key", 384);
        flipped("flipped-rsa-tag", "rsa-wrap", "broken-by rsa.key", 384 + 47);
        Files.writeString(folder.resolve("record-swapped.txt"), Files.readString(folder.resolve("record.txt")).replace("small ", "one-octet "));
    }

    /** Another object of the same place and length. */
    private byte[] other() throws IOException {
        var store = new DirectoryStore(Files.createTempDirectory("vectors"));
        var sealer = new Sealer(store, SealingKey.load(folder.resolve("vectors.public")));
        try (var object = sealer.create("vectors/other", SealVectorsTest.place("three-segments.row"))) {
            object.out().write(SealVectorsTest.plaintext(2 * 65_504 + 10));
            object.finish();
        }
        try (var in = store.read("vectors/other", 0, Long.MAX_VALUE)) {
            return in.readAllBytes();
        }
    }

    private void flipped(String name, String of, String expect, int at) throws IOException {
        byte[] wrap = SealVectorsTest.inline(of + ".row").wrapped().bytes().clone();
        wrap[at] ^= CHANGED;
        broken(name, of, "unwrap", Files.readAllBytes(folder.resolve(of + ".bin")), "wrapped-key", HexFormat.of().formatHex(wrap));
        row(name, name, "expect", expect);
    }

    private void broken(String name, String of, String fails, byte[] octets, String field, String value) throws IOException {
        Files.write(folder.resolve(name + ".bin"), octets);
        row(name, of, "expect", "broken\nfails " + fails);
        row(name, name, field, value);
    }

    private void row(String name, String of, String field, String value) throws IOException {
        Files.writeString(folder.resolve(name + ".row"),
                Files.readString(folder.resolve(of + ".row")).replaceFirst("(?m)^" + field + " .*$", field + " " + value));
    }
}
