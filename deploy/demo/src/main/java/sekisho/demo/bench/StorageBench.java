package sekisho.demo.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import sekisho.mailhook.mime.codec.Base64Decoder;
import sekisho.mailhook.mime.codec.OctetConsumer;
import sekisho.storage.DirectoryStore;
import sekisho.storage.KeyFiles;
import sekisho.storage.ObjectStore;
import sekisho.storage.OpeningKey;
import sekisho.storage.Place;
import sekisho.storage.Sealer;
import sekisho.storage.SealingKey;
import sekisho.storage.StoreException;
import sekisho.storage.StoredObject;
import sekisho.storage.Stray;

/**
 * What of taking an attachment in is hashing, sealing and the disk: on one core, beside what base64, SHA-256 and AES-256-GCM of the JDK take by
 * themselves on the same octets in the same run. All of them go over one block again and again, which stays in the processor's cache, as what the
 * network has just brought does.
 */
final class StorageBench {
    /** 1,150 whole lines of base64. */
    private static final int BLOCK = 1_150 * 57;
    /** A little over the 16 MiB that the directory store writes past the page cache. */
    private static final int BLOCKS = 256;
    private static final int PIECE = 16 << 10;
    private static final int SEGMENT = 64 << 10;
    private static final int WRAPS = 200;
    private static final int SMALL = 1 << 20;
    private static final int OBJECTS = 100;
    private static final int AT_ONCE = 20;

    private final byte[] content = new byte[SMALL];
    private final byte[] lines;
    private final byte[] stripped;
    private final Path folder;
    private final SealingKey forOthers;
    private final SealingKey forMyself;
    private Sealer.SealedObject object;
    private long sum;   // so that nothing is optimised away

    private StorageBench(Path folder) throws StoreException {
        this.folder = folder;
        new Random(1).nextBytes(content);
        byte[] block = Arrays.copyOf(content, BLOCK);
        stripped = Base64.getEncoder().encode(block);
        lines = (Base64.getMimeEncoder().encodeToString(block) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        KeyFiles.generate(folder, "bench");
        forOthers = SealingKey.load(folder.resolve("bench.public"));
        forMyself = OpeningKey.load(folder.resolve("bench.private")).own(1);
        object = begun(new Nowhere());
    }

    /** Prints a table of medians. */
    static void run(int rounds) throws IOException, InterruptedException {
        new StorageBench(Files.createTempDirectory("sekisho-bench")).measure(rounds);
    }

    private void measure(int rounds) throws IOException, InterruptedException {
        System.out.printf("%s; %d processors; one thread's processor time, medians of %d rounds%n%n| what | MB/s of content | beside the JDK alone |%n| --- | --- | --- |%n",
                processor(), Runtime.getRuntime().availableProcessors(), rounds);
        double base64 = ProcessorTime.of(rounds, this::base64);
        double hash = ProcessorTime.of(rounds, this::hash);
        double encrypt = ProcessorTime.of(rounds, this::encrypt);
        double alone = base64 + hash + encrypt;
        row("base64 without line ends (JDK)", base64, 0);
        row("SHA-256 (JDK)", hash, 0);
        row("AES-256-GCM, 64 KiB at a time (JDK)", encrypt, 0);
        row("these three, added up", alone, alone);
        row("our base64 of the same lines, line ends and all", ProcessorTime.of(rounds, () -> decode((octets, offset, _) -> sum += octets[offset])), 0);
        var nowhere = new Nowhere();
        row("lines decoded, hashed and sealed in one pass, thrown away", ProcessorTime.of(rounds, () -> create(nowhere), this::seal, this::forget), alone);
        var store = new DirectoryStore(folder);
        row("the same, written past the page cache: the first 16 MiB of an object", ProcessorTime.of(rounds, () -> create(store), this::seal, this::forget), alone);
        row("the same, written to the page cache: what follows them", ProcessorTime.of(rounds, () -> {
            create(store);
            seal();   // as much as goes past the cache
        }, this::seal, this::forget), alone);
        System.out.printf("%n| what | each |%n| --- | --- |%n");
        time("wrapping a file's key to web's public key", rounds, forOthers);
        time("wrapping a spool's key by the key of the mail side", rounds, forMyself);
        System.out.printf("| making 1 MiB durable in the directory store, one after another | %.2f ms |%n", durable(1));
        System.out.printf("| the same, %d at a time | %.2f ms |%n", AT_ONCE, durable(AT_ONCE));
    }

    private static void row(String what, double seconds, double alone) {
        System.out.printf("| %s | %.0f | %s |%n", what, (double) BLOCK * BLOCKS / 1e6 / seconds, alone == 0 ? "" : "%.2f".formatted(alone / seconds));
    }

    private void time(String what, int rounds, SealingKey key) {
        byte[] objectKey = new byte[32];
        var place = new Place(UUID.randomUUID(), UUID.randomUUID());
        double seconds = ProcessorTime.of(rounds, () -> {
            for (int i = 0; i < WRAPS; i++) {
                sum += key.wrap(objectKey, place).bytes()[0];
            }
        });
        System.out.printf("| %s | %.0f µs |%n", what, seconds / WRAPS * 1e6);
    }

    private void base64() {
        byte[] out = new byte[BLOCK];
        for (int block = 0; block < BLOCKS; block++) {
            sum += Base64.getDecoder().decode(stripped, out) + out[block];
        }
    }

    private void decode(OctetConsumer out) throws IOException {
        var decoder = new Base64Decoder(out);
        for (int block = 0; block < BLOCKS; block++) {
            for (int at = 0; at < lines.length; at += PIECE) {
                decoder.decode(lines, at, Math.min(PIECE, lines.length - at));
            }
        }
        decoder.end();
    }

    private void hash() {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            for (int block = 0; block < BLOCKS; block++) {
                sha256.update(content, 0, BLOCK);
            }
            sum += sha256.digest()[0];
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }

    private void encrypt() {
        try {
            var cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
            var key = new SecretKeySpec(new byte[32], "AES");
            byte[] out = new byte[SEGMENT + 16];
            byte[] nonce = new byte[12];
            for (int segment = 0; segment < (long) BLOCK * BLOCKS / SEGMENT; segment++) {
                nonce[0] = (byte) segment;
                nonce[1] = (byte) (segment >> 8);
                nonce[2]++;
                cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, nonce));
                sum += cipher.doFinal(content, 0, SEGMENT, out, 0) + out[0];
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no AES-256-GCM", e);
        }
    }

