package sekisho.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import net.lingala.zip4j.model.enums.EncryptionMethod;
import org.apache.poi.poifs.crypt.EncryptionMode;
import org.apache.poi.poifs.filesystem.Ole10Native;
import org.apache.poi.poifs.filesystem.POIFSFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Office files as POI makes them, and their parts that POI can't make. */
class OfficeTest {
    private static final String EXCELS_OWN = "VelvetSweatshop";

    @ParameterizedTest
    @EnumSource(value = EncryptionMode.class, names = {"standard", "agile"})
    void anEncryptedBookAsksForItsPassword(EncryptionMode mode) throws Exception {
        assertThat(look(Workshop.encryptedOoxml(mode, "secret", Workshop.xlsx()))).isEqualTo("ole2 PASSWORD ooxml-encrypted");
        assertThat(look(Workshop.encryptedOoxml(mode, "secret", Workshop.docx()))).isEqualTo("ole2 PASSWORD ooxml-encrypted");
    }

    @ParameterizedTest
    @EnumSource(value = EncryptionMode.class, names = {"standard", "agile"})
    void aBookThatExcelOpensByItselfAsksForNothing(EncryptionMode mode) throws Exception {
        assertThat(look(Workshop.encryptedOoxml(mode, EXCELS_OWN, Workshop.xlsx()))).isEqualTo("ole2 NONE none");
    }

    /** Word and PowerPoint don't try it. */
    @ParameterizedTest
    @EnumSource(value = EncryptionMode.class, names = {"standard", "agile"})
    void onlyABookIsOpenedByExcel(EncryptionMode mode) throws Exception {
        assertThat(look(Workshop.encryptedOoxml(mode, EXCELS_OWN, Workshop.docx()))).isEqualTo("ole2 PASSWORD ooxml-encrypted");
    }

    @ParameterizedTest
    @EnumSource(value = EncryptionMode.class, names = {"standard", "agile"})
    void aBookThatExcelOpensByItselfIsLookedInto(EncryptionMode mode) throws Exception {
        byte[] secret = Workshop.xls("secret");
        for (int padding : new int[] {0, 1, 4095, 4096, 4097, 100_000}) {
            byte[] noise = new byte[padding];
            new java.util.Random(padding).nextBytes(noise);
            byte[] plain = withParts(Workshop.xlsx(), noise, new byte[0]);
            assertThat(look(Workshop.encryptedOoxml(mode, EXCELS_OWN, plain))).isEqualTo("ole2 NONE none");
            byte[] book = withParts(Workshop.xlsx(), noise, secret);
            assertThat(look(Workshop.encryptedOoxml(mode, EXCELS_OWN, book))).isEqualTo("ole2 PASSWORD xls-encrypted");
        }
    }

    @ParameterizedTest
    @EnumSource(value = EncryptionMode.class, names = {"standard", "agile"})
    void aBookThatIsCutOffCantBeTold(EncryptionMode mode) throws Exception {
        byte[] whole = Workshop.encryptedOoxml(mode, EXCELS_OWN, Workshop.xlsx());
        try (var file = new POIFSFileSystem(new ByteArrayInputStream(whole)); var out = new ByteArrayOutputStream()) {
            byte[] encrypted;
            try (var in = file.createDocumentInputStream("EncryptedPackage")) {
                encrypted = in.readAllBytes();
            }
            file.createOrUpdateDocument(new ByteArrayInputStream(java.util.Arrays.copyOf(encrypted, encrypted.length - 100)), "EncryptedPackage");
            file.writeFilesystem(out);
            assertThat(look(out.toByteArray())).startsWith("ole2 ").doesNotContain("NONE");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"EncryptedPackage", "EncryptionInfo"})
    void oneOfTwoPackagesMayBeTheOther(String name) throws Exception {
        byte[] whole = Workshop.encryptedOoxml(EncryptionMode.agile, EXCELS_OWN, Workshop.xlsx());
        try (var file = new POIFSFileSystem(new ByteArrayInputStream(whole)); var out = new ByteArrayOutputStream()) {
            try (var in = file.createDocumentInputStream(name)) {
                file.getRoot().createDirectory("other").createDocument(name, new ByteArrayInputStream(in.readAllBytes()));
            }
            file.writeFilesystem(out);
            assertThat(look(out.toByteArray())).isEqualTo("ole2 UNKNOWN ole2-damaged");
        }
    }

