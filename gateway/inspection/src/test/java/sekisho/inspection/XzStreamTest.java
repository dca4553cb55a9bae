package sekisho.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tukaani.xz.ARMOptions;
import org.tukaani.xz.DeltaOptions;
import org.tukaani.xz.FilterOptions;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.PowerPCOptions;
import org.tukaani.xz.X86Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZInputStream;
import org.tukaani.xz.XZOutputStream;

/** Against the reader of the library, whole and broken. */
@Timeout(120)
class XzStreamTest {
    private static final int FILES = 120;
    private static final int[] CHECKS = {XZ.CHECK_NONE, XZ.CHECK_CRC32, XZ.CHECK_CRC64, XZ.CHECK_SHA256};

    private final Random random = new Random(20261201);
    private final ByteArrayOutputStream plain = new ByteArrayOutputStream();
    private final ByteArrayOutputStream packed = new ByteArrayOutputStream();

    private void stream() throws IOException {
        var filters = new FilterOptions[] {new DeltaOptions(1 + random.nextInt(256)), new X86Options(), new ARMOptions(), new PowerPCOptions()};
        var chain = new FilterOptions[1 + random.nextInt(3)];
        Arrays.setAll(chain, _ -> filters[random.nextInt(filters.length)]);
        chain[chain.length - 1] = new LZMA2Options(random.nextInt(7));
        try (var out = new XZOutputStream(packed, chain, CHECKS[random.nextInt(CHECKS.length)])) {
            for (int blocks = random.nextInt(3); blocks >= 0; blocks--) {
                byte[] content = new byte[random.nextInt(20_000)];
                if (random.nextBoolean()) {
                    random.nextBytes(content);
                }
                plain.write(content);
                out.write(content);
                out.endBlock();
            }
            out.finish();
        }
        packed.write(new byte[4 * random.nextInt(3)]);
    }

    @FunctionalInterface
    private interface Reader {
        InputStream over(InputStream in) throws IOException;
    }

    private static byte @Nullable [] read(byte[] file, Reader reader) {
        try (var in = reader.over(new ByteArrayInputStream(file))) {
            return in.readAllBytes();
        } catch (IOException | RuntimeException _) {
            return null;
        }
    }

    private byte[] broken(byte[] file) {
        if (random.nextInt(3) == 0) {
            return Arrays.copyOf(file, random.nextInt(file.length));
        }
        byte[] broken = file.clone();
        broken[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
        return broken;
    }

    /** The index tells nothing that isn't in front of it; what comes out of a file whose index alone is broken may be the whole content, or nothing. */
    @Test
    void whatComesOutIsWhatTheLibraryReads() throws IOException {
        var limits = new InspectionLimits(1, 1, 1L << 30, Integer.MAX_VALUE, InspectionLimits.DEFAULT.time().multipliedBy(6), 48 << 20);
        Reader ours = in -> Decoders.xz(in, new Look(limits));
        int refused = 0;
        for (int i = 0; i < FILES; i++) {
            plain.reset();
            packed.reset();
            for (int streams = random.nextInt(3); streams >= 0; streams--) {
                stream();
            }
            assertThat(read(packed.toByteArray(), ours)).isEqualTo(plain.toByteArray());
            for (int variant = 0; variant < 8; variant++) {
                byte[] broken = broken(packed.toByteArray());
                byte[] theirs = read(broken, XZInputStream::new);
                byte[] out = read(broken, ours);
                refused += out == null ? 1 : 0;
                assertThat(out == null || Arrays.equals(out, theirs) || theirs == null && Arrays.equals(out, plain.toByteArray())).as("file %d, variant %d", i, variant).isTrue();
                assertThat(theirs != null && out == null).as("refused alone: file %d, variant %d", i, variant).isFalse();
            }
        }
        assertThat(refused).as("of " + FILES * 8 + " broken ones").isGreaterThan(FILES);
    }
}