    private void create(ObjectStore store) throws StoreException {
        object = begun(store);
    }

    private Sealer.SealedObject begun(ObjectStore store) throws StoreException {
        return new Sealer(store, forMyself).create("bench/" + UUID.randomUUID(), new Place(UUID.randomUUID(), UUID.randomUUID()));
    }

    /** As a message's attachment goes; begun and deleted ({@link #create}, {@link #forget}) outside of what is counted. */
    private void seal() throws IOException {
        decode((octets, offset, length) -> object.out().write(octets, offset, length));
    }

    private void forget() {
        object.close();
    }

    /** Wall-clock milliseconds for each of many. */
    private double durable(int atOnce) throws IOException, InterruptedException {
        var sealer = new Sealer(new DirectoryStore(folder), forMyself);
        long begin = System.nanoTime();
        try (var threads = Executors.newFixedThreadPool(atOnce)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < OBJECTS; i++) {
                running.add(threads.submit(() -> {
                    try (var object = sealer.create("bench/" + UUID.randomUUID(), new Place(UUID.randomUUID(), UUID.randomUUID()))) {
                        object.out().write(content, 0, SMALL);
                        object.finish();
                    }
                    return null;
                }));
            }
            for (var each : running) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("an object could not be written: " + e.getCause().getMessage(), e);
        }
        return Duration.ofNanos(System.nanoTime() - begin).toNanos() / 1e6 / OBJECTS;
    }

    private static String processor() throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream().filter(line -> line.startsWith("model name")).findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse("an unknown processor");
    }

    /** A store that forgets. */
    private static final class Nowhere implements ObjectStore {
        @Override
        public Upload create(String key) {
            return new Upload() {
                @Override
                public OutputStream out() {
                    return OutputStream.nullOutputStream();
                }

                @Override
                public void finish() {
                    // nothing was kept
                }

                @Override
                public void close() {
                    // nothing was kept
                }
            };
        }

        @Override
        public InputStream read(String key, long offset, long length) {
            return InputStream.nullInputStream();
        }

        @Override
        public void delete(String key) {
            // there is nothing
        }

        @Override
        public void list(Consumer<StoredObject> each) {
            // there is nothing
        }

        @Override
        public void strays(Consumer<Stray> each) {
            // nothing stays
        }

        @Override
        public void sweepUnfinished(Duration olderThan) {
            // there is nothing
        }

        @Override
        public void check() {
            // it takes everything
        }

        @Override
        public void close() {
            // there is nothing
        }
    }
}