    private static byte[] withParts(byte[] book, byte[] noise, byte[] embedded) throws Exception {
        try (var document = org.apache.poi.openxml4j.opc.OPCPackage.open(new ByteArrayInputStream(book)); var out = new ByteArrayOutputStream()) {
            for (var part : java.util.Map.of("/xl/media/noise.png", noise, "/xl/embeddings/book.xls", embedded).entrySet()) {
                var name = org.apache.poi.openxml4j.opc.PackagingURIHelper.createPartName(part.getKey());
                try (var into = document.createPart(name, "application/octet-stream").getOutputStream()) {
                    into.write(part.getValue());
                }
            }
            document.save(out);
            return out.toByteArray();
        }
    }

    @Test
    void oldBooksAndSlidesToo() throws IOException {
        assertThat(look(Workshop.xls("secret"))).isEqualTo("ole2 PASSWORD xls-encrypted");
        assertThat(look(Workshop.xls(EXCELS_OWN))).isEqualTo("ole2 NONE none");
        assertThat(look(Workshop.ppt("secret"))).isEqualTo("ole2 PASSWORD ppt-encrypted");
        assertThat(look(Workshop.ppt("/01Hannes Ruescher/01"))).as("to change it needs a password, and to see it none").isEqualTo("ole2 NONE none");
    }

    /** Bodies of FILEPASS that POI doesn't write. */
    @ParameterizedTest
    @CsvSource({
        // XOR: type 0, key and verifier of MS-OFFCRYPTO 2.3.7.1 for "VelvetSweatshop", then for another password
        "000059b30a9a, NONE none",
        "000059b30b9a, PASSWORD xls-encrypted",
        "59b30a9a, NONE none",
        // RC4 of an unknown version, a length of nothing, one that is too short
        "01000900, PASSWORD xls-encrypted",
        "'', PASSWORD xls-encrypted",
        "0100, PASSWORD xls-encrypted",
    })
    void olderWaysOfEncryptingABook(String filePass, String expected) throws IOException {
        byte[] body = java.util.HexFormat.of().parseHex(filePass);
        var book = new ByteArrayOutputStream();
        book.writeBytes(new byte[] {0x09, 0x08, 4, 0, 0, 6, 5, 0});
        book.writeBytes(new byte[] {0x2f, 0, (byte) body.length, 0});
        book.writeBytes(body);
        book.writeBytes(new byte[5000]);
        assertThat(look(compound("Workbook", book.toByteArray()))).isEqualTo("ole2 " + expected);
    }

    @ParameterizedTest
    @CsvSource({"0x0100, PASSWORD doc-encrypted", "0x8100, PASSWORD doc-encrypted", "0x8000, NONE none", "0x0000, NONE none"})
    void aWordDocumentSaysItInItsFlags(String flags, String expected) throws IOException {
        byte[] document = new byte[6000];
        document[0] = (byte) 0xec;
        document[1] = (byte) 0xa5;
        document[0x0a] = (byte) (int) Integer.decode(flags);
        document[0x0b] = (byte) (Integer.decode(flags) >> 8);
        assertThat(look(compound("WordDocument", document))).isEqualTo("ole2 " + expected);
    }

