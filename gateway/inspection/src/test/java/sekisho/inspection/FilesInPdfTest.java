package sekisho.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDDocumentNameDictionary;
import org.apache.pdfbox.pdmodel.PDEmbeddedFilesNameTreeNode;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.common.filespecification.PDComplexFileSpecification;
import org.apache.pdfbox.pdmodel.common.filespecification.PDEmbeddedFile;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files inside a PDF, as portfolios and covers have them. */
class FilesInPdfTest {
    @TempDir
    static Path folder;

    static Workshop workshop;
    static byte[] secret;

    @BeforeAll
    static void archives() {
        workshop = new Workshop(folder);
        secret = workshop.make("zip -q -P s secret.zip a.txt; cp secret.zip out");
        workshop.make("zip -q plain.zip a.txt b.csv; 7zz a -bso0 -psecret secret.7z a.txt; qpdf --encrypt user owner 256 -- plain.pdf locked.pdf; (cat c.png; cat secret.zip) > both.png; : > out");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '¦', textBlock = """
        --object-streams=disable                                                 ¦ plain
        --object-streams=generate                                                ¦ objects in streams
        --object-streams=generate --linearize                                    ¦ for the web
        --stream-data=uncompress                                                 ¦ as it is
        --encrypt '' owner 256 --                                                ¦ owner's password, AES-256
        --object-streams=generate --encrypt '' owner 256 --                      ¦ owner's password, AES-256, objects in streams
        --allow-weak-crypto --encrypt '' owner 256 --force-R5 --                 ¦ owner's password, R5
        --allow-weak-crypto --encrypt '' owner 128 --use-aes=y --                ¦ owner's password, AES-128
        --allow-weak-crypto --encrypt '' owner 128 --use-aes=n --                ¦ owner's password, RC4
        --allow-weak-crypto --encrypt '' owner 128 --use-aes=y --cleartext-metadata -- ¦ owner's password, metadata open
        --allow-weak-crypto --encrypt '' owner 40 --                             ¦ owner's password, RC4 of 40 bits
        """)
    void anAttachmentIsLookedInto(String how, String title) throws Exception {
        String options = how.strip();
        for (var file : Map.of("secret.zip", "PASSWORD zip-crypto", "secret.7z", "PASSWORD 7z-content", "locked.pdf", "PASSWORD pdf-user-password", "both.png", "PASSWORD zip-crypto",
                "plain.zip", "NONE none", "a.txt", "NONE none", "plain.docx", "NONE none", "plain.pdf", "NONE none").entrySet()) {
            byte[] pdf = workshop.make("qpdf plain.pdf --add-attachment " + file.getKey() + " -- x.pdf; qpdf " + options + " x.pdf out; rm x.pdf");
            assertThat(StraysTest.look(pdf)).as(title + ": " + file.getKey()).isEqualTo(file.getValue());
        }
    }

    @ParameterizedTest
    @CsvSource({"FlateDecode", "LZWDecode", "ASCII85Decode", "ASCIIHexDecode", "FlateDecode ASCII85Decode", "RunLengthDecode", "''"})
    void whateverItIsWrittenWith(String filters) throws Exception {
        for (boolean isTyped : new boolean[] {true, false}) {
            assertThat(StraysTest.look(portfolio(secret, filters, isTyped, null))).isEqualTo("PASSWORD zip-crypto");
            assertThat(StraysTest.look(portfolio(workshop.make("cat plain.zip > out"), filters, isTyped, null))).isEqualTo("NONE none");
            assertThat(StraysTest.look(portfolio("a quotation ".repeat(500).getBytes(StandardCharsets.US_ASCII), filters, isTyped, null))).isEqualTo("NONE none");
        }
    }

    @ParameterizedTest
    @CsvSource({"40,false", "128,false", "128,true", "256,true"})
    void onlyTheOwnersPassword(int bits, boolean aes) throws Exception {
        var policy = new StandardProtectionPolicy("owner", "", new AccessPermission());
        policy.setEncryptionKeyLength(bits);
        policy.setPreferAES(aes);
        assertThat(StraysTest.look(portfolio(secret, "FlateDecode", true, policy))).isEqualTo("PASSWORD zip-crypto");
        assertThat(StraysTest.look(portfolio(workshop.make("cat plain.zip > out"), "FlateDecode", true, policy))).isEqualTo("NONE none");
    }

