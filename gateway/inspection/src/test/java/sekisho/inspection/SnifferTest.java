package sekisho.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SnifferTest {
    private static final byte[] PICTURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 0};

    @Test
    void whatCanHideNothingNeedsNoLook() {
        assertThat(sniffed(PICTURE, 5).needsLook("attachment")).isFalse();
        assertThat(sniffed("こんにちは".getBytes(StandardCharsets.UTF_8), 5).needsLook("attachment")).isFalse();
        assertThat(sniffed(new byte[0], 5).needsLook("attachment")).isFalse();
        assertThat(new Inspector(InspectionLimits.DEFAULT).needsLook(FileType.TEXT)).isFalse();
        assertThat(new Inspector(InspectionLimits.DEFAULT).needsLook(FileType.ZIP)).isTrue();
        assertThat(new Inspector(InspectionLimits.DEFAULT).needsLook(new FileType("ooxml", "x", true))).isTrue();
        assertThat(new Inspector(InspectionLimits.DEFAULT).needsLook(FileType.UNKNOWN)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100, 100_000})
    void anArchiveBehindAPictureIsSeenByItsEnd(int step) throws IOException {
        var file = new ByteArrayOutputStream();
        file.writeBytes(PICTURE);
        var zip = new ByteArrayOutputStream();
        try (var out = new ZipOutputStream(zip)) {
            out.setComment("PPK".repeat(step % 5) + "x".repeat(60_000));
            out.putNextEntry(new ZipEntry("a.txt"));
        }
        file.writeBytes(zip.toByteArray());
        assertThat(sniffed(file.toByteArray(), step).needsLook("attachment")).isTrue();
        assertThat(sniffed(file.toByteArray(), step).type().id()).isEqualTo("png");
        file.writeBytes(new byte[70_000]);
        assertThat(sniffed(file.toByteArray(), step).needsLook("attachment")).as("some look for its start").isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PK\5\6", "PPK\5\6", "PKPK\5\6", "PK\5PK\5\6"})
    void theEndIsSeenAfterWhatLooksLikeItsStart(String end) {
        byte[] file = ("plain text " + end + "x".repeat(18)).getBytes(StandardCharsets.ISO_8859_1);
        byte[] picture = new byte[PICTURE.length + file.length];
        System.arraycopy(PICTURE, 0, picture, 0, PICTURE.length);
        System.arraycopy(file, 0, picture, PICTURE.length, file.length);
        assertThat(sniffed(picture, 3).needsLook("attachment")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 64})
    void theEndIsSeenWhereverItLies(int step) {
        for (int before = 0; before < 40; before++) {
            byte[] file = new byte[PICTURE.length + before + 22];
            System.arraycopy(PICTURE, 0, file, 0, PICTURE.length);
            assertThat(sniffed(file, step).needsLook("attachment")).isFalse();
            System.arraycopy(new byte[] {'P', 'K', 5, 6}, 0, file, PICTURE.length + before, 4);
            assertThat(sniffed(file, step).needsLook("attachment")).as("after " + before).isTrue();
        }
    }

    /** Whose end is missing; the mark is found wherever the blocks end in which the file comes. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 29, 30, 31, 64})
    void anEncryptedEntryIsSeenWhereverItLies(int step) {
        byte[] entry = HexFormat.of().parseHex("504b0304140001000800c46d7e5d00000000100000000400000005000000612e747874");
        for (int before = 0; before < 40; before++) {
            for (boolean encrypted : new boolean[] {true, false}) {
                byte[] file = new byte[PICTURE.length + before + entry.length];
                System.arraycopy(PICTURE, 0, file, 0, PICTURE.length);
                System.arraycopy(entry, 0, file, PICTURE.length + before, entry.length);
                file[PICTURE.length + before + 6] = (byte) (encrypted ? 1 : 0);
                assertThat(sniffed(file, step).needsLook("attachment")).as("after %d", before).isEqualTo(encrypted);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"begin 644 a.zip, true", "begin 0600 a.zip, true", "begin 100644 a, true", "begin-base64 644 a.zip, true", "beginning, false", "begin with a, false", "' begin 644 a.zip', false"})
    void aFileInATextIsSeenByItsFirstLine(String line, boolean expected) {
        for (int before = 0; before < 10; before++) {
            byte[] file = ("#".repeat(before) + "\n" + line + "\nM0000\n").getBytes(StandardCharsets.US_ASCII);
            for (int step = 1; step < 20; step++) {
                assertThat(sniffed(file, step).needsLook("attachment")).as("%d, %d", before, step).isEqualTo(expected);
            }
        }
        assertThat(sniffed((line + "\nM0000 and more\n").getBytes(StandardCharsets.US_ASCII), 5).needsLook("attachment")).as("the first line of all").isEqualTo(expected);
    }

    /** The first octets of a program are nobody's but for two, and a mail's first field may be called anything. */
    @ParameterizedTest
    @CsvSource({"MZxxftyp, exe", "MZxxxxxxWAVE, exe", "MZxxxxxxWEBP, exe", "\\177ELF\\2\\1\\1\\0AVI , elf", "{\\\\rtf1  WAVE, rtf", "{\\\\rt1  more, rtf", "Subject:WAVE, eml", "Subject:AVI file, eml", "ID3: x, eml", "OggS: x, eml",
        "GIF89a: x, eml", "fLaC: x, eml", "8BPS: x, eml", "Abcdftyp: x, eml", "RIFF\\60\\0\\0\\0WAVEfmt, wav", "RIFF\\60\\0\\0\\0WEBPVP8, webp", "\\0\\0\\0\\30ftypisom, mp4", "\\0\\0\\0\\30ftypheic, heic", "ID3\\3\\0\\0\\0\\0\\0, mp3",
        "ID3 is a kind of tag, text", "RIFF raff, text", "AES\\2\\0\\0, aes", "AES is a cipher, text"})
    void whatItIsByMoreThanItsFirstOctetsIsThat(String start, String expected) {
        String first = start.translateEscapes();
        byte[] file = new byte[400];
        byte[] octets = first.getBytes(StandardCharsets.ISO_8859_1);
        if (octets[0] >= ' ' && first.chars().allMatch(c -> c >= ' ') && !first.startsWith("MZ") && !first.startsWith("RIFF0")) {
            file = (first + "\r\nFrom: a@example.com\r\nTo: b@example.com\r\n\r\ntext\r\n").getBytes(StandardCharsets.ISO_8859_1);
        } else {
            System.arraycopy(octets, 0, file, 0, octets.length);
        }
        String is = Inspector.sniff(file, file.length).id();
        assertThat(expected.equals("text") && is.equals("eml") ? "text" : is).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"c0b9072e4f93f146a015792ca1d9e821, axx", "76e80460c411e386, rpmsg"})
    void whatIsEncryptedForWhoHasTheProgramIsOpaque(String mark, String expected) throws IOException {
        Findings findings = new Inspector(InspectionLimits.DEFAULT).inspect("a.dat", Octets.of(HexFormat.of().parseHex(mark + "00".repeat(60))));
        assertThat(findings.type().id() + " " + findings.protection()).isEqualTo(expected + " OPAQUE");
    }

    /** Of RAR before 1.50 only the mark is known. */
    @Test
    void theOldestRarIsOpaque() throws IOException {
        byte[] file = {'R', 'E', '~', '^', 7, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
        Findings findings = new Inspector(InspectionLimits.DEFAULT).inspect("a.rar", Octets.of(file));
        assertThat(findings.type().id() + " " + findings.protection()).isEqualTo("rar-1 OPAQUE");
    }

    /** Only where the content says nothing. */
    @ParameterizedTest
    @CsvSource({"a.gpg, OPAQUE name", "a.PGP, OPAQUE name", "a.atc, OPAQUE name", "a.dat, NONE none", "gpg, OPAQUE name", "'', NONE none"})
    void aNameIsAHint(String name, String expected) throws IOException {
        byte[] file = {1, 2, 3, 4, 5, 6, 0, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
        Findings findings = new Inspector(InspectionLimits.DEFAULT).inspect(name, Octets.of(file));
        assertThat(findings.protection() + " " + findings.detail()).isEqualTo(expected);
        assertThat(new Inspector(InspectionLimits.DEFAULT).inspect(name, Octets.of(PICTURE)).protection()).isEqualTo(Protection.NONE);
    }

    /** The first volume begins as an archive does, and from the second on only the name tells. */
    @ParameterizedTest
    @CsvSource({"plan.7z.002, UNKNOWN split", "plan.7z.0003, UNKNOWN split", "PLAN.ZIP.002, UNKNOWN split", "plan.rar.010, UNKNOWN split", "plan.z02, UNKNOWN split", "plan.Z112, UNKNOWN split",
            "plan.r00, UNKNOWN split", "plan.a01, UNKNOWN split", "plan.tar.gz.002, UNKNOWN split", "plan.002, NONE none", "plan.7z.2, NONE none", "plan.7z.002.dat, NONE none",
            "z02, NONE none", "7z.002, NONE none", "plan.az02, NONE none", "v1.2.005, NONE none"})
    void aPieceOfAnArchiveCanNotBeTold(String name, String expected) throws IOException {
        byte[] piece = new byte[70_000];
        new java.util.Random(2).nextBytes(piece);
        piece[0] = 0;
        Findings findings = new Inspector(InspectionLimits.DEFAULT).inspect(name, Octets.of(piece));
        assertThat(findings.protection() + " " + findings.detail()).isEqualTo(expected);
        assertThat(sniffed(piece, 7_000).needsLook("attachment")).isTrue();
        assertThat(new Inspector(InspectionLimits.DEFAULT).inspect(name, Octets.of(PICTURE)).protection()).isEqualTo(Protection.NONE);
    }

    /** An archive in it looks like text and isn't decoded. */
    @ParameterizedTest
    @CsvSource({"'', OPAQUE hqx", "'For you.\r\n\r\n', OPAQUE hqx", "'Say ', NONE none", "'> ', NONE none"})
    void whatIsInBinHexCanNotBeTold(String before, String expected) throws IOException {
        byte[] file = (before.translateEscapes() + "(This file must be converted with BinHex 4.0)\r\n\r\n:$f*TEQKPH#edDA0d,R0d!3!!!!:\r\n").getBytes(StandardCharsets.US_ASCII);
        Findings findings = new Inspector(InspectionLimits.DEFAULT).inspect("a.txt", Octets.of(file));
        assertThat(findings.protection() + " " + findings.detail()).isEqualTo(expected);
        assertThat(sniffed(file, 7).needsLook("attachment")).isEqualTo(expected.startsWith("OPAQUE"));
    }

    private static Sniffer sniffed(byte[] file, int step) {
        var sniffer = new Sniffer();
        for (int at = 0; at < file.length; at += step) {
            sniffer.write(file, at, Math.min(step, file.length - at));
        }
        return sniffer;
    }
}
