package sekisho.inspection;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.apache.poi.hslf.usermodel.HSLFSlideShow;
import org.apache.poi.hssf.record.crypto.Biff8EncryptionKey;
import org.apache.poi.hssf.usermodel.HSSFWorkbook;
import org.apache.poi.openxml4j.opc.OPCPackage;
import org.apache.poi.poifs.crypt.EncryptionInfo;
import org.apache.poi.poifs.crypt.EncryptionMode;
import org.apache.poi.poifs.filesystem.POIFSFileSystem;
import org.apache.poi.xssf.usermodel.XSSFWorkbook;
import org.apache.poi.xwpf.usermodel.XWPFDocument;

/** A folder with harmless files of many kinds, and the tools of Debian to make others of them. */
final class Workshop {
    private static final int SECONDS = 60;

    private final Path folder;

    Workshop(Path folder) {
        this.folder = folder;
        try {
            Files.writeString(folder.resolve("a.txt"), "見積書を送ります。 Please find the quotation.\n".repeat(40));
            Files.writeString(folder.resolve("b.csv"), "品目,数量\n机,2\n");
            byte[] noise = new byte[3000];
            new Random(7).nextBytes(noise);
            var picture = new ByteArrayOutputStream();
            picture.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
            picture.writeBytes(noise);
            Files.write(folder.resolve("c.png"), picture.toByteArray());
            Files.write(folder.resolve("plain.pdf"), pdf());
            Files.write(folder.resolve("plain.docx"), docx());
            Files.write(folder.resolve("plain.xlsx"), xlsx());
            Files.write(folder.resolve("plain.xls"), xls(null));
            Files.write(folder.resolve("plain.ppt"), ppt(null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path folder() {
        return folder;
    }

    void put(String name, byte[] octets) {
        try {
            Files.write(folder.resolve(name), octets);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a shell script leaves in the file {@code out}. */
    byte[] make(String script) {
        try {
            Path out = folder.resolve("out");
            Path log = folder.resolve("log");
            Files.deleteIfExists(out);
            Process process = new ProcessBuilder("sh", "-ec", script).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(log.toFile()).start();
            process.getOutputStream().close();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("did not end: " + script);
            }
            if (process.exitValue() != 0) {
                throw new IllegalStateException(script + " failed: " + Files.readString(log));
            }
            return Files.readAllBytes(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static byte[] pdf() throws IOException {
        try (var document = new PDDocument(); var out = new ByteArrayOutputStream()) {
            var page = new PDPage();
            document.addPage(page);
            try (var content = new PDPageContentStream(document, page)) {
                content.beginText();
                content.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 12);
                content.showText("A quotation");
                content.endText();
            }
            document.save(out);
            return out.toByteArray();
        }
    }

    static byte[] docx() throws IOException {
        try (var document = new XWPFDocument(); var out = new ByteArrayOutputStream()) {
            document.createParagraph().createRun().setText("A quotation");
            document.write(out);
            return out.toByteArray();
        }
    }

    static byte[] xlsx() throws IOException {
        try (var workbook = new XSSFWorkbook(); var out = new ByteArrayOutputStream()) {
            workbook.createSheet("A").createRow(0).createCell(0).setCellValue(42);
            workbook.write(out);
            return out.toByteArray();
        }
    }

    /** @param password null for none */
    static byte[] xls(@org.jspecify.annotations.Nullable String password) throws IOException {
        try (var workbook = new HSSFWorkbook(); var out = new ByteArrayOutputStream()) {
            workbook.createSheet("A").createRow(0).createCell(0).setCellValue(42);
            Biff8EncryptionKey.setCurrentUserPassword(password);
            workbook.write(out);
            return out.toByteArray();
        } finally {
            Biff8EncryptionKey.setCurrentUserPassword(null);
        }
    }

    static byte[] ppt(@org.jspecify.annotations.Nullable String password) throws IOException {
        try (var slides = new HSLFSlideShow(); var out = new ByteArrayOutputStream()) {
            slides.createSlide();
            Biff8EncryptionKey.setCurrentUserPassword(password);
            slides.write(out);
            return out.toByteArray();
        } finally {
            Biff8EncryptionKey.setCurrentUserPassword(null);
        }
    }

    static byte[] encryptedOoxml(EncryptionMode mode, String password, byte[] plain) throws Exception {
        try (var file = new POIFSFileSystem(); var out = new ByteArrayOutputStream()) {
            var encryptor = new EncryptionInfo(mode).getEncryptor();
            encryptor.confirmPassword(password);
            try (var document = OPCPackage.open(new java.io.ByteArrayInputStream(plain)); var into = encryptor.getDataStream(file)) {
                document.save(into);
            }
            file.writeFilesystem(out);
            return out.toByteArray();
        }
    }
}