    /** @param filters in the order in which they are undone */
    private static byte[] portfolio(byte[] file, String filters, boolean isTyped, @org.jspecify.annotations.Nullable StandardProtectionPolicy policy) throws Exception {
        try (var document = new PDDocument(); var out = new ByteArrayOutputStream()) {
            document.addPage(new PDPage());
            var names = new COSArray();
            for (String name : filters.isEmpty() ? new String[0] : filters.split(" ")) {
                names.add(COSName.getPDFName(name));
            }
            var embedded = new PDEmbeddedFile(document);
            try (var into = names.size() == 0 ? embedded.getCOSObject().createRawOutputStream() : embedded.getCOSObject().createOutputStream(names)) {
                into.write(file);
            }
            if (!isTyped) {
                embedded.getCOSObject().removeItem(COSName.TYPE);
            }
            var specification = new PDComplexFileSpecification();
            specification.setFile("a.zip");
            specification.setEmbeddedFile(embedded);
            var tree = new PDEmbeddedFilesNameTreeNode();
            tree.setNames(Map.of("a.zip", specification));
            var dictionary = new PDDocumentNameDictionary(document.getDocumentCatalog());
            dictionary.setEmbeddedFiles(tree);
            document.getDocumentCatalog().setNames(dictionary);
            if (policy != null) {
                document.protect(policy);
            }
            document.save(out);
            return out.toByteArray();
        }
    }

    private static byte[] pdf(String dictionary, byte[] octets) {
        return pdf(dictionary, "\r\n", octets);
    }

