package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;
import static sekisho.mailhook.mime.UuText.uu;
import static sekisho.mailhook.mime.UuText.uuLines;
import static sekisho.mailhook.mime.UuText.yenc;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import sekisho.mailhook.mime.check.MessageCheck;
import sekisho.mailhook.mime.rewrite.Place;

/** Files that stand in a text as uuencode, yEnc or BinHex (notes of RFC 2045 §1: what was before MIME). */
class FilesInTextTest {

    private static final byte[] FILE = new byte[10_000];

    static {
        new Random(28).nextBytes(FILE);
    }

    private static byte[] octets(String message) {
        return message.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String relayed(SplitMessage message) {
        return new String(message.linked(SplitMessage.ENGLISH), StandardCharsets.ISO_8859_1);
    }

    /** The texts around the files are relayed octet for octet, with the link in front, and it doesn't matter whether the original is kept. */
    private static SplitMessage cut(String header, String text, String expected) {
        byte[] message = octets(header + "\r\n" + text);
        var split = SplitMessage.of(message);
        assertThat(relayed(split)).isEqualTo(header + "\r\n" + SplitMessage.ENGLISH.text() + "\r\n" + expected);
        var kept = SplitMessage.keeping(message);
        assertThat(kept.spool).isEqualTo(message);
        assertThat(kept.linked(SplitMessage.ENGLISH)).isEqualTo(split.linked(SplitMessage.ENGLISH));
        assertThat(kept.linked(SplitMessage.BLOCK)).isEqualTo(split.linked(SplitMessage.BLOCK));
        assertThat(SplitMessage.of(split.linked(SplitMessage.ENGLISH)).layout().hasAttachments()).isFalse();
        for (int step : new int[] {1, 2, 3, 61, 1000}) {
            var pieces = SplitMessage.inSteps(message, step);
            assertThat(pieces.layout()).isEqualTo(split.layout());
            assertThat(pieces.spool).isEqualTo(split.spool);
            for (int i = 0; i < split.names().size(); i++) {
                assertThat(pieces.content(i)).isEqualTo(split.content(i));
            }
        }
        return split;
    }

    private static void stays(String text) {
        byte[] message = octets("Subject: x\r\n\r\n" + text);
        var split = SplitMessage.of(message);
        assertThat(split.layout().hasAttachments()).as(text).isFalse();
        assertThat(split.spool).isEqualTo(message);
    }

    @Test
    void aUuencodedFileIsTakenOutOfTheText() {
        var split = cut("Subject: x\r\n", "Before.\r\n" + uu("a.bin", FILE) + "After.\r\n", "Before.\r\nAfter.\r\n");
        assertThat(split.names()).containsExactly("a.bin");
        assertThat(split.content(0)).isEqualTo(FILE);
    }

    @Test
    void aYencFileIsTakenOutOfTheText() {
        var split = cut("Subject: x\r\nContent-Transfer-Encoding: 8bit\r\n", "Before.\r\n" + yenc("a b.bin", FILE) + "After.", "Before.\r\nAfter.");
        assertThat(split.names()).containsExactly("a b.bin");
        assertThat(split.content(0)).isEqualTo(FILE);
    }

    @Test
    void aNameInJapaneseIsOne() {
        for (String file : new String[] {uu("a.bin", FILE), uu("a.bin", Arrays.copyOf(FILE, 10)), yenc("a.bin", FILE)}) {
            String named = file.replace("a.bin", new String("全社.bin".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
            assertThat(cut("Subject: x\r\n", "Before.\r\n" + named + "After.\r\n", "Before.\r\nAfter.\r\n").names()).containsExactly("全社.bin");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"utf-16", "utf-16le", "utf-16be", "utf-32", "utf-32le"})
    void aTextInCharactersOfTwoOctetsIsSearchedToo(String charset) {
        for (String file : new String[] {uu("a.bin", FILE), yenc("a.bin", FILE), "begin-base64 644 c.bin\r\n" + Base64.getMimeEncoder().encodeToString(FILE) + "\r\n====\r\n"}) {
            for (int step : new int[] {1, 8192}) {
                assertThat(wide(charset, "前\r\n" + file + "後\r\n", step).names()).containsExactly("attachment.txt");
            }
        }
        assertThat(wide(charset, "前\r\nbegin 644 x\r\n後\r\n", 8192).layout().hasAttachments()).isFalse();
    }

    /** Without a mark in front nothing tells the order: in Japanese neither octet of the first character need be zero, and of a blank in it the last is. */
    @ParameterizedTest
    @CsvSource({"utf-16, utf-16be", "utf-16, utf-16le", "utf-32, utf-32be", "utf-32, utf-32le"})
    void aWideTextWithoutAMarkIsSearchedInBothOrders(String label, String written) {
        for (String first : new String[] {"前", "\u3000", "a"}) {
            assertThat(wide(label, written, first + "\r\n" + uu("a.bin", FILE), 8192).names()).as(first).containsExactly("attachment.txt");
            assertThat(wide(label, written, first + "\r\nbegin 644 x\r\n後\r\n", 8192).layout().hasAttachments()).as(first).isFalse();
        }
    }

    private static SplitMessage wide(String charset, String text, int step) {
        return wide(charset, charset, text, step);
    }

    private static SplitMessage wide(String charset, String written, String text, int step) {
        return SplitMessage.inSteps(octets(lines("Content-Type: text/plain; charset=" + charset, "Content-Transfer-Encoding: base64", "",
            Base64.getMimeEncoder().encodeToString(text.getBytes(Charset.forName(written))))), step);
    }

    @Test
    void severalFilesAreTakenOutOfOneText() {
        byte[] small = Arrays.copyOf(FILE, 45);
        var split = cut("Subject: x\r\n", uu("a", FILE) + "1\r\n" + yenc("b", small) + uu("a", small) + "2" + "\r\n", "1\r\n2\r\n");
        assertThat(split.names()).containsExactly("a", "b", "a (2)");
        assertThat(split.content(1)).isEqualTo(small);
        assertThat(split.content(2)).isEqualTo(small);
    }

    @Test
    void theOtherOldWaysAreKnownToo() {
        String base64 = "begin-base64 644 c.bin\r\n" + Base64.getMimeEncoder().encodeToString(FILE) + "\r\n====\r\n";
        String binHex = lines("(This file must be converted with BinHex 4.0)", "", ":$f*TEQKPH#edDA0d,R0d!3!!!!\"!!!%!N!-\"I3%!rN", "9i9%a8Q3:");
        var split = cut("Subject: x\r\n", "1\r\n" + base64 + "2\r\n" + binHex + "3\r\n", "1\r\n2\r\n3\r\n");
        assertThat(split.names()).containsExactly("c.bin", "attachment.hqx");
        assertThat(split.content(0)).isEqualTo(FILE);
        assertThat(split.content(1)).isEqualTo(octets(binHex));
    }

    @ParameterizedTest
    @ValueSource(strings = {"begin 644 x\r\n", "begin 644 x\r\nThat is how uuencode begins.\r\n", "begin 644 x\r\n\r\nM is short, the rest is prose\r\nend\r\n",
            "begin with the end\r\nend of story\r\n", "beginning\r\n", "begin\r\n#86)C\r\nend\r\n", "> begin 644 x\r\n> #86)C\r\n> end\r\n", "=ybegin\r\nx\r\n",
            "=ybegin line=128 size=3\r\nx\r\n", "(This file must be converted with BinHex 4.0)\r\nor so\r\n", "#86)C\r\n", "begin 644 x\r\n#86)C86)C86)C\r\nend\r\n",
            "M" + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" + "\r\nbegin 644"})
    void whatOnlyLooksLikeTheBeginningOfAFileStays(String text) {
        stays(text);
        stays("Before.\r\n" + text + "After.");
    }

    @Test
    void aFileWithoutItsEndIsTakenAsFarAsItGoes() {
        byte[] whole = Arrays.copyOf(FILE, 9_000);
        var split = cut("Subject: x\r\n", "begin 644 cut.bin\r\n" + uuLines(whole), "");
        assertThat(split.content(0)).isEqualTo(whole);
        split = cut("Subject: x\r\n", "begin 644 cut.bin\r\n" + uuLines(whole) + "Regards\r\n", "Regards\r\n");
        assertThat(split.content(0)).isEqualTo(whole);
    }

    @Test
    void proseInTheMiddleOfAFileHidesNoneOfItsRest() {
        String lines = uuLines(FILE);
        int middle = lines.indexOf("\r\n", lines.length() / 2) + 2;
        var split = cut("Subject: x\r\n", "begin 644 a.bin\r\n" + lines.substring(0, middle) + "a word from our sponsor\r\n" + lines.substring(middle)
                + "end\r\n", "a word from our sponsor\r\n");
        assertThat(split.names()).containsExactly("a.bin", "a (2).bin");
        byte[] joined = Arrays.copyOf(split.content(0), FILE.length);
        System.arraycopy(split.content(1), 0, joined, split.content(0).length, split.content(1).length);
        assertThat(joined).isEqualTo(FILE);
    }

    @Test
    void proseAtTheBeginningOfAFileHidesNoneOfIt() {
        var split = cut("Subject: x\r\n", "begin 644 a.bin\r\nhello\r\n" + uuLines(Arrays.copyOf(FILE, 9_000)) + "end\r\n", "begin 644 a.bin\r\nhello\r\n");
        assertThat(split.names()).containsExactly("a.bin");
        assertThat(split.content(0)).isEqualTo(Arrays.copyOf(FILE, 9_000));
    }

    /** With the file in the middle gone, the first line would stand in front of what is behind it. */
    @ParameterizedTest
    @ValueSource(strings = {"begin 644 x\r\n", "begin 644 x\r\n\r\n\r\n", "begin 644 x\r\nbegin 644 y\r\n", "begin x\r\n", "begin 644 a\r\nbegin b\r\n\r\n"})
    void aFirstLineInFrontOfAFileHidesNoneBehindIt(String first) {
        byte[] small = Arrays.copyOf(FILE, 45);
        for (String between : new String[] {"", uu("b", small), "\r\n" + uu("b", small)}) {
            byte[] message = octets("Subject: x\r\n\r\nBefore.\r\n" + first + uu("a", small) + between + uuLines(FILE) + "end\r\n");
            for (var split : new SplitMessage[] {SplitMessage.of(message), SplitMessage.inSteps(message, 7), SplitMessage.keeping(message)}) {
                assertThat(split.refused().reason()).contains("one inside the other");
            }
        }
        assertThat(cut("Subject: x\r\n", first + uu("a", small) + "After.\r\n", first + "After.\r\n").names()).containsExactly("a");
        assertThat(cut("Subject: x\r\n", first + uu("a", small) + uu("b", small) + "After.\r\n", first + "After.\r\n").names()).containsExactly("a", "b");
        assertThat(cut("Subject: x\r\n", first + yenc("a", small) + "After.\r\n", first + "After.\r\n").content(0)).isEqualTo(small);
    }

    @ParameterizedTest
    @ValueSource(strings = {"begin with these steps:\r\n1. Open the settings dialog\r\n2. Close it\r\nend\r\n", "begin main\r\n  x\r\nend\r\n", "begin\tx\r\nend\r\n",
        "begin transaction\r\n#DROP\r\nend\r\n", "begin transaction\r\n#DROP\r\nROLLBACK\r\nend\r\n", "begin 644 none\r\n`\r\nend\r\n", "begin 644 none\r\n \r\nend\r\n",
        "begin 644 none\r\nend\r\n", "begin-base64 is a way of\r\ntext\r\n", "begin-base64 644 x\r\n====\r\n", "begin-base64 644 x\r\nA===\r\n", "begin 2024 with joy\r\nand go on\r\nend\r\n",
        "begin 20 x\r\n#86)C\r\nend\r\n", "begin 0700\r\nMO-FR\r\nend 1500\r\n", "begin 100 times in a loop.\r\nMAX: 5\r\n", "begin 100 samples\r\nM1: OK\r\nM2: OK\r\nM3: FAILED\r\nend\r\n",
        "begin 2026 with the plants in Kobe and Osaka.\r\nThe second half of the year brings the rest of them, and all the others ok.\r\n",
        "begin 644 x\r\n#86)c\r\n`\r\nend\r\n", "=ybegin line=128 size=3 name=x\r\nThat is how yEnc begins, and all of this stays.\r\n", "=ybegin line=a size=b name=c\r\nabc\r\n",
        "=ybegin part=1 line=128 size=300 name=x\r\n=ypart begin=200 end=100\r\nabc\r\n", "=ybegin part=1 line=128 size=3 name=x\r\n=ypart begin=1 end=9\r\nabc\r\n",
        "=ybegin line=128 size=0 name=x\r\n\r\nabc\r\n",
        "begin with these tickets:\r\n#4711\r\n#4712\r\n#4713\r\n", "begin in January 2027 as follows:\r\n$1,200.00\r\n$1,350.00\r\n",
        "begin 1300 EST on Monday. Dial-in:\r\n+1 (555) 123-4567\r\n", "begin 2026 with\r\n$1,500,000\r\n$1,600,000\r\n",
        "begin 644 with\r\n$1,200.01\r\n$1,200.02\r\n$1,200.03\r\n$1,200.04\r\n$1,200.05\r\n$1,200.06\r\n$1,200.07\r\n$1,200.08\r\n$1,200.09\r\n",
        "begin 100 days from now.\r\n\r\nMAIL IN TRANSIT IS NOT SAFE. NO LIABILITY IS TAKEN FOR ITS LOSS\r\nOR FOR DELAYS.\r\n",
        "begin 100 days from now\r\n_____________________________________________________________________________________\r\nName\r\n",
        "(This file must be converted with BinHex 4.0)\r\n:)\r\n"})
    void proseIsNoFile(String text) {
        byte[] small = Arrays.copyOf(FILE, 45);
        stays(text);
        stays("Before.\r\n" + text + "After.\r\n");
        assertThat(cut("Subject: x\r\n", text + "and\r\n" + uu("a", small) + "After.", text + "and\r\nAfter.").names()).containsExactly("a");
        String encoded = "Subject: x\r\nContent-Transfer-Encoding: base64\r\n\r\n" + Base64.getMimeEncoder().encodeToString(octets(text)) + "\r\n";
        assertThat(SplitMessage.of(octets(encoded)).layout().hasAttachments()).isFalse();
    }

    @Test
    void aFileWithoutAModeIsOneByItsLines() {
        for (int size : new int[] {1, 44, 45, 46, 90, 10_000}) {
            byte[] file = Arrays.copyOf(FILE, size);
            var split = cut("Subject: x\r\n", "Before.\r\n" + uu("a b.bin", file).replace("644 ", "") + "After.\r\n", "Before.\r\nAfter.\r\n");
            assertThat(split.names()).containsExactly("a b.bin");
            assertThat(split.content(0)).isEqualTo(file);
            String base64 = "begin-base64 c.bin\r\n" + Base64.getMimeEncoder().encodeToString(file) + "\r\n====\r\n";
            assertThat(cut("Subject: x\r\n", base64, "").content(0)).isEqualTo(file);
        }
    }

    /** The beginning is so short on the way that it might be prose, but for the end. */
    @Test
    void aFileOfOneShortenedLineIsOneByItsEnd() {
        byte[] file = new byte[45];
        Arrays.fill(file, 0, 30, (byte) 0x77);
        String text = "begin 644 z\r\n" + uuLines(file).replace('`', ' ').replaceAll(" +\r\n", "\r\n") + "\r\nend\r\n";
        assertThat(cut("Subject: x\r\n", text, "").content(0)).isEqualTo(file);
        stays(text.replace("end\r\n", "ends\r\n"));
    }

    /** Its lines need not be as long as most encoders make them. */
    @Test
    void proseInAFileOfShortLinesHidesNoneOfItsRest() {
        var lines = new StringBuilder("begin 644 a.bin\r\n");
        for (int at = 0; at < 9_000; at += 30) {
            lines.append(uuLines(Arrays.copyOfRange(FILE, at, at + 30))).append(at == 90 ? "a word from our sponsor\r\n" : "");
        }
        var split = cut("Subject: x\r\n", lines + "`\r\nend\r\n", "a word from our sponsor\r\n");
        assertThat(split.content(0).length + split.content(1).length).isEqualTo(9_000);
    }

    private static String linesOf(int octets) {
        var lines = new StringBuilder();
        for (int at = 0; at < 9_000; at += octets) {
            lines.append(UuText.uuLines(Arrays.copyOfRange(FILE, at, at + octets)));
        }
        return lines.toString();
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 12, 30, 36})
    void linesOfAnyLengthAreAFilesAlsoWithoutAnEnd(int octets) {
        for (String mode : new String[] {"644 ", ""}) {
            assertThat(cut("Subject: x\r\n", "begin " + mode + "a\r\n" + linesOf(octets), "").content(0)).isEqualTo(Arrays.copyOf(FILE, 9_000));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello\r\n", "\r\n\r\n\r\n\r\n"})
    void whateverStandsBehindTheFirstLineHidesNoFile(String first) {
        for (int octets : new int[] {30, 36, 45}) {
            assertThat(cut("Subject: x\r\n", "begin 644 a\r\n" + first + linesOf(octets) + "After.\r\n", "begin 644 a\r\n" + first + "After.\r\n").content(0))
                .isEqualTo(Arrays.copyOf(FILE, 9_000));
        }
    }

    @Test
    void theRestOfAFileMayHaveLinesOfItsOwnLength() {
        var lines = new StringBuilder("begin 644 a\r\n");
        for (int at = 0, n = 45; at + n <= 9_000; at += n, n = 21 + at % 24) {
            lines.append(UuText.uuLines(Arrays.copyOfRange(FILE, at, at + n))).append(at == 45 ? "a word from our sponsor\r\n" : "");
        }
        var split = cut("Subject: x\r\n", lines.toString(), "a word from our sponsor\r\n");
        assertThat(split.names()).hasSize(2);
    }

    @Test
    void aLongNameHidesNoFile() {
        var split = cut("Subject: x\r\n", uu("n".repeat(4_000), FILE), "");
        assertThat(split.content(0)).isEqualTo(FILE);
    }

    /** Of the two ways to count the length of a line: with the signs of its escapes, or without. */
    @ParameterizedTest
    @ValueSource(ints = {128, 256})
    void yencMayCountItsSignsOrItsOctets(int line) {
        for (int escapes : new int[] {0, 1, 10, 60}) {
            byte[] file = Arrays.copyOf(FILE, 3_000);
            Arrays.fill(file, 0, escapes, (byte) ('=' - 42));
            for (boolean signs : new boolean[] {true, false}) {
                var split = cut("Subject: x\r\nContent-Transfer-Encoding: 8bit\r\n", "Before.\r\n" + yenc("a", file, line, signs) + "After.", "Before.\r\nAfter.");
                assertThat(split.content(0)).isEqualTo(file);
            }
        }
    }

    @Test
    void anEmptyLineInBinHexEndsNothing() {
        String binHex = lines("(This file must be converted with BinHex 4.0)", "", ":$f*TEQKPH#edDA0d,R0d!3!!!!\"!!!%!N!-\"I3%!rN", "", "9i9%a8Q3:");
        assertThat(cut("Subject: x\r\n", "1\r\n" + binHex + "2\r\n", "1\r\n2\r\n").content(0)).isEqualTo(octets(binHex));
    }

    /** A file behind some prose isn't a text for that. */
    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "text/html"})
    void anEncodedTextWithZeroOctetsInItIsAFile(String type) {
        for (int zeros : new int[] {1, 5}) {
            for (int size : new int[] {100, 200_000}) {
                String text = "Some words here.\r\n".repeat(size / 18) + "\0".repeat(zeros);
                byte[] message = octets("Content-Type: " + type + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + Base64.getMimeEncoder().encodeToString(octets(text)) + "\r\n");
                var split = SplitMessage.of(message);
                boolean headIsText = zeros == 5 || size > 512;
                assertThat(split.layout().hasAttachments()).as(type + zeros + " " + size).isEqualTo(zeros > 4 || !headIsText);
                assertThat(SplitMessage.keeping(message).spool).isEqualTo(message);
            }
        }
    }

    @Test
    void proseBehindACutFileStays() {
        byte[] whole = Arrays.copyOf(FILE, 9_000);
        assertThat(cut("Subject: x\r\n", "begin 644 a\r\n" + uuLines(whole) + "MFG\r\n", "MFG\r\n").content(0)).isEqualTo(whole);
        assertThat(cut("Subject: x\r\n", "begin 644 a\r\n" + uuLines(whole) + "`\r\n#OKAY\r\n", "#OKAY\r\n").content(0)).isEqualTo(whole);
    }

    @Test
    void aPartOfAYencFileIsTakenOut() {
        String part = yenc("a", FILE).replace("=ybegin line", "=ybegin part=2 total=3 line").replace("size=10000 name=a", "size=30000 name=a\r\n=ypart begin=10001 end=20000");
        var split = cut("Subject: x\r\nContent-Transfer-Encoding: 8bit\r\n", "Before.\r\n" + part + "After.", "Before.\r\nAfter.");
        assertThat(split.content(0)).isEqualTo(FILE);
    }

    /** A file of an octet in front of it doesn't make a PDF a text. */
    @ParameterizedTest
    @ValueSource(strings = {"%PDF-1.7\r\nx\r\n", "GIF89a\r\n", "PK\u0003\u0004x", "x\u0000\r\n"})
    void whatIsLeftIsJudgedAgain(String rest) {
        String file = uu("a", Arrays.copyOf(FILE, 900));
        byte[] message = octets("Subject: x\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + file + rest + "more\r\n" + file + "end\r\n");
        for (var split : new SplitMessage[] {SplitMessage.of(message), SplitMessage.inSteps(message, 3), SplitMessage.keeping(message)}) {
            assertThat(split.names()).hasSize(3);
            assertThat(split.content(1)).isEqualTo(octets(rest + "more\r\nend\r\n"));
            assertThat(SplitMessage.of(split.linked(SplitMessage.ENGLISH)).layout().hasAttachments()).isFalse();
            assertThat(relayed(split)).doesNotContain("more");
        }
        assertThat(SplitMessage.keeping(message).passed(sekisho.mailhook.mime.rewrite.HeaderEdits.NONE)).isEqualTo(message);
    }

    @Test
    void otherControlCharactersMakeNoFileOfAText() {
        String text = "bell \u0007, escape \u001B, delete \u007F, form feed \f, backspace \b\r\n";
        assertThat(cut("Subject: x\r\n", uu("a", FILE) + text, text).names()).containsExactly("a");
    }

    @Test
    void aYencFileWithoutItsEndTakesTheRestOfTheText() {
        var split = cut("Subject: x\r\n", "Before.\r\n" + UuText.yencWithoutEnd("a", FILE) + "After.\r\n", "Before.\r\n");
        assertThat(split.content(0)).startsWith(FILE);
    }

    @Test
    void blanksThatAreLostOnTheWayAndSignsThatAreAddedChangeNothing() {
        byte[] zeros = new byte[180];
        Arrays.fill(zeros, 0, 60, (byte) 0x77);
        String text = "begin 644 z\r\n" + uuLines(zeros).replace('`', ' ').replaceAll(" +\r\n", "\r\n") + "end\r\n";
        assertThat(cut("Subject: x\r\n", text, "").content(0)).isEqualTo(zeros);
        String summed = "begin 644 z\r\n" + uuLines(FILE).replace("\r\n", "x\r\n") + "end\r\n";
        assertThat(cut("Subject: x\r\n", summed, "").content(0)).isEqualTo(FILE);
    }

    @Test
    void flowedTextIsUnstuffedBeforeItIsRead() {
        String text = "Hello \r\nworld.\r\n" + uu("a.bin", FILE).replaceAll("(?m)^(?=[ >])", " ") + "Bye.\r\n";
        var split = cut("Content-Type: text/plain; format=flowed\r\n", text, "Hello \r\nworld.\r\nBye.\r\n");
        assertThat(split.content(0)).isEqualTo(FILE);
        String stuffed = uu("b.bin", FILE).replaceAll("(?m)^", " ");
        assertThat(cut("Content-Type: text/plain; format=flowed\r\n", stuffed.substring(0, stuffed.length() - 1), "").content(0)).isEqualTo(FILE);
    }

    @Test
    void linesMayEndInACarriageReturnAlone() {
        String text = "Before.\r" + uu("a.bin", FILE).replace("\r\n", "\r") + "After.\r\n";
        assertThat(cut("Subject: x\r\n", text, "Before.\rAfter.\r\n").content(0)).isEqualTo(FILE);
        String mixed = "Before.\r\n" + uu("a.bin", FILE).replace("`\r\n", "`\r").replaceFirst("\r\n", "\r") + "After.\r\n";
        assertThat(cut("Subject: x\r\n", mixed, "Before.\r\nAfter.\r\n").content(0)).isEqualTo(FILE);
    }

    @Test
    void theNameIsReadInTheCharsetsOfItsTime() {
        String name = new String("見積り①.xls".getBytes(Charset.forName("windows-31j")), StandardCharsets.ISO_8859_1);
        assertThat(SplitMessage.of(octets("\r\n" + uu(name, FILE))).names()).containsExactly("見積り①.xls");
        assertThat(SplitMessage.of(octets("\r\n" + uu("..\\..\\a.exe", FILE))).names()).containsExactly("a.exe");
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 200_000})
    void anEncodedTextWithAFileInItGoesAsAWhole(int prose) {
        String text = "Some words here.\r\n".repeat(prose / 18) + uu("a.bin", FILE) + "After.\r\n";
        String base64 = "Content-Transfer-Encoding: base64\r\n\r\n" + Base64.getMimeEncoder().encodeToString(octets(text)) + "\r\n";
        String printable = "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + text.replace("=", "=3D");
        for (String message : new String[] {base64, printable}) {
            var split = SplitMessage.of(octets("Subject: x\r\n" + message));
            assertThat(split.names()).containsExactly("attachment.txt");
            assertThat(split.content(0)).asString(StandardCharsets.ISO_8859_1).contains(uu("a.bin", FILE));
            assertThat(relayed(split)).contains("\r\n\r\n" + Base64.getMimeEncoder().encodeToString(octets(SplitMessage.ENGLISH.text())) + "\r\n--")
                .doesNotContain("Some words", "After.", Base64.getEncoder().encodeToString(octets("Some words here.")).substring(0, 20));
            var kept = SplitMessage.keeping(octets("Subject: x\r\n" + message));
            assertThat(kept.spool).isEqualTo(kept.original);
            assertThat(kept.linked(SplitMessage.ENGLISH)).isEqualTo(split.linked(SplitMessage.ENGLISH));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 200_000})
    void anEncodedTextWithoutAFileStays(int prose) {
        String text = "Some words here.\r\n".repeat(prose / 18);
        byte[] message = octets("Content-Transfer-Encoding: base64\r\n\r\n" + Base64.getMimeEncoder().encodeToString(octets(text)) + "\r\n");
        var split = SplitMessage.of(message);
        assertThat(split.kinds()).containsExactly(PartKind.TEXT);
        assertThat(split.spool).isEqualTo(message);
        assertThat(split.finishedSinks()).isZero();
    }

    @Test
    void aFileInOneOfSeveralTextsIsFound() {
        String message = lines("Content-Type: multipart/mixed; boundary=b", "", "--b", "", "first", "--b", "Content-Type: text/enriched", "",
                uu("a.bin", FILE) + "--b", "Content-Type: application/pdf; name=x.pdf", "", "%PDF", "--b--");
        var split = SplitMessage.of(octets(message));
        assertThat(split.names()).containsExactly("a.bin", "x.pdf");
        assertThat(split.content(0)).isEqualTo(FILE);
        assertThat(relayed(split)).contains("Content-Type: text/enriched\r\n\r\n\r\n--b--").doesNotContain("x.pdf");
    }

    @Test
    void inHtmlNobodyLooksForFiles() {
        var split = SplitMessage.of(octets("Content-Type: text/html\r\n\r\n" + uu("a.bin", FILE)));
        assertThat(split.kinds()).containsExactly(PartKind.TEXT);
        assertThat(split.layout().hasAttachments()).isFalse();
    }

    /**
     * A header without its empty line ends at the first line that is no field. When that line is the file's, what stands behind the file isn't read as a part's
     * header instead: it was text.
     */
    @ParameterizedTest
    @ValueSource(strings = {"", "X-Y: z\r\n", "Content-Type: text/plain\r\n", "Content-Type: text/enriched\r\n", "no field\r\n"})
    void behindAFileThatEndedAHeaderStandsNone(String header) {
        String hidden = lines("Content-Type: application/pdf; name=x.pdf", "Content-Disposition: attachment", "Content-Transfer-Encoding: base64", "", "JVBERi0xLjQKc2VjcmV0");
        String uu = "begin 644 a.txt\r\n\r\n#86)C\r\n`\r\nend\r\n";
        String binHex = lines("(This file must be converted with BinHex 4.0)", "", ":abcdefhijklmpqr012345689abcdefhijklmpqr012345689abcdefhijklmpq:");
        for (String file : new String[] {uu, uu + uu, uu + " \r\n" + uu, "begin-base64 644 a.txt\r\n\r\nYWJj\r\n====\r\n", binHex}) {
            String text = header + file + hidden;
            for (String message : new String[] {text, "Subject: x\r\n" + text, SplitMessage.multipart("mixed", text), SplitMessage.multipart("mixed", "\r\nHello", text),
                SplitMessage.multipart("mixed", "\r\nHello", text + "\r\n--b\r\nContent-Type: application/pdf\r\n\r\n%PDF"), SplitMessage.multipart("related", "Content-Type: text/enriched\r\n\r\nx", text),
                SplitMessage.multipart("mixed", "\r\nHello", "Content-Type: message/rfc822\r\n\r\n" + text),
                SplitMessage.multipart("mixed", "\r\nHello", "Content-Type: message/rfc822\r\n\r\nSubject: x\r\n" + text),
                SplitMessage.multipart("digest", "\r\n" + text)}) {
                var rules = new SplitRules(SplitLimits.defaults(), Forwarded.INSIDE, true);
                var relayed = SplitMessage.by(rules, SplitMessage.by(rules, octets(message)).linked(SplitMessage.ENGLISH));
                assertThat(relayed.names()).as(message).isEmpty();
                if (file.equals(uu)) {
                    assertThat(MessageCheck.check(octets(message), rules, List.of(Place.TOP)).violations()).as(message).isEmpty();
                }
            }
        }
    }

    private static String signed(String second) {
        return lines("Content-Type: multipart/signed; boundary=b; protocol=\"application/pgp-signature\"", "", "--b", "Content-Type: text/plain", "",
                uu("a.bin", FILE) + "--b", "Content-Type: application/pgp-signature", "", second, "--b--");
    }

    @Test
    void aSignedTextIsNotCutAndOneThatOnlySaysSoIs() {
        byte[] genuine = octets(signed(PgpText.SIGNATURE));
        var split = SplitMessage.of(genuine);
        assertThat(split.kinds()).containsExactly(PartKind.SIGNED);
        assertThat(split.spool).isEqualTo(genuine);
        assertThat(split.layout().cuts()).isEmpty();
        for (var fake : new SplitMessage[] {SplitMessage.of(octets(signed("none"))), SplitMessage.keeping(octets(signed("-----BEGIN PGP SIGNATURE-----")))}) {
            assertThat(fake.names()).containsExactly("a.bin", "attachment.asc");
            assertThat(fake.content(0)).isEqualTo(FILE);
            assertThat(relayed(fake)).doesNotContain("begin 644").doesNotContain(uuLines(FILE).substring(0, 60)).contains(SplitMessage.URL);
        }
    }

    private static String inline(String file, String signature) {
        return lines("-----BEGIN PGP SIGNED MESSAGE-----", "Hash: SHA256", "", "Before.") + file + "After.\r\n" + signature;
    }

    /** Whoever cuts a file out of it breaks the signature; it is found and told as a file inside something signed. */
    @Test
    void nothingIsCutOutOfWhatIsSignedInTheClear() {
        String pdf = "\r\n--b\r\nContent-Type: application/pdf; name=x.pdf\r\n\r\n%PDF-1.4 and a file that goes";
        for (String file : new String[] {uu("a.bin", FILE), yenc("a.bin", FILE)}) {
            String signed = inline(file, PgpText.SIGNATURE);
            for (String text : new String[] {signed, signed + inline("", PgpText.SIGNATURE), "Dear all,\r\n" + signed, signed.replace("\r\nHash: SHA256", ""), signed.stripTrailing()}) {
                byte[] message = octets("Content-Transfer-Encoding: 8bit\r\n\r\n" + text);
                for (int step : new int[] {1, 7, 8192}) {
                    var split = SplitMessage.inSteps(message, step);
                    assertThat(split.kinds()).containsExactly(PartKind.TEXT);
                    assertThat(split.layout().hasAttachments()).isFalse();
                    assertThat(split.layout().facts().signed()).isTrue();
                    assertThat(split.spool).isEqualTo(message);
                    assertThat(split.enclosed()).containsExactly("a.bin");
                    assertThat(split.stayingContent("a.bin")).isEqualTo(FILE);
                }
                byte[] beside = octets(SplitMessage.multipart("mixed", "Content-Transfer-Encoding: 8bit\r\n\r\n" + text, "Content-Type: text/plain\r\n\r\n" + uu("b.bin", FILE) + pdf));
                assertThat(SplitMessage.of(beside).names()).containsExactly("b.bin", "x.pdf");
                assertThat(SplitMessage.of(beside).enclosed()).containsExactly("a.bin");
                assertThat(relayed(SplitMessage.of(beside))).contains("8bit\r\n\r\n" + text).doesNotContain("b.bin", "x.pdf");
                assertThat(MessageCheck.check(beside).violations()).isEmpty();
            }
        }
    }

    @Test
    void whatOnlySaysThatItIsSignedInTheClearIsCut() {
        byte[] content = Arrays.copyOf(FILE, 900);
        String file = uu("a.bin", content);
        String signed = inline(file, PgpText.SIGNATURE);
        for (String text : new String[] {inline(file, ""), inline(file, lines("-----BEGIN PGP SIGNATURE-----", "", "abc", "-----END PGP SIGNATURE-----")), signed.replace("-----END", "----END"),
            signed.replace("SHA256\r\n\r\n", "SHA256\r\n"), "> " + signed, file + inline("", PgpText.SIGNATURE), inline("", PgpText.SIGNATURE) + "\r\n" + file,
            inline(file, "") + inline("", PgpText.SIGNATURE), inline(file, PgpText.SIGNATURE.replace("\r\n\r\n", "\r\n\r\n" + "x".repeat(2_000) + "\r\n"))}) {
            byte[] message = octets("Subject: x\r\n\r\n" + text);
            for (var split : new SplitMessage[] {SplitMessage.of(message), SplitMessage.inSteps(message, 1), SplitMessage.keeping(message)}) {
                assertThat(split.names()).as(text).containsExactly("a.bin");
                assertThat(split.content(0)).isEqualTo(content);
                assertThat(split.enclosed()).isEmpty();
                assertThat(relayed(split)).doesNotContain("begin 644").doesNotContain(uuLines(content).substring(0, 60));
            }
            assertThat(MessageCheck.check(message).violations()).isEmpty();
        }
        byte[] binary = octets("Subject: x\r\n\r\n" + inline(file, "").replace("Before.", "").replace("After.", "PK\u0003\u0004") + PgpText.SIGNATURE);
        assertThat(MessageCheck.check(binary).violations()).isEmpty();
    }

    @Test
    void moreFilesThanAMessageMayHavePartsAreRefused() {
        assertThat(SplitMessage.of(octets("\r\n" + uu("a", new byte[1]).repeat(2000))).refused().code()).isEqualTo("5.6.0");
    }

    /**
     * Were the end of a line cut off whose beginning is the last of a file, what stands behind it would begin a line: here a part that nobody has seen. Of a
     * line that is just not too long the file is cut out.
     */
    @ParameterizedTest
    @CsvSource({"end", "===="})
    void aLastLineThatGoesOnIsNone(String last) {
        String file = last.equals("end") ? "begin 644 a\r\n" + uuLines(Arrays.copyOf(FILE, 90)) + "`\r\n" : "begin-base64 644 a\r\nYWJj\r\n";
        String hidden = lines("--b", "Content-Type: application/pdf; name=secret.pdf", "Content-Transfer-Encoding: base64", "", "JVBERi0xLjQ");
        for (int blanks : new int[] {4_196 - last.length(), 4_197 - last.length(), 4_198 - last.length(), 4_199 - last.length(), 4_200 - last.length(), 9_000}) {
            String line = last + " ".repeat(blanks);
            byte[] message = octets(SplitMessage.multipart("mixed", "Content-Type: text/plain\r\n\r\nBefore.\r\n" + file + line + hidden));
            for (int step : new int[] {1, 4_200, 8_192}) {
                var split = SplitMessage.inSteps(message, step);
                assertThat(split.names()).containsExactly("a");
                assertThat(relayed(split)).contains("Before.\r\n" + line + hidden);
                var again = SplitMessage.of(split.linked(SplitMessage.ENGLISH));
                assertThat(again.kinds()).containsExactly(PartKind.MULTIPART, PartKind.TEXT);
                assertThat(again.layout().hasAttachments()).isFalse();
            }
        }
        assertThat(cut("Subject: x\r\n", file + last + " ".repeat(4_198 - last.length()) + "\r\nAfter.", "After.").names()).containsExactly("a");
    }

    /** What belongs to the file can't be told: the line says so, and goes on with words. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4_200, 8_192})
    void aLastLineOfYencThatGoesOnIsRefused(int step) {
        String end = "=yend size=90";
        String text = UuText.yencWithoutEnd("a", Arrays.copyOf(FILE, 90)) + end + " ".repeat(4_200 - end.length()) + "--b\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.4\r\n";
        byte[] message = octets(SplitMessage.multipart("mixed", "Content-Transfer-Encoding: 8bit\r\n\r\n" + text));
        assertThat(SplitMessage.inSteps(message, step).refused().code()).isEqualTo("5.6.0");
    }

    @Test
    void wordsBehindManyBlanksInAFileStay() {
        String words = " ".repeat(5_000) + "Words.\r\n";
        String binHex = lines("(This file must be converted with BinHex 4.0)", "", ":$f*TEQKPH#edDA0d,R0d!3!!!!\"!!!%!N!-\"I3%!rN");
        for (String file : new String[] {"begin 644 a\r\n" + uuLines(Arrays.copyOf(FILE, 90)), "begin-base64 644 a\r\nYWJj\r\n", binHex}) {
            assertThat(cut("Subject: x\r\n", file + words, words).names()).hasSize(1);
        }
    }

    /** Readers don't see the mark, and behind the link the file would begin a line. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8_192})
    void aFileBehindAByteOrderMarkIsOne(int step) {
        String mark = "\u00EF\u00BB\u00BF";
        byte[] message = octets("Content-Type: text/plain; charset=utf-8\r\n\r\n" + mark + uu("a.bin", FILE) + "After.\r\n");
        var split = SplitMessage.inSteps(message, step);
        assertThat(split.names()).containsExactly("a.bin");
        assertThat(split.content(0)).isEqualTo(FILE);
        assertThat(relayed(split)).contains("\r\n\r\n" + mark + SplitMessage.ENGLISH.text() + "\r\nAfter.\r\n");
        String half = mark.substring(0, 2) + uu("a.bin", FILE);
        assertThat(SplitMessage.inSteps(octets("Content-Type: text/plain; charset=utf-8\r\n\r\n" + half), step).layout().hasAttachments()).isFalse();
    }

    @Test
    void allOfALongLineOfBase64IsInTheFile() {
        String text = "begin-base64 644 a\r\n" + Base64.getEncoder().encodeToString(Arrays.copyOf(FILE, 3_000)) + "\r\n====\r\n";
        assertThat(cut("Subject: x\r\n", text, "").content(0)).isEqualTo(Arrays.copyOf(FILE, 3_000));
    }

    @Test
    void theLayoutWithCutsSurvivesItsJson() {
        Layout layout = SplitMessage.keeping(octets("Subject: x\r\n\r\n" + uu("a", FILE) + "x\r\n" + uu("b", FILE))).layout();
        assertThat(layout.cuts()).hasSize(2);
        assertThat(Layout.fromJson(layout.toJson())).isEqualTo(layout);
    }
}