    /** Windows compares names of streams without regard to capitals, and programs for reports write others than Excel does. */
    @ParameterizedTest
    @ValueSource(strings = {"WORKBOOK", "WorkBook", "workbook", "BOOK"})
    void aBookIsOneHoweverItsStreamIsWritten(String name) throws IOException {
        for (String password : new String[] {"secret", null}) {
            try (var book = new POIFSFileSystem(new ByteArrayInputStream(Workshop.xls(password))); var stream = book.createDocumentInputStream("Workbook")) {
                assertThat(look(compound(name, stream.readAllBytes()))).isEqualTo(password == null ? "ole2 NONE none" : "ole2 PASSWORD xls-encrypted");
            }
        }
        assertThat(look(compound("ENCRYPTIONINFO", new byte[5000]))).isEqualTo("ole2 PASSWORD ooxml-encrypted");
        assertThat(look(compound("encryptedpackage", new byte[9000]))).isEqualTo("ole2 OPAQUE office-rights");
    }

    /** Objects of OLE 1 are not all packages: Paint's is a picture behind its size. */
    @ParameterizedTest
    @ValueSource(strings = {"\u0001Ole10Native", "\u0001OLE10NATIVE"})
    void anObjectInADocumentIsWhatItsOctetsAre(String name) throws Exception {
        byte[] picture = ("BM" + "x".repeat(5000)).getBytes(StandardCharsets.US_ASCII);
        assertThat(look(compound(name, sized(picture)))).isEqualTo("ole2 NONE none");
        byte[] white = new byte[3000];
        white[0] = 'B';
        white[1] = 'M';
        java.util.Arrays.fill(white, 60, 3000, (byte) 0xff);
        assertThat(look(compound(name, sized(white)))).isEqualTo("ole2 NONE none");
        byte[] secret = Workshop.encryptedOoxml(EncryptionMode.agile, "secret", Workshop.docx());
        assertThat(look(compound(name, sized(secret)))).isEqualTo("ole2 PASSWORD ooxml-encrypted");
        byte[] cut = sized(new byte[] {2, 0, 'a', '.', 'd'});
        assertThat(look(compound(name, cut))).as("a package that breaks off").isEqualTo("ole2 UNKNOWN ole2-damaged");
    }

    private static byte[] sized(byte[] octets) {
        return java.nio.ByteBuffer.allocate(4 + octets.length).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(octets.length).put(octets).array();
    }

