package sekisho.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives of tar in which programs see different things: whatever one of them would unpack is looked into. */
class TarTest {
    private static final int BLOCK = 512;
    private static final byte[] NOTHING = {};

    @TempDir
    static Path folder;

    static Workshop workshop;
    static byte[] secret;

    private final ByteArrayOutputStream tar = new ByteArrayOutputStream();

    @BeforeAll
    static void filesToStartFrom() {
        workshop = new Workshop(folder);
        secret = workshop.make("qpdf --encrypt user owner 256 -- plain.pdf out; cp out secret.pdf");
    }

    /** Python's tarfile writes whatever kind it is told. */
    @ParameterizedTest
    @ValueSource(strings = {"Z", "A", "D", "E", "I", "N", "V", "~", "8", "g", "L", "\\x80", "\\xff"})
    void aKindThatNobodyKnowsIsUnpackedAsAFile(String kind) throws IOException {
        byte[] file = workshop.make("python3 - <<'END'\n"
            + "import tarfile\n"
            + "with tarfile.open('out', 'w', format=tarfile.USTAR_FORMAT) as tar:\n"
            + "    tar.add('a.txt')\n"
            + "    entry = tar.gettarinfo('secret.pdf')\n"
            + "    entry.type = '" + kind + "'.encode('latin-1')\n"
            + "    tar.addfile(entry, open('secret.pdf', 'rb'))\n"
            + "    tar.add('b.csv')\n"
            + "END");
        assertThat(look(file)).isEqualTo("PASSWORD pdf-user-password");
        assertThat(look(gzipped(file))).isEqualTo("PASSWORD pdf-user-password");
    }

    @ParameterizedTest
    @ValueSource(chars = {'1', '2', '3', '4', '5', '6'})
    void whereALinkOrDirectoryHasOctetsBothReadingsAreLookedInto(char kind) throws IOException {
        entry("a", kind, 1024, new byte[1024]);
        entry("b.txt", '0', 4, "text".getBytes(StandardCharsets.US_ASCII));
        assertThat(look(ended())).isEqualTo("UNKNOWN tar-disagrees");

        tar.reset();
        entry("a", kind, secret.length, secret); // for those who unpack it
        assertThat(look(ended())).isEqualTo("PASSWORD pdf-user-password");

        tar.reset();
        entry("a", kind, padded(secret.length) + 2 * BLOCK, NOTHING);
        entry("secret.pdf", '0', secret.length, secret); // for those who don't
        entry("b.txt", '0', BLOCK, new byte[BLOCK]);
        assertThat(look(ended())).isEqualTo("PASSWORD pdf-user-password");

        tar.reset();
        entry("a", kind, BLOCK, new byte[BLOCK]); // what is no header
        entry("secret.pdf", '0', secret.length, secret);
        assertThat(look(ended())).isEqualTo("PASSWORD pdf-user-password");
    }

    @ParameterizedTest
    @CsvSource({"'', NONE none", "'a', NONE none"})
    void anEntryMayHaveNoName(String name, String expected) throws IOException {
        entry(name, '0', 4, "text".getBytes(StandardCharsets.US_ASCII));
        assertThat(look(ended())).isEqualTo(expected);
        pax("path=secret.pdf");
        entry(name, '0', secret.length, secret);
        assertThat(look(ended())).isEqualTo("PASSWORD pdf-user-password");
        tar.reset();
        entry(name, '0', secret.length, secret);
        assertThat(look(ended())).as("the first").isEqualTo("PASSWORD pdf-user-password");
    }

    @Test
    void behindAnEmptyBlockSomeReadOn() throws IOException {
        entry("a.txt", '0', 4, "text".getBytes(StandardCharsets.US_ASCII));
        byte[] plain = tar.toByteArray();
        for (int empty = 1; empty < 30; empty += 7) {
            tar.reset();
            tar.writeBytes(plain);
            tar.writeBytes(new byte[empty * BLOCK]);
            tar.writeBytes(plain);
            assertThat(look(ended())).isEqualTo("UNKNOWN tar-disagrees");
            entry("secret.pdf", '0', secret.length, secret);
            assertThat(look(ended())).isEqualTo("PASSWORD pdf-user-password");
        }
        tar.reset();
        tar.writeBytes(new byte[BLOCK]);
        entry("secret.pdf", '0', secret.length, secret);
        assertThat(look(ended())).as("in front of all").isEqualTo("PASSWORD pdf-user-password");
        tar.reset();
        tar.writeBytes(plain);
        tar.writeBytes(new byte[2 * BLOCK]);
        tar.writeBytes("left over from before".repeat(100).getBytes(StandardCharsets.US_ASCII));
        assertThat(look(tar.toByteArray())).as("padding of old programs").isEqualTo("NONE none");
    }

