package sekisho.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are two: an archive behind, in front of, or between what the first look sees. */
class StraysTest {
    private static final String JPEG = "(printf '\\377\\330\\377\\340\\0\\020JFIF\\0'; head -c 90000 c.big; printf '\\377\\331')";

    @TempDir
    static Path folder;

    static Workshop workshop;

    @BeforeAll
    static void filesToStartFrom() {
        workshop = new Workshop(folder);
        workshop.put("rar4e.rar", Rar.four(0, new Rar.File("a.txt", true, true)));
        workshop.put("rar5.rar", Rar.five(new Rar.File("a.txt", true, false)));
        workshop.put("rar5e.rar", Rar.five(new Rar.File("a.txt", true, true)));
        workshop.make("head -c 90000 /dev/urandom > c.big; zip -q plain.zip a.txt b.csv; zip -q -P s secret.zip a.txt; 7zz a -bso0 -tzip -psecret -mem=AES256 aes.zip a.txt; "
                + "7zz a -bso0 -psecret secret.7z a.txt; 7zz a -bso0 plain.7z a.txt; gzip -k plain.pdf; tar cf plain.tar a.txt b.csv; zip -q -P s big.zip c.big a.txt; "
                + "qpdf --encrypt user owner 256 -- plain.pdf locked.pdf; zip -q hides.zip locked.pdf;"
                + JPEG + " > photo.jpg; : > out");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '¦', textBlock = """
        cat secret.zip plain.zip             ¦ PASSWORD zip-crypto
        cat plain.zip secret.zip             ¦ PASSWORD zip-crypto
        cat aes.zip plain.zip                ¦ PASSWORD zip-aes
        cat plain.zip aes.zip                ¦ PASSWORD zip-aes
        cat big.zip plain.zip                ¦ PASSWORD zip-crypto
        cat plain.zip big.zip                ¦ PASSWORD zip-crypto
        cat plain.zip aes.zip plain.zip      ¦ PASSWORD zip-aes
        cat a.txt secret.zip c.png plain.zip ¦ PASSWORD zip-crypto
        cat plain.zip plain.zip              ¦ NONE none
        cat plain.zip a.txt plain.zip        ¦ NONE none
        head -c -60 secret.zip; cat plain.zip ¦ PASSWORD zip-encrypted
        head -c -60 plain.zip; cat plain.zip ¦ UNKNOWN zip-unlisted
        cat secret.zip; printf 'PK\\005\\006\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0' ¦ PASSWORD zip-crypto
        cat plain.zip secret.7z              ¦ PASSWORD 7z-content
        cat secret.7z plain.zip              ¦ PASSWORD 7z-content
        cat plain.7z secret.zip              ¦ PASSWORD zip-crypto
        cat plain.7z plain.zip               ¦ NONE none
        cat plain.7z secret.7z               ¦ PASSWORD 7z-content
        cat rar5.rar secret.7z               ¦ PASSWORD 7z-content
        cat rar5.rar rar5e.rar               ¦ PASSWORD rar-content
        cat rar5.rar secret.zip              ¦ PASSWORD zip-crypto
        cat plain.tar secret.zip             ¦ PASSWORD zip-crypto
        cat plain.tar secret.7z              ¦ PASSWORD 7z-content
        cat plain.pdf.gz secret.zip          ¦ PASSWORD zip-crypto
        cat plain.pdf.gz secret.7z           ¦ PASSWORD 7z-content
        cat plain.xls secret.zip             ¦ PASSWORD zip-crypto
        cat plain.docx secret.zip            ¦ PASSWORD zip-crypto
        cat photo.jpg secret.zip             ¦ PASSWORD zip-crypto
        cat photo.jpg big.zip                ¦ PASSWORD zip-crypto
        cat photo.jpg aes.zip                ¦ PASSWORD zip-aes
        cat photo.jpg secret.7z              ¦ PASSWORD 7z-content
        cat photo.jpg secret.7z c.big        ¦ PASSWORD 7z-content
        cat photo.jpg rar4e.rar              ¦ PASSWORD rar-content
        cat photo.jpg rar5e.rar c.big        ¦ PASSWORD rar-content
        cat photo.jpg plain.7z               ¦ NONE none
        cat photo.jpg secret.zip c.big       ¦ PASSWORD zip-encrypted
        cat photo.jpg aes.zip c.big          ¦ PASSWORD zip-encrypted
        cat photo.jpg; head -c -60 secret.zip; cat c.big ¦ PASSWORD zip-encrypted
        cat a.txt secret.zip c.big           ¦ PASSWORD zip-encrypted
        cat plain.pdf secret.zip c.big       ¦ PASSWORD zip-encrypted
        cat plain.xls secret.zip c.big       ¦ PASSWORD zip-encrypted
        cat photo.jpg plain.zip c.big        ¦ NONE none
        cat photo.jpg                        ¦ NONE none
        printf '(This file must be converted with BinHex 4.0)\\r\\n\\r\\n:'; cat secret.zip ¦ PASSWORD zip-crypto
        printf '(This file must be converted with BinHex 4.0)\\r\\n\\r\\n:'; cat plain.zip ¦ OPAQUE hqx
        printf Salted__12345678; cat secret.zip ¦ PASSWORD zip-crypto
        printf Salted__12345678; cat plain.zip ¦ OPAQUE openssl
        printf Salted__12345678; cat secret.7z ¦ PASSWORD 7z-content
        printf 'age-encryption.org/v1\\n'; cat secret.zip ¦ PASSWORD zip-crypto
        printf 'age-encryption.org/v1\\n'; cat plain.zip ¦ OPAQUE age
        cat a.txt secret.7z                  ¦ PASSWORD 7z-content
        cat plain.pdf secret.zip             ¦ PASSWORD zip-crypto
        cat plain.pdf secret.7z              ¦ PASSWORD 7z-content
        cat plain.pdf plain.zip              ¦ NONE none
        """)
    void twoFilesInOneAreBothSeen(String script, String expected) throws Exception {
        byte[] file = workshop.make("(" + script + ") > out");
        assertThat(look(file)).isEqualTo(expected);
        if (!expected.endsWith("none")) {
            byte[] stored = workshop.make("(" + script + ") > x.dat; rm -f y.zip; zip -q -0 y.zip a.txt x.dat; mv y.zip out; rm x.dat");
            assertThat(look(stored)).as("stored in an archive").startsWith(expected.split(" ")[0]);
        }
    }

