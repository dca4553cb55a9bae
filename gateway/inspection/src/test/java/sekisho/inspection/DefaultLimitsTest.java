package sekisho.inspection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import sekisho.embedded.Tools;

/** How far a look goes in the product: to these numbers, and not a step further. {@link HostileFilesTest} shows the depth. */
class DefaultLimitsTest {

    private static final int COMPRESSED_OCTETS = 10_000;

    private final Look look = new Look(InspectionLimits.DEFAULT);

    @Test
    void areThese() {
        assertThat(InspectionLimits.DEFAULT).isEqualTo(new InspectionLimits(5, 10_000, 1L << 30, 200, Duration.ofSeconds(10), 48 << 20));
    }

    @Test
    void areOnThePageOfPolicy() throws IOException {
        var page = Files.readString(Tools.repository().resolve("docs/policy.md")).replaceAll("\\s+", " ");
        assertThat(page).contains("more than 5 containers inside one another, 10,000 entries, 1 GiB or 200 times its size when decompressed, 10 s");
    }

    @Test
    void tenThousandEntriesAreLookedAt() throws IOException {
        for (int i = 0; i < 10_000; i++) {
            look.entry();
        }
        ends("beyond-entries", look::entry);
    }

    @Test
    void aGibibyteIsDecompressed() throws IOException {
        for (int i = 0; i < 1024; i++) {
            look.inflated(1 << 20);
        }
        ends("beyond-inflated", () -> look.inflated(1));
    }

    @Test
    void twoHundredTimesItsSizeIsDecompressed() throws IOException {
        try (InputStream in = Metered.open(new ByteArrayInputStream(new byte[COMPRESSED_OCTETS]), look, 0, DefaultLimitsTest::zeros)) {
            assertThat(in.skip(200L * COMPRESSED_OCTETS)).isEqualTo(200L * COMPRESSED_OCTETS);
            ends("beyond-ratio", () -> in.readNBytes(200));
        }
    }

    @Test
    void fortyEightMebibytesAreHeld() throws IOException {
        try (var _ = look.reserve(48 << 20)) {
            ends("beyond-memory", () -> look.reserve(1));
        }
    }

    private static void ends(String detail, ThrowingCallable step) {
        assertThatThrownBy(step).isInstanceOfSatisfying(CannotTell.class, told -> assertThat(told.detail()).isEqualTo(detail));
    }

    /** Reads all that is compressed, and gives zeros without end for it. */
    private static InputStream zeros(InputStream compressed) throws IOException {
        compressed.readAllBytes();
        return new InputStream() {
            @Override
            public int read() {
                return 0;
            }

            @Override
            public int read(byte[] into, int offset, int count) {
                return count;
            }
        };
    }
}
