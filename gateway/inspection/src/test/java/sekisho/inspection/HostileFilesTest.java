package sekisho.inspection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that want to keep us busy, fill our memory, or be taken for something else. The time limit of each test is only for those that hang. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class HostileFilesTest {
    private static final InspectionLimits SMALL = new InspectionLimits(5, 100, 64 << 20, 200, Duration.ofSeconds(30), 48 << 20);

    @TempDir
    Path folder;

    @Test
    void zipsInZipsEndAtTheDepthThatIsAllowed() throws IOException {
        byte[] five = zip("a.txt", "text".getBytes(StandardCharsets.UTF_8));
        for (int i = 1; i < 5; i++) {
            five = zip("a.zip", five);
        }
        assertThat(look(five)).isEqualTo("NONE none");
        assertThat(look(zip("a.zip", five))).isEqualTo("UNKNOWN beyond-depth");
        for (int i = 0; i < 3; i++) { // as gzip's quine does without end
            var out = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(out)) {
                gzip.write(five);
            }
            five = out.toByteArray();
        }
        assertThat(look(five)).isEqualTo("UNKNOWN beyond-depth");
    }

    /** Five layers of sixteen, each the same, like the well-known 42.zip: 16^4 entries at the bottom. */
    @Test
    void zipsThatMultiplyEndAtTheNumberOfEntries() throws IOException {
        byte[] layer = zip("a.txt", "text".getBytes(StandardCharsets.UTF_8));
        for (int i = 1; i < 5; i++) {
            var out = new ByteArrayOutputStream();
            try (var zip = new ZipOutputStream(out)) {
                for (int j = 0; j < 16; j++) {
                    put(zip, j + ".zip", layer);
                }
            }
            layer = out.toByteArray();
        }
        assertThat(look(layer)).isEqualTo("UNKNOWN beyond-entries");
    }

    @Test
    void aHugeFileOfZerosIsToldByItsRatioAndNotInflated() throws IOException {
        byte[] bomb = deflated("zeros.bin", 300L << 20);
        assertThat(bomb.length).isLessThan(1 << 20);
        var tight = new InspectionLimits(5, 100, 1 << 20, 200, Duration.ofSeconds(30), 1 << 20);
        assertThat(look(bomb, tight)).isEqualTo("UNKNOWN beyond-ratio");
    }

    @Test
    void whatMustBeInflatedStopsAtTheRatio() throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(tarOf("a.zip", 200L << 20, new byte[] {'P', 'K', 3, 4}));
            zeros(gzip, 200L << 20);
        }
        assertThat(look(out.toByteArray(), SMALL)).isEqualTo("UNKNOWN beyond-ratio");
    }

    @Test
    void whatInflatesSlowlyStopsAtTheTotal() throws IOException {
        byte[] noise = new byte[3 << 20];
        new java.util.Random(1).nextBytes(noise);
        noise[0] = 'P';
        noise[1] = 'K';
        noise[2] = 3;
        noise[3] = 4;
        byte[] file = zip("a.zip", noise);
        assertThat(look(file, new InspectionLimits(5, 100, 1 << 20, 200, Duration.ofSeconds(30), 48 << 20))).isEqualTo("UNKNOWN beyond-inflated");
        assertThat(look(file)).as("within the limit it is read, and is no ZIP").isEqualTo("UNKNOWN zip-damaged");
    }

    /** An archive that is larger than what is held is read by going over it again. */
    @Test
    void aLargeArchiveInAnArchiveIsReadInLittleMemory() throws Exception {
        var workshop = new Workshop(folder);
        byte[] file = workshop.make("head -c 30000000 /dev/urandom > r; zip -q x.zip r; zip -q -P s x.zip a.txt; zip -q y.zip b.csv x.zip; mv y.zip out; rm x.zip r");
        assertThat(look(file, new InspectionLimits(5, 100, 200 << 20, 200, Duration.ofSeconds(60), 2 << 20))).isEqualTo("PASSWORD zip-crypto");
        byte[] packed = workshop.make("head -c 30000000 /dev/urandom > r; zip -q x.zip r; zip -q -P s x.zip a.txt; tar czf out b.csv x.zip; rm x.zip r");
        assertThat(look(packed, new InspectionLimits(5, 100, 200 << 20, 200, Duration.ofSeconds(60), 2 << 20))).isEqualTo("PASSWORD zip-crypto");
    }

    @Test
    void entriesThatShareOneContentAreCounted() throws IOException {
        byte[] file = overlapping(20_000);
        assertThat(look(file)).isEqualTo("UNKNOWN beyond-entries");
    }

    @Test
    void aSecondEndIsReadToo() throws IOException {
        byte[] plain = zip("a.txt", new byte[10]);
        byte[] secret = withFlag(zip("b.txt", new byte[10]), true, true);
        assertThat(look(joined(secret, plain))).as("a reader that trusts the last end sees the other alone").isEqualTo("PASSWORD zip-crypto");
        byte[] commented = withComment(secret, plain);
        assertThat(look(commented)).as("one archive is the other's comment").isEqualTo("PASSWORD zip-crypto");
    }

    @Test
    void whatOnlyOneOfTheTwoHeadersSaysCounts() throws IOException {
        byte[] file = zip("a.txt", new byte[10]);
        assertThat(look(withFlag(file, true, false))).isEqualTo("PASSWORD zip-crypto");
        assertThat(look(withFlag(file, false, true))).isEqualTo("PASSWORD zip-crypto");
        byte[] disagrees = file.clone();
        disagrees[8] = 0; // the local header's method: stored
        assertThat(look(disagrees)).isEqualTo("UNKNOWN zip-disagrees");
    }

    @Test
    void hugeSizesThatAreOnlyClaimedCostNothing() throws IOException {
        byte[] seven = new byte[32];
        System.arraycopy(HexFormat.of().parseHex("377abcaf271c0004"), 0, seven, 0, 8);
        Arrays.fill(seven, 12, 28, (byte) 0x7f);
        assertThat(look(seven)).isEqualTo("UNKNOWN 7z-header-too-large");
        byte[] xz = HexFormat.of().parseHex("fd377a585a000004e6d6b446" + "0200210128000000" + "e6a011b3" + "00".repeat(100));
        assertThat(look(xz)).as("a dictionary of 4 GiB, and no index").isEqualTo("UNKNOWN content-damaged");
        byte[] zip = zip("a.docx", new byte[100]);
        Arrays.fill(zip, zip.length - 10, zip.length - 2, (byte) 0xff); // size and place of the directory
        assertThat(look(zip)).isEqualTo("UNKNOWN zip-damaged");
        byte[] tar = tarOf("a.zip", 8L << 30, new byte[0]);
        assertThat(look(tar)).isEqualTo("UNKNOWN tar-damaged");
    }

    /** Ten thousand folders that each claim a million files: eighty thousand million octets, had they been believed. */
    @Test
    void countsThatMultiplyAreNotBelieved() throws IOException {
        int folders = 10_000;
        var header = new ByteArrayOutputStream();
        header.writeBytes(HexFormat.of().parseHex("0104070b"));
        header.writeBytes(new byte[] {(byte) (0x80 | folders >> 8), (byte) folders, 0});
        for (int i = 0; i < folders; i++) {
            header.writeBytes(new byte[] {1, 1, 0});
        }
        header.write(0x0c);
        header.writeBytes(new byte[folders]);
        header.writeBytes(HexFormat.of().parseHex("00080d"));
        for (int i = 0; i < folders; i++) {
            header.writeBytes(HexFormat.of().parseHex("d00000")); // 0x100000
        }
        header.writeBytes(new byte[1 << 21]);
        byte[] seven = new byte[32 + header.size()];
        System.arraycopy(HexFormat.of().parseHex("377abcaf271c0004"), 0, seven, 0, 8);
        put(seven, 20, header.size(), 8);
        System.arraycopy(header.toByteArray(), 0, seven, 32, header.size());
        assertThat(look(seven)).isEqualTo("UNKNOWN beyond-entries");
    }

    @Test
    void manyCompressedFilesOfNothingEnd() throws IOException {
        var one = new ByteArrayOutputStream();
        new GZIPOutputStream(one).close();
        var all = new ByteArrayOutputStream();
        for (int i = 0; i < 200_000; i++) {
            all.writeBytes(one.toByteArray());
        }
        assertThat(look(all.toByteArray())).isIn("UNKNOWN gz-damaged", "UNKNOWN beyond-time", "NONE none");
        byte[] empty = HexFormat.of().parseHex("425a683917724538509000000000");
        var bzip2 = new ByteArrayOutputStream();
        for (int i = 0; i < 200_000; i++) {
            bzip2.writeBytes(empty);
        }
        assertThat(look(bzip2.toByteArray())).isIn("UNKNOWN beyond-time", "NONE none");
    }

    @Test
    void aCompoundFileWhoseChainsGoInCirclesEnds() throws IOException {
        byte[] file = Workshop.xls(null);
        byte[] circle = file.clone();
        int table = 512 + (file[0x4c] & 0xff | (file[0x4d] & 0xff) << 8) * 512;
        for (int i = 0; i < 128; i++) {
            circle[table + 4 * i] = 0; // every sector is followed by the first
            circle[table + 4 * i + 1] = 0;
            circle[table + 4 * i + 2] = 0;
            circle[table + 4 * i + 3] = 0;
        }
        assertThat(look(circle)).startsWith("UNKNOWN");
        byte[] directory = file.clone();
        directory[0x2c] = -1; // as many tables as there can't be
        directory[0x2d] = -1;
        directory[0x2e] = -1;
        assertThat(look(directory)).isEqualTo("UNKNOWN ole2-damaged");
    }

    @Test
    void aPdfThatNestsAndNamesWithoutEndEnds() throws IOException {
        assertThat(look(("%PDF-1.7\ntrailer << /Encrypt " + "<< /A ".repeat(5000) + ">>").getBytes(StandardCharsets.US_ASCII))).isEqualTo("UNKNOWN pdf-unclear");
        assertThat(look(("%PDF-1.7\n" + "/Encrypt 1 0 R ".repeat(5000)).getBytes(StandardCharsets.US_ASCII))).isEqualTo("UNKNOWN pdf-unclear");
        assertThat(look("%PDF-1.7\n1 0 obj << /Encrypt 1 0 R >> endobj trailer << /Encrypt 1 0 R >>".getBytes(StandardCharsets.US_ASCII)))
            .isEqualTo("UNKNOWN pdf-unclear");
        assertThat(look("%PDF-1.7\n1 0 obj << /Filter /Adobe.PubSec >> endobj trailer << /Encr#79pt 1 0 R >>".getBytes(StandardCharsets.US_ASCII)))
            .isEqualTo("OPAQUE pdf-rights");
    }

    /** Each is searched for its end, which none has. */
    @Test
    void aPdfOfStreamsWithoutEndIsReadAFewTimesAndNotForEach() throws IOException {
        var text = new StringBuilder("%PDF-1.4\n1 0 obj<</EF 2>>endobj\n");
        for (int i = 0; i < 20_000; i++) {
            text.append(i).append(" 0 obj<</Length 9/F 1>>stream\n");
        }
        byte[] file = text.toString().getBytes(StandardCharsets.US_ASCII);
        var read = new java.util.concurrent.atomic.AtomicLong();
        Octets octets = Octets.of(file);
        new Inspector(InspectionLimits.DEFAULT).inspect("a.pdf", new Octets() {
            @Override
            public long size() throws IOException {
                return octets.size();
            }

            @Override
            public int read(long position, byte[] into, int offset, int length) throws IOException {
                int got = octets.read(position, into, offset, length);
                read.addAndGet(Math.max(got, 0));
                return got;
            }
        });
        assertThat(read).as("those of a tail for each, and not all that follows").hasValueLessThan(4000L * file.length);
    }

    @Test
    void aLongPdfIsReadAcrossTheSeamsOfWhatIsReadAtOnce() throws IOException {
        for (int padding = 65_440; padding < 65_540; padding++) {
            String text = "%PDF-1.7\n" + "x".repeat(padding) + "\n12345 0 obj << /Filter /Adobe.PubSec >> endobj trailer << /Encrypt 12345 0 R >>";
            assertThat(look(text.getBytes(StandardCharsets.US_ASCII))).as("padding " + padding).isEqualTo("OPAQUE pdf-rights");
        }
    }

    @Test
    void timeEndsALook() throws IOException {
        byte[] file = zip("a.docx", zip("word/document.xml", new byte[100]));
        assertThat(look(file, new InspectionLimits(5, 100, 1 << 20, 200, Duration.ofNanos(1), 1 << 20))).isEqualTo("UNKNOWN beyond-time");
    }

    @Test
    void aFileThatCannotBeReadIsNoFinding() throws IOException {
        byte[] file = zip("a.docx", zip("word/document.xml", new byte[100]));
        for (int good = 0; good < 4; good++) {
            int readable = good;
            var octets = new Octets() {
                private int reads;

                @Override
                public long size() {
                    return file.length;
                }

                @Override
                public int read(long position, byte[] into, int offset, int length) throws IOException {
                    if (reads++ >= readable) {
                        throw new IOException("the store is away");
                    }
                    return Octets.of(file).read(position, into, offset, Math.min(length, 100));
                }
            };
            assertThatThrownBy(() -> new Inspector(SMALL).inspect("a.zip", octets)).isInstanceOf(IOException.class).hasMessage("the store is away");
        }
    }

    @Test
    void limitsOfNothingAreRefused() {
        assertThatThrownBy(() -> new InspectionLimits(0, 1, 1, 1, Duration.ofSeconds(1), 1 << 20)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new InspectionLimits(1, 1, 1, 1, Duration.ZERO, 1 << 20)).isInstanceOf(IllegalArgumentException.class);
    }

    private static String look(byte[] file) throws IOException {
        return look(file, InspectionLimits.DEFAULT);
    }

    private static String look(byte[] file, InspectionLimits limits) throws IOException {
        Findings findings = new Inspector(limits).inspect("attachment", Octets.of(file));
        return findings.protection() + " " + findings.detail();
    }

    private static byte[] zip(String name, byte[] content) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            put(zip, name, content);
        }
        return out.toByteArray();
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
    }

    private static byte[] deflated(String name, long zeros) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            zip.setLevel(Deflater.BEST_COMPRESSION);
            zip.putNextEntry(new ZipEntry(name));
            zeros(zip, zeros);
            zip.closeEntry();
        }
        return out.toByteArray();
    }

    private static void zeros(OutputStream out, long count) throws IOException {
        byte[] zeros = new byte[1 << 20];
        for (long left = count; left > 0; left -= zeros.length) {
            out.write(zeros, 0, (int) Math.min(left, zeros.length));
        }
    }

    /** A header for one file, and the start of its content. */
    private static byte[] tarOf(String name, long size, byte[] content) {
        byte[] block = new byte[512 + content.length];
        System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, block, 0, name.length());
        System.arraycopy(String.format("%011o", size).getBytes(StandardCharsets.US_ASCII), 0, block, 124, 11);
        block[156] = '0';
        int sum = 8 * ' ';
        for (int i = 0; i < 512; i++) {
            sum += block[i];
        }
        System.arraycopy(String.format("%06o", sum).getBytes(StandardCharsets.US_ASCII), 0, block, 148, 6);
        System.arraycopy(content, 0, block, 512, content.length);
        return block;
    }

    /** Sets the bit for encryption in the local header, in the directory, or in both. */
    private static byte[] withFlag(byte[] zip, boolean local, boolean central) {
        byte[] changed = zip.clone();
        changed[6] |= (byte) (local ? 1 : 0);
        changed[directoryOf(zip) + 8] |= (byte) (central ? 1 : 0);
        return changed;
    }

    private static int directoryOf(byte[] zip) {
        int end = zip.length - 22;
        return zip[end + 16] & 0xff | (zip[end + 17] & 0xff) << 8 | (zip[end + 18] & 0xff) << 16;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static byte[] withComment(byte[] zip, byte[] comment) {
        byte[] both = joined(zip, comment);
        both[zip.length - 2] = (byte) comment.length;
        both[zip.length - 1] = (byte) (comment.length >> 8);
        return both;
    }

    private static byte[] overlapping(int entries) {
        byte[] one = stored("a.txt", 10, entries);
        int directory = directoryOf(one);
        byte[] entry = Arrays.copyOfRange(one, directory, one.length - 22);
        var out = new ByteArrayOutputStream();
        out.write(one, 0, directory);
        for (int i = 0; i < entries; i++) {
            out.writeBytes(entry);
        }
        byte[] end = Arrays.copyOfRange(one, one.length - 22, one.length);
        put(end, 8, entries, 2);
        put(end, 10, entries, 2);
        put(end, 12, (long) entries * entry.length, 4);
        out.writeBytes(end);
        return out.toByteArray();
    }

    private static byte[] stored(String name, int size, int seed) {
        byte[] content = new byte[size];
        Arrays.fill(content, (byte) ('a' + seed % 20));
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            zip.setMethod(ZipOutputStream.STORED);
            var entry = new ZipEntry(name);
            entry.setSize(size);
            entry.setCompressedSize(size);
            var crc = new CRC32();
            crc.update(content);
            entry.setCrc(crc.getValue());
            zip.putNextEntry(entry);
            zip.write(content);
            zip.closeEntry();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }

    private static void put(byte[] into, int at, long value, int octets) {
        for (int i = 0; i < octets; i++) {
            into[at + i] = (byte) (value >> 8 * i);
        }
    }
}