    @Test
    void whereASizeOfPaxIsNotThatOfTheHeaderBothAreTried() throws IOException {
        pax("size=4");
        entry("a.txt", '0', 4, "text".getBytes(StandardCharsets.US_ASCII));
        assertThat(look(ended())).isEqualTo("NONE none");
        for (String record : new String[] {"size=" + secret.length, "size=0", "size=1"}) {
            tar.reset();
            pax(record);
            entry("secret.pdf", '0', record.endsWith("=0") ? secret.length : 0, secret);
            entry("b.txt", '0', BLOCK, new byte[BLOCK]);
            assertThat(look(ended())).as(record).isEqualTo(record.endsWith("1") ? "UNKNOWN tar-disagrees" : "PASSWORD pdf-user-password");
        }
        tar.reset();
        pax("size=4");
        pax("size=" + BLOCK);
        entry("a.txt", '0', 4, "text".getBytes(StandardCharsets.US_ASCII));
        assertThat(look(ended())).as("two of them").isEqualTo("UNKNOWN tar-disagrees");
        tar.reset();
        pax("size=" + BLOCK);
        entry("././@LongLink", 'L', 6, "a.txt\0".getBytes(StandardCharsets.US_ASCII));
        entry("a.txt", '0', BLOCK, new byte[BLOCK]);
        assertThat(look(ended())).as("of which header?").isEqualTo("UNKNOWN tar-disagrees");
    }