    /** Nothing of it asks for a password by itself, but what it holds does. */
    @ParameterizedTest
    @ValueSource(strings = {"photo.jpg", "plain.pdf", "plain.tar", "a.txt", "plain.xls"})
    void aZipInTheMiddleOfAFileIsLookedInto(String front) throws Exception {
        assertThat(look(workshop.make("cat " + front + " hides.zip c.big > out"))).isEqualTo("PASSWORD pdf-user-password");
        assertThat(look(workshop.make("cat " + front + " plain.zip c.big > out"))).isEqualTo("NONE none");
    }

    @ParameterizedTest
    @CsvSource({"qpdf --encrypt user owner 256 -- plain.pdf x.pdf", "qpdf --encrypt '' owner 256 -- plain.pdf x.pdf"})
    void aPictureThatIsAlsoAPdfIsReadAsOne(String script) throws Exception {
        byte[] file = workshop.make(script + "; (printf '\\377\\330\\377\\340\\0\\020JFIF\\0'; cat x.pdf) > out; rm x.pdf");
        assertThat(look(file)).isEqualTo(script.contains("user") ? "PASSWORD pdf-user-password" : "NONE none");
    }

    /** Programs for PDF go on without its header, by what stands at its end. */
    @ParameterizedTest
    @CsvSource(delimiter = '¦', textBlock = """
        (printf hello; tail -c +6 x.pdf) > out
        (printf '%%!PS-Adobe-3.0 PDF-1.7\\n'; tail -c +10 x.pdf) > out
        (head -c 1300 a.txt; cat x.pdf) > out
        (printf '\\1\\2\\3\\4'; tail -c +5 x.pdf) > out
        (printf hello; tail -c +6 x.pdf) > y.dat; zip -q -0 y.zip y.dat; mv y.zip out
        (printf hello; tail -c +6 x.pdf) > y.dat; zip -q y.zip y.dat; mv y.zip out
        """)
    void aPdfWithoutItsHeaderIsOneAllTheSame(String script) throws Exception {
        assertThat(look(workshop.make("qpdf --encrypt user owner 256 -- plain.pdf x.pdf; " + script))).isEqualTo("PASSWORD pdf-user-password");
        assertThat(look(workshop.make("cp plain.pdf x.pdf; " + script))).isEqualTo("NONE none");
    }

    @Test
    void anArchiveBehindManyFalseMarksIsNotCalledAbsent() throws Exception {
        byte[] secret = workshop.make("cat secret.7z > out");
        for (int marks : new int[] {5, 40}) {
            var file = new ByteArrayOutputStream();
            file.writeBytes(workshop.make("cat photo.jpg > out"));
            for (int i = 0; i < marks; i++) {
                file.writeBytes("7z\u00bc\u00af'\u001c and nothing behind it that fits".getBytes(StandardCharsets.ISO_8859_1));
            }
            file.writeBytes(secret);
            assertThat(look(file.toByteArray())).isEqualTo(marks == 5 ? "PASSWORD 7z-content" : "UNKNOWN beyond-strays");
        }
    }