    /** MS-PPT 2.10.34: a record of the presentation, compressed or not. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anObjectInAPresentationIsLookedInto(boolean compressed) throws Exception {
        for (String password : new String[] {"secret", EXCELS_OWN}) {
            byte[] object = Workshop.encryptedOoxml(EncryptionMode.agile, password, Workshop.xlsx());
            var body = new ByteArrayOutputStream();
            if (compressed) {
                body.write(java.nio.ByteBuffer.allocate(4).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(object.length).array());
                try (var out = new java.util.zip.DeflaterOutputStream(body)) {
                    out.write(object);
                }
            } else {
                body.write(object);
            }
            var record = java.nio.ByteBuffer.allocate(8 + body.size() + 8).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            record.putShort((short) (compressed ? 0x10 : 0)).putShort((short) 0x1011).putInt(body.size()).put(body.toByteArray()).putInt(0x03e8_0000).putInt(0);
            assertThat(look(compound("PowerPoint Document", record.array()))).isEqualTo(password.equals("secret") ? "ole2 PASSWORD ooxml-encrypted" : "ole2 NONE none");
        }
    }

    @Test
    void rightsManagementIsOpaque() throws IOException {
        assertThat(look(compound("EncryptedPackage", new byte[9000]))).isEqualTo("ole2 OPAQUE office-rights");
        assertThat(look(compound("\tDRMContent", new byte[9000]))).isEqualTo("ole2 OPAQUE office-rights");
    }

    @Test
    void anEncryptionThatSaysNothingClearIsAPassword() throws IOException {
        assertThat(look(compound("EncryptionInfo", new byte[3]))).isEqualTo("ole2 PASSWORD ooxml-encrypted");
        assertThat(look(compound("EncryptionInfo", new byte[5000]))).isEqualTo("ole2 PASSWORD ooxml-encrypted");
        String spins = "<encryption><keyEncryptors><p:encryptedKey spinCount=\"2147483647\" saltValue=\"AAAAAAAAAAAAAAAAAAAAAA==\" keyBits=\"256\""
                + " cipherAlgorithm=\"AES\" cipherChaining=\"ChainingModeCBC\" hashAlgorithm=\"SHA512\"/></keyEncryptors></encryption>";
        byte[] agile = ("\4\0\4\0\100\0\0\0" + spins).getBytes(StandardCharsets.ISO_8859_1);
        assertThat(look(compound("EncryptionInfo", agile))).as("two thousand million rounds are not tried").isEqualTo("ole2 PASSWORD ooxml-encrypted");
    }

    @Test
    void whatWasDroppedIntoADocumentOrMessageIsLookedInto() throws Exception {
        byte[] secret = Workshop.encryptedOoxml(EncryptionMode.agile, "secret", Workshop.docx());
        assertThat(look(compound("__substg1.0_37010102", secret))).as("an attachment of an Outlook message").isEqualTo("ole2 PASSWORD ooxml-encrypted");
        try (var file = new POIFSFileSystem(); var packaged = new ByteArrayOutputStream(); var out = new ByteArrayOutputStream()) {
            new Ole10Native("a.docx", "a.docx", "a.docx", secret).writeOut(packaged);
            file.createDocument(new ByteArrayInputStream(packaged.toByteArray()), Ole10Native.OLE10_NATIVE);
            file.writeFilesystem(out);
            assertThat(look(out.toByteArray())).as("a packaged object").isEqualTo("ole2 PASSWORD ooxml-encrypted");
        }
        assertThat(look(zip("word/embeddings/oleObject1.bin", secret))).isEqualTo("zip PASSWORD ooxml-encrypted");
    }

    @ParameterizedTest
    @ValueSource(strings = {"manifest:encryption-data", "encryption-data", "m:encryption-data m:checksum=\"x\""})
    void anOpenDocumentSaysItInItsManifest(String element) throws IOException {
        String manifest = "<?xml version=\"1.0\"?><manifest><file-entry full-path=\"content.xml\"><" + element + "/></file-entry></manifest>";
        assertThat(look(odf(manifest.getBytes(StandardCharsets.UTF_8)))).isEqualTo("zip PASSWORD odf-encrypted");
        assertThat(look(odf(manifest.getBytes(StandardCharsets.UTF_16)))).isEqualTo("zip PASSWORD odf-encrypted");
        assertThat(look(odf(("<!--" + "x".repeat(20_000) + "-->" + manifest).getBytes(StandardCharsets.UTF_8)))).isEqualTo("zip PASSWORD odf-encrypted");
        assertThat(look(odf("<manifest/>".getBytes(StandardCharsets.UTF_8)))).isEqualTo("odf NONE none");
    }

    private static byte[] odf(byte[] manifest) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            put(zip, "mimetype", "application/vnd.oasis.opendocument.text".getBytes(StandardCharsets.US_ASCII));
            put(zip, "content.xml", new byte[2000]);
            put(zip, "META-INF/manifest.xml", manifest);
        }
        return out.toByteArray();
    }

    /** Of Pages, Numbers and Keynote, also with a folder around it, as some programs zip it. */
    @ParameterizedTest
    @CsvSource({".iwpv2, zip PASSWORD iwork-encrypted", "計画.pages/.iwpv2, zip PASSWORD iwork-encrypted", "Index/Document.iwa, zip NONE none", "x.iwpv2, zip NONE none"})
    void aDocumentOfAppleSaysItByAnEntry(String name, String expected) throws IOException {
        assertThat(look(zip(name, new byte[108]))).isEqualTo(expected);
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

    private static byte[] compound(String stream, byte[] content) throws IOException {
        try (var file = new POIFSFileSystem(); var out = new ByteArrayOutputStream()) {
            file.createDocument(new ByteArrayInputStream(content), stream);
            file.writeFilesystem(out);
            return out.toByteArray();
        }
    }

    private static String look(byte[] file) throws IOException {
        Findings findings = new Inspector(InspectionLimits.DEFAULT).inspect("attachment", Octets.of(file));
        return findings.type().id() + " " + findings.protection() + " " + findings.detail();
    }

    @Test
    void aDocumentIsWhatItIsAndNotWhatIsEmbeddedInIt() throws Exception {
        try (var book = new POIFSFileSystem(new ByteArrayInputStream(Workshop.xls(null))); var slides = new POIFSFileSystem(new ByteArrayInputStream(Workshop.ppt(null)));
                var out = new ByteArrayOutputStream()) {
            var folder = book.createDirectory("MBD0001");
            for (var entry : slides.getRoot()) {
                folder.createDocument(entry.getName(), slides.createDocumentInputStream(entry.getName()));
            }
            book.writeFilesystem(out);
            assertThat(new Inspector(InspectionLimits.DEFAULT).inspect("a.xls", Octets.of(out.toByteArray())).type().mediaType()).isEqualTo("application/vnd.ms-excel");
        }
    }

    /** A ZIP that holds, compressed, one whose directory is missing. */
    private static byte[] parts(byte[] noise, byte[] inner) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            put(zip, "image.png", noise);
            put(zip, "inner.zip", java.util.Arrays.copyOf(inner, inner.length - 60));
        }
        return out.toByteArray();
    }

    /** PowerPoint 2007 and later keep themes in the older format as packages of the newer one, over sectors that were free before. */
    @ParameterizedTest
    @CsvSource({"false, ole2 NONE none", "true, ole2 PASSWORD zip-crypto"})
    void aPackageInPiecesInAnOlderDocumentIsNoDamage(boolean encrypted, String finding) throws Exception {
        byte[] noise = new byte[20_000];
        new java.util.Random(5).nextBytes(noise);
        var parts = new ByteArrayOutputStream();
        try (var zip = new net.lingala.zip4j.io.outputstream.ZipOutputStream(parts, "secret".toCharArray())) {
            for (String name : java.util.List.of("theme/theme1.xml", "theme/image.png")) {
                var part = new net.lingala.zip4j.model.ZipParameters();
                part.setFileNameInZip(name);
                part.setEncryptFiles(encrypted);
                part.setEncryptionMethod(encrypted ? EncryptionMethod.ZIP_STANDARD : EncryptionMethod.NONE);
                zip.putNextEntry(part);
                zip.write(noise);
                zip.closeEntry();
            }
        }
        byte[] whole;
        try (var file = new POIFSFileSystem(); var out = new ByteArrayOutputStream()) {
            var first = file.createDocument(new ByteArrayInputStream(new byte[8192]), "first");
            file.createDocument(new ByteArrayInputStream(new byte[8192]), "kept");
            first.delete();
            file.createDocument(new ByteArrayInputStream(parts.toByteArray()), "Pictures");
            file.writeFilesystem(out);
            whole = out.toByteArray();
        }
        assertThat(look(whole)).isEqualTo(finding);
        assertThat(look(compound("Pictures", parts(noise, parts.toByteArray())))).as("what it holds is in no pieces").isEqualTo(encrypted ? "ole2 PASSWORD zip-encrypted" : "ole2 UNKNOWN zip-damaged");
        var behind = new ByteArrayOutputStream();    // not of the document: a ZIP whose first octets are missing
        behind.write(whole);
        behind.write(parts.toByteArray(), 100, parts.size() - 100);
        assertThat(look(behind.toByteArray())).isEqualTo(encrypted ? finding : "ole2 UNKNOWN zip-damaged");
    }
}