    @Test
    void whatStandsInAValueOfPaxIsNoRecord() throws IOException {
        pax("comment=a\n9 size=7");
        entry("a.txt", '0', 4, "text".getBytes(StandardCharsets.US_ASCII));
        assertThat(look(ended())).isEqualTo("NONE none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"size=-1", "size=0x10", "size=", "size=99999999999999999999"})
    void aSizeOfPaxThatIsNoneIsDamaged(String record) throws IOException {
        pax(record);
        entry("a.txt", '0', 4, "text".getBytes(StandardCharsets.US_ASCII));
        assertThat(look(ended())).isEqualTo("UNKNOWN tar-damaged");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '¦', textBlock = """
        truncate -s 3000000 x.bin; printf a >> x.bin; tar --sparse --format=gnu -cf out x.bin                                  ¦ UNKNOWN tar-sparse
        for i in $(seq 30); do printf a | dd of=x.bin bs=1 seek=${i}00000 status=none; done; tar --sparse --format=gnu -cf out x.bin a.txt secret.pdf ¦ PASSWORD pdf-user-password
        truncate -s 3000000 x.bin; printf a >> x.bin; tar --sparse --format=pax -cf out x.bin a.txt                            ¦ UNKNOWN tar-sparse
        truncate -s 3000000 x.bin; printf a >> x.bin; tar --sparse --format=pax --sparse-version=0.1 -cf out x.bin             ¦ UNKNOWN tar-sparse
        mkdir -p d; cp a.txt d; tar --format=gnu -g snar -cf out d; rm snar                                                    ¦ NONE none
        mkdir -p d; cp a.txt d; ln -f d/a.txt d/b; ln -sf a.txt d/c; tar -cf out d                                             ¦ NONE none
        cp a.txt $(printf 'n%.0s' $(seq 200)); for f in gnu pax; do tar --format=$f -cf out nnn*; done                         ¦ NONE none
        cp a.txt $(printf 'n%.0s' $(seq 200)); tar --format=gnu -cf out nnn*                                                   ¦ NONE none
        tar --format=v7 -cf out a.txt                                                                                          ¦ NONE none
        tar -V label -cf out a.txt                                                                                             ¦ NONE none
        tar -cf x.tar a.txt; tar -cf y.tar secret.pdf; tar -Af x.tar y.tar; mv x.tar out                                       ¦ PASSWORD pdf-user-password
        tar -cf x.tar a.txt; cat x.tar x.tar > out                                                                             ¦ UNKNOWN tar-disagrees
        tar -cf x.tar a.txt; gzip -c x.tar > out; tar -cf y.tar secret.pdf; gzip -c y.tar >> out                               ¦ PASSWORD pdf-user-password
        tar -cf x.tar a.txt c.png; head -c 2000 x.tar | gzip > out                                                             ¦ UNKNOWN tar-damaged
        """)
    void whatRealProgramsWriteIsKnown(String script, String expected) throws IOException {
        byte[] file = workshop.make(script + "; rm -rf d x.* y.* nnn*");
        assertThat(look(file)).isEqualTo(expected);
    }

    @Test
    void partOfAnArchiveOfManyCantBeTold() throws IOException {
        entry("a.txt", 'M', 4, "text".getBytes(StandardCharsets.US_ASCII));
        assertThat(look(ended())).isEqualTo("UNKNOWN tar-split");
    }

    /** As some old programs add them up. */
    @Test
    void aChecksumMayBeOfOctetsWithASign() throws IOException {
        entry("\u00e4\u00f6\u00fc.pdf", '0', secret.length, secret);
        byte[] file = ended();
        int sum = 8 * ' ';
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? 0 : file[i];
        }
        octal(file, 148, 7, sum);
        assertThat(look(file)).isEqualTo("PASSWORD pdf-user-password");
    }

    @Test
    void numbersMayBeInBase256() throws IOException {
        entry("secret.pdf", '0', secret.length, secret);
        byte[] file = ended();
        Arrays.fill(file, 124, 136, (byte) 0);
        file[124] = (byte) 0x80;
        file[134] = (byte) (secret.length >> 8);
        file[135] = (byte) secret.length;
        summed(file);
        assertThat(look(file)).isEqualTo("PASSWORD pdf-user-password");
        entry("a.txt", '0', 4, "text".getBytes(StandardCharsets.US_ASCII));
        file = Arrays.copyOfRange(ended(), padded(secret.length) + BLOCK, padded(secret.length) + 5 * BLOCK);
        file[124] = (byte) 0xff;
        summed(file);
        assertThat(look(file)).as("below 0").isEqualTo("UNKNOWN tar-damaged");
        file[124] = (byte) 0x81;
        summed(file);
        assertThat(look(file)).as("beyond all").isEqualTo("UNKNOWN tar-damaged");
    }

    /** Programs go by the name of the archive. */
    @ParameterizedTest
    @ValueSource(strings = {"GIF89a", "ID3", "BM", "OggS", "%PDF-1.7", "Subject: a", "PK\3\4abcdefghijklmnopqrstuvwxyzabcdefghijkl", "Salted__", "7z\u00bc\u00af'\34", "MZ", "{\\rtf"})
    void theNameOfTheFirstEntryMayBeTheMarkOfSomethingElse(String name) throws IOException {
        entry(name, '0', secret.length, secret);
        assertThat(look(ended())).isEqualTo("PASSWORD pdf-user-password");
        assertThat(look(gzipped(ended()))).isEqualTo("PASSWORD pdf-user-password");
    }

    private static String look(byte[] file) throws IOException {
        Findings findings = new Inspector(InspectionLimits.DEFAULT).inspect("a.tar", Octets.of(file));
        return findings.protection() + " " + findings.detail();
    }

    private static byte[] gzipped(byte[] file) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(file);
        }
        return out.toByteArray();
    }

    private static int padded(int octets) {
        return (octets + BLOCK - 1) / BLOCK * BLOCK;
    }

    private void entry(String name, char kind, int size, byte[] content) {
        byte[] header = new byte[BLOCK];
        byte[] octets = name.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(octets, 0, header, 0, octets.length);
        octal(header, 100, 7, 0644);
        octal(header, 124, 11, size);
        header[156] = (byte) kind;
        System.arraycopy("ustar\00000".getBytes(StandardCharsets.US_ASCII), 0, header, 257, 8);
        summed(header);
        tar.writeBytes(header);
        tar.writeBytes(Arrays.copyOf(content, padded(content.length)));
    }

    private void pax(String record) {
        int length = record.length() + 3;
        length += length + 1 > 99 ? 2 : length > 9 ? 1 : 0;
        byte[] content = (length + " " + record + "\n").getBytes(StandardCharsets.US_ASCII);
        assertThat(content).hasSize(length);
        entry("pax", 'x', length, content);
    }

    private byte[] ended() {
        return Arrays.copyOf(tar.toByteArray(), tar.size() + 2 * BLOCK);
    }

    private static void octal(byte[] into, int at, int digits, int value) {
        System.arraycopy(String.format("%0" + digits + "o", value).getBytes(StandardCharsets.US_ASCII), 0, into, at, digits);
    }

    private static void summed(byte[] header) {
        int sum = 8 * ' ';
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? 0 : header[i] & 0xff;
        }
        octal(header, 148, 7, sum);
    }

    /** No program writes an empty sum; octets that add up to none are in many files. */
    @Test
    void whatSaysNoSumIsNoTar() throws Exception {
        byte[] picture = new byte[4096];
        System.arraycopy("GIF89a".getBytes(StandardCharsets.US_ASCII), 0, picture, 0, 6);
        for (int i = 200; i < 205; i++) {
            picture[i] = (byte) 0x80;
        }
        picture[205] = (byte) 0xd8;   // with signs, all octets but the sum's add up to -256
        assertThat(look(picture)).isEqualTo("NONE none");
    }
}
