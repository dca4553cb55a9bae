package sekisho.inspection;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.poi.poifs.crypt.EncryptionMode;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The fuzz targets, each with some hundreds of broken variants of good files: octets changed, cut, moved, put twice. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class DamagedFilesTest {
    private static final int VARIANTS = 400;
    private static final byte[] TELLING = {0, 1, 0x7f, -1, -2, (byte) 0x80, 'P', 'K', '/', '<', 0x10, 0x20};

    @TempDir
    static Path folder;

    static Stream<Arguments> filesAndReaders() throws Exception {
        var workshop = new Workshop(folder);
        byte[] zip = workshop.make("zip -q x.zip a.txt plain.docx && zip -q -P s x.zip b.csv && zip -q y.zip x.zip && mv y.zip out; rm x.zip");
        byte[] methods = workshop.make("7zz a -bso0 -tzip -mm=LZMA x.zip plain.docx && 7zz a -bso0 -tzip -mm=BZip2 x.zip plain.xls && mv x.zip out");
        byte[] seven = workshop.make("7zz a -bso0 -ms=on x.7z a.txt plain.docx plain.xls && mv x.7z out");
        byte[] open = workshop.make("7zz a -bso0 -mhc=off -m0=BCJ -m1=LZMA x.7z a.txt plain.docx && mv x.7z out");
        byte[] pdf = workshop.make("qpdf --encrypt '' owner 256 -- plain.pdf out");
        byte[] oldPdf = workshop.make("qpdf --allow-weak-crypto --encrypt '' owner 128 --use-aes=n -- plain.pdf out");
        byte[] tar = workshop.make("zip -q -P s x.zip a.txt && tar --format=pax --pax-option=comment=x -cf out a.txt x.zip; rm x.zip");
        byte[] tgz = workshop.make("tar czf out a.txt plain.docx");
        byte[] xz = workshop.make("tar cJf out a.txt plain.docx");
        byte[] bz2 = workshop.make("tar cjf out a.txt plain.docx");
        byte[] ooxml = Workshop.encryptedOoxml(EncryptionMode.agile, "VelvetSweatshop", Workshop.docx());
        workshop.make("zip -q -P s secret.zip a.txt; zip -q plain.zip a.txt b.csv; 7zz a -bso0 -psecret secret.7z a.txt; "
            + "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=a -keyout k -out c 2>/dev/null; : > out");
        byte[] files = workshop.make("qpdf plain.pdf --add-attachment plain.zip -- --add-attachment plain.docx -- out");
        byte[] ownersFiles = workshop.make("qpdf plain.pdf --add-attachment plain.zip -- x.pdf; qpdf --encrypt '' owner 256 -- x.pdf out; rm x.pdf");
        byte[] joined = workshop.make("cat plain.zip c.png plain.zip > out");
        byte[] hidden = workshop.make("cat c.png secret.7z > out");
        byte[] message = MailInMailTest.message(MailInMailTest.TEXT, MailInMailTest.attached(workshop.make("cat plain.zip > out")),
            "Content-Type: message/rfc822\r\n\r\n" + MailInMailTest.message(MailInMailTest.attached(workshop.make("cat plain.docx > out")))).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        workshop.put("m.eml", message);
        byte[] signed = workshop.make("openssl cms -sign -nodetach -stream -outform DER -signer c -inkey k -in m.eml -out out");
        byte[] store = workshop.make("openssl pkcs12 -export -nokeys -in c -passout pass: -certpbe NONE -nomac -out out");
        byte[] pem = workshop.make("(cat c k; openssl pkcs8 -topk8 -in k -passout pass:x; openssl cms -sign -nodetach -outform PEM -signer c -inkey k -in m.eml) > out");
        byte[] tnef = {0x78, (byte) 0x9f, 0x3e, 0x22, 1, 0, 2, 0x0f, (byte) 0x80, 6, 0, 4, 0, 0, 0, 'P', 'K', 3, 4, 0, 0};
        byte[] forwarded = new Tnef().attachment(new Tnef.Properties().text(0x3707, "a").named("x").several(0x40, 8, 2).object(Tnef.MESSAGE, tnef)).octets();
        byte[] rtf = RtfTest.rtf(RtfTest.object(2, "Excel.Sheet.8", RtfTest.sized(Workshop.xls(null)))).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        return Stream.of(
            Arguments.of("zip", zip, reader(ZipFuzz::fuzzerTestOneInput)),
            Arguments.of("zip, other methods", methods, reader(ZipFuzz::fuzzerTestOneInput)),
            Arguments.of("7z", seven, reader(SevenZipFuzz::fuzzerTestOneInput)),
            Arguments.of("7z, open header", open, reader(SevenZipFuzz::fuzzerTestOneInput)),
            Arguments.of("rar 4", Rar.four(0, new Rar.File("a", true, false), new Rar.File("b", false, true)), reader(RarFuzz::fuzzerTestOneInput)),
            Arguments.of("rar 5", Rar.five(new Rar.File("a", true, false), new Rar.File("b", false, true)), reader(RarFuzz::fuzzerTestOneInput)),
            Arguments.of("pdf", pdf, reader(PdfFuzz::fuzzerTestOneInput)),
            Arguments.of("pdf, RC4", oldPdf, reader(PdfFuzz::fuzzerTestOneInput)),
            Arguments.of("ole2, book", Workshop.xls("VelvetSweatshop"), reader(Ole2Fuzz::fuzzerTestOneInput)),
            Arguments.of("ole2, slides", Workshop.ppt(null), reader(Ole2Fuzz::fuzzerTestOneInput)),
            Arguments.of("ole2, encrypted", ooxml, reader(Ole2Fuzz::fuzzerTestOneInput)),
            Arguments.of("tar", tar, reader(TarFuzz::fuzzerTestOneInput)),
            Arguments.of("pdf, files in it", files, reader(PdfFuzz::fuzzerTestOneInput)),
            Arguments.of("pdf, an owner's, files in it", ownersFiles, reader(PdfFuzz::fuzzerTestOneInput)),
            Arguments.of("zip, two", joined, reader(ZipFuzz::fuzzerTestOneInput)),
            Arguments.of("png, 7z behind it", hidden, reader(InspectorFuzz::fuzzerTestOneInput)),
            Arguments.of("message", message, reader(MessageFuzz::fuzzerTestOneInput)),
            Arguments.of("cms, signed", signed, reader(CmsFuzz::fuzzerTestOneInput)),
            Arguments.of("pkcs 12", store, reader(CmsFuzz::fuzzerTestOneInput)),
            Arguments.of("pem", pem, reader(PemFuzz::fuzzerTestOneInput)),
            Arguments.of("tnef", tnef, reader(TnefFuzz::fuzzerTestOneInput)),
            Arguments.of("tnef, a message in it", forwarded, reader(TnefFuzz::fuzzerTestOneInput)),
            Arguments.of("rtf", rtf, reader(InspectorFuzz::fuzzerTestOneInput)),
            Arguments.of("gz", tgz, reader(InspectorFuzz::fuzzerTestOneInput)),
            Arguments.of("xz", xz, reader(InspectorFuzz::fuzzerTestOneInput)),
            Arguments.of("bz2", bz2, reader(InspectorFuzz::fuzzerTestOneInput)));
    }

    private static Consumer<byte[]> reader(Consumer<byte[]> reader) {
        return reader;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("filesAndReaders")
    void noneMakesAReaderFail(String name, byte[] file, Consumer<byte[]> reader) {
        var random = new Random(name.hashCode());
        for (int i = 0; i < VARIANTS; i++) {
            byte[] variant = variant(file, random);
            List<Consumer<byte[]>> both = new ArrayList<>(List.of(reader));
            if (i % 4 == 0) {
                both.add(InspectorFuzz::fuzzerTestOneInput);
            }
            for (var each : both) {
                try {
                    each.accept(variant);
                } catch (RuntimeException | Error e) {
                    throw new AssertionError("variant " + i + " of " + name, e);
                }
            }
        }
    }

    private static byte[] variant(byte[] file, Random random) {
        byte[] variant = file.clone();
        int changes = 1 + random.nextInt(8);
        for (int i = 0; i < changes; i++) {
            int at = place(variant.length, random);
            switch (random.nextInt(6)) {
                case 0, 1 -> variant[at] = TELLING[random.nextInt(TELLING.length)];
                case 2 -> variant[at] ^= (byte) (1 << random.nextInt(8));
                case 3 -> Arrays.fill(variant, at, Math.min(variant.length, at + 1 + random.nextInt(8)), TELLING[random.nextInt(TELLING.length)]);
                case 4 -> {
                    int from = random.nextInt(variant.length);
                    int count = Math.min(random.nextInt(64), variant.length - Math.max(from, at));
                    System.arraycopy(variant.clone(), from, variant, at, Math.max(0, count));
                }
                default -> variant = random.nextInt(4) == 0 ? Arrays.copyOf(variant, Math.max(1, at)) : variant;
            }
        }
        return variant;
    }

    /** Mostly near the start or the end, where the tables are. */
    private static int place(int length, Random random) {
        int near = Math.min(length, 700);
        return switch (random.nextInt(3)) {
            case 0 -> random.nextInt(near);
            case 1 -> length - 1 - random.nextInt(near);
            default -> random.nextInt(length);
        };
    }
}
