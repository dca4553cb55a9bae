package sekisho.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Wrote the vectors that {@link VectorWriter} had not, once, to the keys that it made: a segment of another object of the same place, each field of a wrap
 * and of a record changed, and the wraps of a holder and to keys as tokens and Transit have them. They are as fixed as the others.
 */
final class VectorWriterOfWraps {
    private static final int HEADER = 74;
    private static final int SEGMENT = 65_536;
    private static final int CHANGED = 0x10;

    private final Path folder;
    private final OpeningKey key;

    private VectorWriterOfWraps(Path folder) throws IOException {
        this.folder = folder;
        Path copy = Files.copy(folder.resolve("vectors.private"), Files.createTempDirectory("vectors").resolve("vectors.private"));
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
        key = OpeningKey.load(copy);
    }

    /** @param args the folder with the vectors */
    public static void main(String[] args) throws Exception {
        new VectorWriterOfWraps(Path.of(args[0])).write();
    }

    private void write() throws IOException, GeneralSecurityException {
        spliced();
        Sealed small = SealVectorsTest.inline("small.row");
        Place place = SealVectorsTest.place("small.row");
        byte[] wrap = small.wrapped().bytes();
        flipped("x25519", wrap, 5);
        flipped("ml-kem", wrap, 500);
        flipped("salt", wrap, 1_120 + 7);
        flipped("key", wrap, 1_152 + 3);
        flipped("tag", wrap, wrap.length - 1);
        byte[] objectKey = key.unwrap(small.wrapped(), place);
        row("own-wrap", "small", "opens", key.own(1).wrap(objectKey, place));
        byte[] own = key.own(1).wrap(objectKey, place).bytes();
        row("flipped-own-wrap-salt", "small", "broken", new WrappedKey(OwnWrap.ALGORITHM, 1, changed(own, 0)));
        row("flipped-own-wrap-tag", "small", "broken", new WrappedKey(OwnWrap.ALGORITHM, 1, changed(own, own.length - 1)));
        elsewhere("p-256", EncapsulatedWrap.P256, KeyPairGenerator.getInstance("EC"), 256, objectKey, place);
        elsewhere("rsa", EncapsulatedWrap.RSA, KeyPairGenerator.getInstance("RSA"), 3072, objectKey, place);
        String record = Files.readString(folder.resolve("record.txt")).strip().split(" ")[1];
        var lines = new StringBuilder();
        for (int at : new int[] {0, 12, record.length() / 2 - 1}) {
            lines.append("small ").append(HexFormat.of().formatHex(changed(HexFormat.of().parseHex(record), at))).append('\n');
        }
        Files.writeString(folder.resolve("record-flipped.txt"), lines);
    }

    /** The second segment is one of another object of the same place and length. */
    private void spliced() throws IOException {
        var store = new DirectoryStore(Files.createTempDirectory("vectors"));
        Place place = SealVectorsTest.place("three-segments.row");
        byte[] other;
        try (var object = new Sealer(store, SealingKey.load(folder.resolve("vectors.public"))).create("vectors/other", place)) {
            object.out().write(SealVectorsTest.plaintext(2 * 65_504 + 10));
            object.finish();
        }
        try (var in = store.read("vectors/other", 0, Long.MAX_VALUE)) {
            other = in.readAllBytes();
        }
        byte[] octets = Files.readAllBytes(folder.resolve("three-segments.bin"));
        System.arraycopy(other, HEADER + SEGMENT, octets, HEADER + SEGMENT, SEGMENT);
        Files.write(folder.resolve("spliced-segment.bin"), octets);
        Files.writeString(folder.resolve("spliced-segment.row"), Files.readString(folder.resolve("three-segments.row")).replace("expect opens", "expect broken"));
    }

    private void flipped(String field, byte[] wrap, int at) throws IOException {
        row("flipped-wrap-" + field, "small", "broken", new WrappedKey("X25519+ML-KEM-768+HKDF-SHA384+A256GCM", 1, changed(wrap, at)));
    }

    /** Its private half is a file for a program that reads these vectors; the product has none such. */
    private void elsewhere(String name, String algorithm, KeyPairGenerator generator, int bits, byte[] objectKey, Place place) throws IOException {
        generator.initialize(bits);
        KeyPair pair = generator.generateKeyPair();
        Files.writeString(folder.resolve(name + ".key"), Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()) + "\n"
                + Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded()) + "\n");
        byte[] wrapped = EncapsulatedWrap.wrap(new EncapsulatedWrap.Public(1, pair.getPublic()), objectKey, place);
        row(name + "-wrap", "small", "opens-by " + name + ".key", new WrappedKey(algorithm, 1, wrapped));
    }

    private void row(String name, String of, String expect, WrappedKey wrapped) throws IOException {
        Files.copy(folder.resolve(of + ".bin"), folder.resolve(name + ".bin"));
        Files.writeString(folder.resolve(name + ".row"), Files.readString(folder.resolve(of + ".row")).replaceFirst("expect opens", "expect " + expect)
                .replaceFirst("(?m)^wrap-algorithm .*$", "wrap-algorithm " + wrapped.algorithm())
                .replaceFirst("(?m)^wrapped-key .*$", "wrapped-key " + HexFormat.of().formatHex(wrapped.bytes())));
    }

    private static byte[] changed(byte[] octets, int at) {
        byte[] changed = Arrays.copyOf(octets, octets.length);
        changed[at] ^= CHANGED;
        return changed;
    }
}
