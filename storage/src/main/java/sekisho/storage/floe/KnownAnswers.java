package sekisho.storage.floe;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Checks this implementation against published known answers: pairs of hexadecimal files {@code <name>_ct.txt} and
 * {@code <name>_pt.txt} in one folder, under a key of 32 zero octets and the associated data {@code This is AAD}. A name with
 * {@code rotation} in it changes the segment key every 4 segments. Each ciphertext is decrypted, and then made again from the
 * plaintext with the IVs that it carries. Prints a line for each; exits with 1 when one differs. When the folder lacks one of those that
 * {@code cpp}, {@code go} and {@code java} must each have, or of those that {@code java} alone has, it says which and exits with 1 at once: half of a folder proves half.
 */
public final class KnownAnswers {
    private static final byte[] KEY = new byte[Floe.KEY_OCTETS];
    private static final byte[] ASSOCIATED_DATA = "This is AAD".getBytes(StandardCharsets.US_ASCII);

    /** Who made them, and of what sort there must be one of each. */
    private static final List<String> ORIGINS = List.of("cpp", "go", "java");
    private static final List<String> SORTS = List.of("GCM256_IV256_4K", "GCM256_IV256_64", "rotation");
    /** Of segments of 40 octets, whose last one is full, or empty: made in Java alone. */
    private static final List<String> ALONE = List.of("java_lastSegAligned", "java_lastSegEmpty");

    private KnownAnswers() {
    }

    /** @param args the folder */
    public static void main(String[] args) throws IOException {
        if (args.length != 1) {
            System.err.println("usage: KnownAnswers DIR");
            System.exit(2);
        }
        System.exit(proves(Path.of(args[0]), System.out) ? 0 : 1);
    }

    /** Whether those of all origins are there, and each of them comes out right. */
    static boolean proves(Path folder, PrintStream report) throws IOException {
        var missing = missing(folder);
        if (!missing.isEmpty()) {
            report.println("missing in " + folder + ", so it proves too little: " + String.join(", ", missing));
            return false;
        }
        return check(folder, report);
    }

    /** Files of pairs that must be there and aren't. */
    private static List<String> missing(Path folder) {
        var ofEach = ORIGINS.stream().flatMap(origin -> SORTS.stream().map(sort -> origin + "_" + sort));
        return Stream.concat(ofEach, ALONE.stream()).flatMap(pair -> Stream.of(pair + "_ct.txt", pair + "_pt.txt"))
                .filter(file -> Files.notExists(folder.resolve(file))).toList();
    }

    static boolean check(Path folder, PrintStream report) throws IOException {
        List<Path> ciphertexts;
        try (var files = Files.list(folder)) {
            ciphertexts = files.filter(file -> file.getFileName().toString().endsWith("_ct.txt")).sorted().toList();
        }
        int wrong = 0;
        for (Path file : ciphertexts) {
            String name = file.getFileName().toString().replace("_ct.txt", "");
            String verdict = verdict(name, octets(file), octets(folder.resolve(name + "_pt.txt")));
            report.println(name + ": " + verdict);
            wrong += verdict.equals("ok") ? 0 : 1;
        }
        report.println(ciphertexts.size() + " known answers, " + wrong + " wrong");
        return wrong == 0 && !ciphertexts.isEmpty();
    }

    private static String verdict(String name, byte[] ciphertext, byte[] plaintext) {
        if (ciphertext.length < Floe.HEADER_OCTETS) {
            return "too short";
        }
        Floe floe = new Floe(ByteBuffer.wrap(ciphertext).getInt(2), name.contains("rotation") ? 2 : 20);
        try {
            if (!Arrays.equals(decrypt(floe, ciphertext), plaintext)) {
                return "DECRYPTS TO SOMETHING ELSE";
            }
            return Arrays.equals(encryptAgain(floe, ciphertext, plaintext), ciphertext) ? "ok" : "ENCRYPTS TO SOMETHING ELSE";
        } catch (BrokenCiphertextException e) {
            return "DOES NOT DECRYPT: " + e.getMessage();
        }
    }

    private static byte[] decrypt(Floe floe, byte[] ciphertext) throws BrokenCiphertextException {
        byte[] header = Arrays.copyOf(ciphertext, Floe.HEADER_OCTETS);
        var segments = floe.decrypt(KEY, ASSOCIATED_DATA, header).segments();
        byte[] plaintext = new byte[Math.toIntExact(floe.plainOctets(ciphertext.length))];
        long count = floe.segments(ciphertext.length);
        int written = 0;
        for (int position = 0; position < count; position++) {
            int start = Floe.HEADER_OCTETS + position * floe.segmentOctets();
            int octets = Math.min(floe.segmentOctets(), ciphertext.length - start);
            written += segments.decrypt(position, position == count - 1, ciphertext, start, octets, plaintext, written);
        }
        return plaintext;
    }

    private static byte[] encryptAgain(Floe floe, byte[] ciphertext, byte[] plaintext) throws BrokenCiphertextException {
        FloeEncryption encryption = floe.encrypt(KEY, ASSOCIATED_DATA, new IvsOf(floe, ciphertext));
        byte[] again = new byte[ciphertext.length];
        System.arraycopy(encryption.header(), 0, again, 0, Floe.HEADER_OCTETS);
        long count = floe.segments(ciphertext.length);
        int written = Floe.HEADER_OCTETS;
        for (int position = 0; position < count; position++) {
            int start = position * floe.plainSegmentOctets();
            int octets = Math.min(floe.plainSegmentOctets(), plaintext.length - start);
            written += encryption.segment(plaintext, start, octets, position == count - 1, again, written);
        }
        return again;
    }

    /** Hands out the IVs of an existing ciphertext in the order in which its writer drew them. */
    private static final class IvsOf implements RandomGenerator {
        private final Floe floe;
        private final byte[] ciphertext;
        private int next = -1;

        IvsOf(Floe floe, byte[] ciphertext) {
            this.floe = floe;
            this.ciphertext = ciphertext;
        }

        @Override
        public void nextBytes(byte[] iv) {
            int start = next < 0 ? 10 : Floe.HEADER_OCTETS + next * floe.segmentOctets() + Integer.BYTES;
            System.arraycopy(ciphertext, start, iv, 0, iv.length);
            next++;
        }

        @Override
        public long nextLong() {
            throw new UnsupportedOperationException("only IVs are drawn");
        }
    }

    private static byte[] octets(Path hexFile) throws IOException {
        return HexFormat.of().parseHex(Files.readString(hexFile).strip());
    }
}
