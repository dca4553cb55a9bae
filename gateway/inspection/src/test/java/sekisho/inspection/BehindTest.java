package sekisho.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Archives behind much that compresses well, compressed together with it. */
class BehindTest {
    /** For machines that are busy. */
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final InspectionLimits ROOMY = new InspectionLimits(5, 10_000, 1L << 30, 200, LONG, 48 << 20);
    private static final InspectionLimits SMALL = new InspectionLimits(5, 100, 64 << 20, 200, LONG, 48 << 20);

    @TempDir
    static Path folder;

    static Workshop workshop;

    @BeforeAll
    static void filesToStartFrom() {
        workshop = new Workshop(folder);
        workshop.make("zip -q -P s secret.zip a.txt; 7zz a -bso0 -psecret secret.7z a.txt; zip -q plain.zip a.txt; : > out");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '¦', textBlock = """
        head -c 200000 /dev/zero            ¦ zip -q y.zip x; cat y.zip
        head -c 900000 /dev/zero            ¦ zip -q y.zip x; cat y.zip
        seq 1000000                         ¦ zip -q y.zip x; cat y.zip
        head -c 200000 /dev/zero            ¦ gzip -c x
        head -c 200000 /dev/zero            ¦ bzip2 -c x
        head -c 200000 /dev/zero            ¦ xz -c x
        head -c 200000 /dev/zero            ¦ tar cz x a.txt
        seq 1000000                         ¦ tar cz a.txt x b.csv
        seq 2000000                         ¦ tar cz a.txt x b.csv
        head -c 200000 /dev/zero            ¦ 7zz a -bso0 y.7z x; cat y.7z
        cat plain.pdf; head -c 200000 /dev/zero ¦ 7zz a -bso0 y.7z x; cat y.7z
        cat plain.pdf; head -c 200000 /dev/zero ¦ zip -q y.zip x; cat y.zip
        cat plain.pdf; seq 700000           ¦ 7zz a -bso0 -mx=1 y.7z x; cat y.7z
        """)
    void isSeen(String before, String packed) throws IOException {
        for (String secret : new String[] {"secret.zip", "secret.7z"}) {
            assertThat(look(pack(before, secret, packed), ROOMY)).as(secret).startsWith("PASSWORD ");
        }
        assertThat(look(pack(before, "plain.zip", packed), ROOMY)).isEqualTo("NONE none");
    }

    @Test
    void beyondTheLimitsItCantBeTold() throws IOException {
        assertThat(look(pack("head -c 9000000 /dev/zero", "secret.zip", "gzip -c x"), SMALL)).isEqualTo("UNKNOWN beyond-ratio");
        assertThat(look(pack("seq 10000000", "secret.zip", "gzip -1 -c x"), SMALL)).isEqualTo("UNKNOWN beyond-inflated");
    }

    /** What holds nothing is decompressed once: it may be as large as the limit. */
    @Test
    void aTextIsReadOnce() throws IOException {
        assertThat(look(pack("seq 7000000", "a.txt", "gzip -1 -c x"), SMALL)).isEqualTo("NONE none");
    }

    private static byte[] pack(String before, String secret, String packed) {
        return workshop.make("(" + before + "; cat " + secret + ") > x; (" + packed + ") > out; rm -f x y.*");
    }

    private static String look(byte[] file, InspectionLimits limits) throws IOException {
        Findings findings = new Inspector(limits).inspect("attachment", Octets.of(file));
        return findings.protection() + " " + findings.detail();
    }
}
