package sekisho.demo.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;
import sekisho.mailhook.mime.codec.Base64Decoder;
import sekisho.storage.DirectoryStore;
import sekisho.storage.KeyFiles;
import sekisho.storage.ObjectStore;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.Sealer;
import sekisho.storage.StoreException;

/**
 * Decoding, hashing and sealing 16 MiB, and by themselves what of the JDK is in that; run by {@link StorageBench}. All of it goes over one block
 * again and again, which stays in the processor's cache, as what the network has just brought does. Objects are begun and deleted outside of what
 * is counted.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SealingBenchmarks {
    /** 1,150 whole lines of base64. */
    private static final int BLOCK = 1_150 * 57;
    private static final int BLOCKS = 256;
    private static final int PIECE = 16 << 10;
    private static final int SEGMENT = 64 << 10;

    /** How much each of them works on. */
    static final long OCTETS = (long) BLOCK * BLOCKS;

    /** One block, as it is and as it stands in a message. */
    @State(Scope.Thread)
    public static class Content {
        private final byte[] octets = new byte[1 << 20];
        private byte[] lines;
        private byte[] stripped;

        @Setup
        public void fill() {
            new Random(1).nextBytes(octets);
            byte[] block = Arrays.copyOf(octets, BLOCK);
            stripped = Base64.getEncoder().encode(block);
            lines = (Base64.getMimeEncoder().encodeToString(block) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        }

        private void decodeTo(OutputStream out) throws IOException {
            var decoder = new Base64Decoder(out::write);
            for (int block = 0; block < BLOCKS; block++) {
                for (int at = 0; at < lines.length; at += PIECE) {
                    decoder.decode(lines, at, Math.min(PIECE, lines.length - at));
                }
            }
            decoder.end();
        }
    }

    /** An object that takes more. */
    @State(Scope.Thread)
    public abstract static class Begun {
        private BenchFolder folder;
        private Sealer sealer;
        private Sealer.SealedObject object;

        abstract ObjectStore store(Path folder) throws StoreException;

        /** How often 16 MiB are in it already. */
        abstract int before();

        @Setup
        public void prepare() throws IOException {
            folder = BenchFolder.makeForUs();
            KeyFiles.generate(folder.path(), "bench");
            sealer = new Sealer(store(folder.path()), OpeningKey.load(folder.path().resolve("bench.private")).own(1));
        }

        @Setup(Level.Invocation)
        public void begin(Content content) throws IOException {
            object = sealer.create("bench/" + UUID.randomUUID(), new Place(UUID.randomUUID(), UUID.randomUUID()));
            for (int i = 0; i < before(); i++) {
                content.decodeTo(object.out());
            }
        }

        @TearDown(Level.Invocation)
        public void delete() {
            object.close();
        }

        @TearDown
        public void clear() {
            folder.close();
        }
    }

    /** What nobody keeps. */
    public static class Thrown extends Begun {
        @Override ObjectStore store(Path folder) {
            return new Nowhere();
        }

        @Override int before() {
            return 0;
        }
    }

    /** The beginning of a file. */
    public static class Small extends Begun {
        @Override ObjectStore store(Path folder) throws StoreException {
            return new DirectoryStore(folder);
        }

        @Override int before() {
            return 0;
        }
    }

    /** Behind what is written past the page cache. */
    public static class Cached extends Small {
        @Override int before() {
            return 1;
        }
    }

    /** So much that another thread hashes. */
    public static class LargeThrown extends Thrown {
        @Override int before() {
            return 3;
        }
    }

    /** The same, kept. */
    public static class Large extends Small {
        @Override int before() {
            return 3;
        }
    }

    @Benchmark
    public void jdkBase64(Content content, Blackhole nowhere) {
        byte[] out = new byte[BLOCK];
        for (int block = 0; block < BLOCKS; block++) {
            nowhere.consume(Base64.getDecoder().decode(content.stripped, out));
        }
        nowhere.consume(out);
    }

    @Benchmark
    public byte[] jdkHash(Content content) throws GeneralSecurityException {
        var sha256 = MessageDigest.getInstance("SHA-256");
        for (int block = 0; block < BLOCKS; block++) {
            sha256.update(content.octets, 0, BLOCK);
        }
        return sha256.digest();
    }

    @Benchmark
    public void jdkCipher(Content content, Blackhole nowhere) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
        var key = new SecretKeySpec(new byte[32], "AES");
        byte[] out = new byte[SEGMENT + 16];
        byte[] nonce = new byte[12];
        for (int segment = 0; segment < OCTETS / SEGMENT; segment++) {
            nonce[0] = (byte) segment;
            nonce[1] = (byte) (segment >> 8);
            cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, nonce));
            nowhere.consume(cipher.doFinal(content.octets, 0, SEGMENT, out, 0));
        }
        nowhere.consume(out);
    }

    /** Each block decoded, hashed and encrypted before the next one: what the pass does, without line ends, segments and a place to go. */
    @Benchmark
    public byte[] jdkTogether(Content content, Blackhole nowhere) throws GeneralSecurityException {
        var sha256 = MessageDigest.getInstance("SHA-256");
        var cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
        var key = new SecretKeySpec(new byte[32], "AES");
        byte[] block = new byte[BLOCK];
        byte[] out = new byte[BLOCK + 16];
        byte[] nonce = new byte[12];
        for (int i = 0; i < BLOCKS; i++) {
            Base64.getDecoder().decode(content.stripped, block);
            sha256.update(block);
            nonce[0] = (byte) i;
            nonce[1] = (byte) (i >> 8);
            cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, nonce));
            nowhere.consume(cipher.doFinal(block, 0, BLOCK, out, 0));
        }
        nowhere.consume(out);
        return sha256.digest();
    }

    @Benchmark
    public void lines(Content content) throws IOException {
        content.decodeTo(OutputStream.nullOutputStream());
    }

    @Benchmark
    public void pass(Content content, Thrown thrown) throws IOException {
        content.decodeTo(((Begun) thrown).object.out());
    }

    @Benchmark
    public void passPastCache(Content content, Small small) throws IOException {
        content.decodeTo(((Begun) small).object.out());
    }

    @Benchmark
    public void passThroughCache(Content content, Cached cached) throws IOException {
        content.decodeTo(((Begun) cached).object.out());
    }

    @Benchmark
    public void largePass(Content content, LargeThrown thrown) throws IOException {
        content.decodeTo(((Begun) thrown).object.out());
    }

    @Benchmark
    public void largePassThroughCache(Content content, Large large) throws IOException {
        content.decodeTo(((Begun) large).object.out());
    }
}