    /** @param end of the line in which the stream is announced */
    private static byte[] pdf(String dictionary, String end, byte[] octets) {
        var out = new ByteArrayOutputStream();
        out.writeBytes("%PDF-1.7\n1 0 obj << /Type /Catalog /F << /EF << /F 2 0 R >> >> >> endobj\n".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(("2 0 obj " + dictionary + " stream" + end).getBytes(StandardCharsets.ISO_8859_1));
        out.writeBytes(octets);
        out.writeBytes("\nendstream endobj trailer << /Root 1 0 R >>\n%%EOF".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(new byte[70_000]); // so that no end of a ZIP is near
        return out.toByteArray();
    }

    @Test
    void aDictionaryIsReadWhateverIsInIt() throws Exception {
        for (String dictionary : List.of("<</Length " + secret.length + ">>", "<< /Length 3 0 R >>", "<< /Length 7 >>", "<< /Length 99999999 >>", "<< >>", "<< /Length -1 >>",
                "<< /X (1 0 obj) /Y (>> stream) >>", "<< /X (1 0 obj << ) >>", "<< /Type /XObject /Subtype /Image /Width 1 >>", "<</A<</B<</C[1 2 3]>>>>>>\r\n \r\n",
                "<< /X (" + "x".repeat(5000) + ") >>", "<< % obj\n /X 1 >> % remark\n", "<< /Filter [] >>", "<< /Filter null >>")) {
            assertThat(StraysTest.look(pdf(dictionary, secret))).as(dictionary).isEqualTo(dictionary.endsWith("remark\n") ? "PASSWORD zip-encrypted" : "PASSWORD zip-crypto");
        }
        assertThat(StraysTest.look(pdf("<< /X (" + "x".repeat(50_000) + ") >>", new byte[2000]))).isEqualTo("UNKNOWN pdf-unclear");
        assertThat(StraysTest.look(pdf("<< /Filter /Secret >>", new byte[2000]))).isEqualTo("UNKNOWN pdf-filter");
        assertThat(StraysTest.look(pdf("<< /Filter 4 0 R >>", new byte[2000]))).isEqualTo("UNKNOWN pdf-filter");
        assertThat(StraysTest.look(pdf("<< /Filter /FlateDecode /DecodeParms 4 0 R >>", deflated(new byte[2000])))).isEqualTo("UNKNOWN pdf-filter");
        assertThat(StraysTest.look(pdf("<< /Params 4 0 R /Filter /DCTDecode >>", new byte[2000]))).isEqualTo("UNKNOWN pdf-filter");
        assertThat(StraysTest.look(pdf("<< /Filter /DCTDecode >>", new byte[2000]))).isEqualTo("NONE none");
    }

    /** As lenient readers do. */
    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\n", " \n", " \r\n", "\t \r\n", " \r", "\f\0\n", " ", "                                                                                \n"})
    void blanksMayStandInFrontOfTheEndOfItsLine(String end) throws Exception {
        assertThat(StraysTest.look(pdf("<< /Length " + secret.length + " >>", end, secret))).isEqualTo("PASSWORD zip-crypto");
        assertThat(StraysTest.look(pdf("<< /Filter /FlateDecode >>", end, deflated(secret)))).isEqualTo("PASSWORD zip-crypto");
        assertThat(StraysTest.look(pdf("<< /Filter /FlateDecode /Length 3 0 R >>", end, deflated(workshop.make("cat plain.zip > out"))))).isEqualTo("NONE none");
    }

    @Test
    void differencesOfRowsAreUndone() throws Exception {
        var rows = new ByteArrayOutputStream();
        byte[] above = new byte[16];
        for (int at = 0, way = 0; at < secret.length; at += 16, way = (way + 1) % 5) {
            byte[] row = new byte[16];
            System.arraycopy(secret, at, row, 0, Math.min(16, secret.length - at));
            rows.write(way);
            for (int i = 0; i < 16; i++) {
                int left = i == 0 ? 0 : row[i - 1] & 0xff;
                int up = above[i] & 0xff;
                int corner = i == 0 ? 0 : above[i - 1] & 0xff;
                int all = left + up - corner;
                int nearest = Math.abs(all - left) <= Math.abs(all - up) && Math.abs(all - left) <= Math.abs(all - corner) ? left : Math.abs(all - up) <= Math.abs(all - corner) ? up : corner;
                rows.write(row[i] - new int[] {0, left, up, (left + up) / 2, nearest}[way]);
            }
            above = row;
        }
        String parameters = "/Filter /FlateDecode /DecodeParms << /Predictor ";
        assertThat(StraysTest.look(pdf("<< " + parameters + "12 /Columns 16 >> >>", deflated(rows.toByteArray())))).isEqualTo("PASSWORD zip-crypto");
        var differences = new ByteArrayOutputStream();
        for (int i = 0; i < secret.length; i++) {
            differences.write(secret[i] - (i % 16 == 0 ? 0 : secret[i - 1]));
        }
        assertThat(StraysTest.look(pdf("<< " + parameters + "2 /Columns 16 >> >>", deflated(differences.toByteArray())))).isEqualTo("PASSWORD zip-crypto");
        assertThat(StraysTest.look(pdf("<< " + parameters + "12 /Columns 99999999 >> >>", deflated(rows.toByteArray())))).isEqualTo("UNKNOWN pdf-filter");
    }

    private static byte[] deflated(byte[] octets) throws Exception {
        var out = new ByteArrayOutputStream();
        try (var deflater = new DeflaterOutputStream(out)) {
            deflater.write(octets);
        }
        return out.toByteArray();
    }

    /** What has no files is not searched for them: a large document has thousands of streams. */
    @Test
    void thatThereAreFilesIsSeenHoweverItIsSaid() throws Exception {
        byte[] open = pdf("<< >>", secret);
        String text = new String(open, StandardCharsets.ISO_8859_1);
        assertThat(StraysTest.look(text.replace("/EF", "/#45F").getBytes(StandardCharsets.ISO_8859_1))).isEqualTo("PASSWORD zip-crypto");
        assertThat(StraysTest.look(text.replace("/EF", "/E#46").getBytes(StandardCharsets.ISO_8859_1))).isEqualTo("PASSWORD zip-crypto");
        assertThat(StraysTest.look(text.replace("/EF", "/XX").getBytes(StandardCharsets.ISO_8859_1))).as("by its octets alone").isEqualTo("PASSWORD zip-encrypted");
        for (String names : List.of("/EF", "/#45F", "/E#46")) {
            for (int before : new int[] {0, 16_382, 16_383, 16_384, 40_000}) {
                byte[] objects = deflated((" ".repeat(before) + "<< " + names + " << /F 2 0 R >> >>").getBytes(StandardCharsets.US_ASCII));
                String stream = "7 0 obj << /Type /ObjStm /N 1 /First 0 /Filter /FlateDecode /Length " + objects.length + " >> stream\n"
                        + new String(objects, StandardCharsets.ISO_8859_1) + "\nendstream endobj\n2 0 obj";
                assertThat(StraysTest.look(text.replace("/EF", "/XX").replace("2 0 obj", stream).getBytes(StandardCharsets.ISO_8859_1))).as(names + before)
                        .isEqualTo("PASSWORD zip-crypto");
            }
        }
    }

    /** Where that takes its time it is cut off, and how soon is the machine's affair. */
    @Test
    void manyStreamsEnd() throws Exception {
        String stream = "1 0 obj << /Filter /FlateDecode >> stream\nx\nendstream endobj\n";
        assertThat(StraysTest.look(("%PDF-1.7\n/EF " + stream.repeat(5_000)).getBytes(StandardCharsets.US_ASCII))).isEqualTo("NONE none");
        assertThat(protection("/EF " + stream.repeat(20_000))).isIn(Protection.NONE, Protection.UNKNOWN);
        assertThat(protection(">>stream\n".repeat(300_000))).isEqualTo(Protection.UNKNOWN);
        assertThat(protection("/EF " + "obj<<>>stream\n".repeat(20_000))).isIn(Protection.NONE, Protection.UNKNOWN);
    }

    private static Protection protection(String pdf) throws Exception {
        return new Inspector(InspectionLimits.DEFAULT).inspect("attachment", Octets.of(("%PDF-1.7\n" + pdf).getBytes(StandardCharsets.US_ASCII))).protection();
    }
}
