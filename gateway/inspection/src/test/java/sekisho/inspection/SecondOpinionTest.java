package sekisho.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.lingala.zip4j.ZipFile;
import net.lingala.zip4j.model.ZipParameters;
import net.lingala.zip4j.model.enums.AesKeyStrength;
import net.lingala.zip4j.model.enums.CompressionMethod;
import net.lingala.zip4j.model.enums.EncryptionMethod;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Libraries make and open the files, and we say the same as they. */
class SecondOpinionTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"40,false,'',owner", "40,false,user,owner", "128,false,'',owner", "128,false,user,owner", "128,true,'',owner", "128,true,user,user",
        "256,true,'',owner", "256,true,user,owner", "256,true,パスワード,owner", "256,true,'',''"})
    void aPdfAsksWhenPdfBoxAsks(int bits, boolean aes, String user, String owner) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var document = new PDDocument()) {
            document.addPage(new PDPage());
            var policy = new StandardProtectionPolicy(owner, user, new AccessPermission());
            policy.setEncryptionKeyLength(bits);
            policy.setPreferAES(aes);
            document.protect(policy);
            document.save(out);
        }
        assertThat(look(out.toByteArray())).isEqualTo(pdfBoxOpens(out.toByteArray()) ? "pdf NONE none" : "pdf PASSWORD pdf-user-password");
        assertThat(pdfBoxOpens(out.toByteArray())).isEqualTo(user.isEmpty());
    }

    @ParameterizedTest
    @EnumSource(value = EncryptionMethod.class, names = {"AES", "ZIP_STANDARD"})
    void aZipAsksWhenZip4jAsks(EncryptionMethod method) throws IOException {
        for (AesKeyStrength strength : new AesKeyStrength[] {AesKeyStrength.KEY_STRENGTH_128, AesKeyStrength.KEY_STRENGTH_256}) {
            for (CompressionMethod compression : new CompressionMethod[] {CompressionMethod.STORE, CompressionMethod.DEFLATE}) {
                Path file = folder.resolve(method + "-" + strength + "-" + compression + ".zip");
                Path content = Files.writeString(folder.resolve("a.txt"), "a quotation".repeat(100));
                try (var zip = new ZipFile(file.toFile(), "secret".toCharArray())) {
                    zip.addFile(content.toFile(), new ZipParameters());
                    assertThat(zip.isEncrypted()).isFalse();
                    assertThat(look(Files.readAllBytes(file))).isEqualTo("zip NONE none");
                    var parameters = new ZipParameters();
                    parameters.setEncryptFiles(true);
                    parameters.setEncryptionMethod(method);
                    parameters.setAesKeyStrength(strength);
                    parameters.setCompressionMethod(compression);
                    parameters.setFileNameInZip("b.txt");
                    zip.addFile(content.toFile(), parameters);
                    assertThat(zip.isEncrypted()).isTrue();
                }
                assertThat(look(Files.readAllBytes(file))).isEqualTo("zip PASSWORD " + (method == EncryptionMethod.AES ? "zip-aes" : "zip-crypto"));
            }
        }
    }

    private static boolean pdfBoxOpens(byte[] file) throws IOException {
        try (var _ = Loader.loadPDF(file)) {
            return true;
        } catch (InvalidPasswordException _) {
            return false;
        }
    }

    private static String look(byte[] file) throws IOException {
        Findings findings = new Inspector(InspectionLimits.DEFAULT).inspect("attachment", Octets.of(file));
        return findings.type().id() + " " + findings.protection() + " " + findings.detail();
    }
}