    @Test
    void moreArchivesInARowThanAnybodyJoinsEnd() throws Exception {
        byte[] plain = workshop.make("zip -q x.zip b.csv; mv x.zip out");
        var file = new ByteArrayOutputStream();
        for (int i = 0; i < 5000; i++) {
            file.writeBytes(plain);
        }
        assertThat(look(file.toByteArray())).isEqualTo("UNKNOWN beyond-joined");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '¦', textBlock = """
        PK\\3\\4ello, this is the text about the format which begins like this                            ¦ NONE
        PK\\3\\4bcdefghijklmnopqrstuvwxyzabcdefghijkl                                                      ¦ NONE
        PK\\3\\4                                                                                           ¦ NONE
        PK\\3\\4\\024\\0\\1\\0\\10\\0\\1\\2\\3\\4\\5\\6\\7\\0\\10\\0\\0\\0\\10\\0\\0\\0\\5\\0\\0\\0a.txt          ¦ PASSWORD
        PK\\3\\4\\024\\0\\0\\0\\10\\0\\1\\2\\3\\4\\5\\6\\7\\0\\10\\0\\0\\0\\10\\0\\0\\0\\5\\0\\0\\0a.txt          ¦ UNKNOWN
        Rar! is what a file of WinRAR begins with, and this text does, too.                                   ¦ NONE
        Rar!\\032\\7 is its mark: a text with a control character in it, of a zealous author                ¦ NONE
        Rar!\\032\\7\\0ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt   ¦ UNKNOWN
        Rar!\\032\\7\\1\\0tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt ¦ UNKNOWN
        7z is a good program                                                                                  ¦ NONE
        MSCF is the mark of a cabinet                                                                         ¦ NONE
        BZh9 is the mark of bzip2                                                                             ¦ NONE
        MZ001,Maputo,Beira\\nMZ002,Matola,Nampula\\nMZ003,Chimoio,Quelimane\\nMZ004,Tete,Lichinga\\n         ¦ NONE
        MZとはモザンビークの国別コードです。この資料はその一覧であり、毎年四月に改められます。           ¦ NONE
        MZ001,Maputo,Beira\\nMZ002,Matola,Nampula\\nMZ003,Chimoio,Quelimane\\nMZ004,Tete,Lichinga\\n\\0      ¦ OPAQUE
        LZIP is a compressor                                                                                  ¦ NONE
        LZIP\\001\\014ompressed                                                                               ¦ OPAQUE
        COWDRAY Ltd., Midhurst                                                                                ¦ NONE
        KDMV is the mark of a disk image                                                                      ¦ NONE
        hsqs is that of another                                                                               ¦ NONE
        sqsh, too                                                                                             ¦ NONE
        conectix made this one                                                                                ¦ NONE
        vhdxfile is what came after it                                                                        ¦ NONE
        encrcdsa is one of a Mac                                                                              ¦ NONE
        !BDN is what Outlook writes                                                                           ¦ NONE
        WithoutFreeSpace, and the like                                                                        ¦ NONE
        """)
    void aTextThatBeginsLikeAnArchiveIsNone(String start, String expected) throws Exception {
        byte[] file = workshop.make("printf '" + start.strip() + "' > out");
        assertThat(look(file)).startsWith(expected + " ");
    }

    /** Two octets of each text stand for one character, so any two may come first, those of a mark too. */
    @Test
    void aTextInUtf16IsNoArchive() throws Exception {
        for (String mark : new String[] {"MSCF\0\0\0\0", "{\\rtf1", "\u00fd7zXZ\0", "BZh91AY&SY", "PK\3\4", "Rar!\32\7\0\0", "7z\u00bc\u00af'\34", "MZ\u0090\0", "\37\u008b\b\0", "%PDF-1.7"}) {
            for (var charset : new java.nio.charset.Charset[] {StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE}) {
                for (String before : new String[] {"", "\ufeff"}) {
                    byte[] file = (before + mark + " 見積書を送ります。ご確認ください。".repeat(20)).getBytes(charset);
                    assertThat(look(file)).as(mark + " " + charset).isEqualTo("NONE none");
                    if (!before.isEmpty()) {
                        assertThat(Inspector.sniff(file, file.length).id()).as(mark + " " + charset).isEqualTo("text");
                    }
                }
            }
        }
    }

    static String look(byte[] file) throws Exception {
        Findings findings = new Inspector(InspectionLimits.DEFAULT).inspect("attachment", Octets.of(file));
        var sniffer = new Sniffer();
        for (int at = 0; at < file.length; at += 777) {
            sniffer.write(file, at, Math.min(777, file.length - at));
        }
        assertThat(new Inspector(InspectionLimits.DEFAULT).inspect("attachment", Octets.of(file), sniffer)).isEqualTo(findings);
        assertThat(sniffer.needsLook("attachment") || findings.protection() == Protection.NONE).isTrue();
        return findings.protection() + " " + findings.detail();
    }
}
