package sekisho.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileNamesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "見積書①㈱.xlsx | 見積書①㈱.xlsx", "C:\\Users\\me\\a.txt | a.txt", "../../etc/passwd | passwd", "a:b?c*.txt | a_b_c_.txt",
        ".htaccess | htaccess", "a.exe. . | a.exe", "NUL.txt | _NUL.txt", "com1 | _com1", "か\u3099.txt | が.txt", "𠮷.txt | 𠮷.txt"})
    void namesKeepWhatIsHarmless(String given, String safe) {
        assertThat(FileNames.safe(given)).isEqualTo(safe);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "...", "/", "a/", "\0", "\u202E", "\u200B\u200E"})
    void whatLeavesNothingIsCalledFile(String given) {
        assertThat(FileNames.safe(given)).isEqualTo("file");
    }

    @Test
    void noControlOrDirectionCharacterStays() {
        assertThat(FileNames.safe("a\r\nb\tc\0d\u202Egpj.exe\u2066\uFEFF")).isEqualTo("abcdgpj.exe");
    }

    @Test
    void aLongNameIsCutAndKeepsItsExtension() {
        assertThat(FileNames.safe("x".repeat(5_000) + ".docx")).hasSize(FileNames.MAX_LENGTH).endsWith(".docx");
        assertThat(FileNames.safe("𠮷".repeat(5_000) + ".docx").codePoints()).noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\b/c.txt", "con", "\u202Ea.", "a.b.c.d....", "x", "..a..", "con.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"})
    void aSafeNameStaysAsItIs(String given) {
        var safe = FileNames.safe(given);
        assertThat(FileNames.safe(safe)).isEqualTo(safe);
    }

    /** Counted through for each, they would take minutes. */
    @Test
    @Timeout(60)
    void aHundredThousandOfOneNameAreEachGivenOnce() {
        var names = new FileNames();
        for (var name : List.of("x".repeat(195) + ".docx", "x".repeat(194) + "y.docx", "a.zip")) {
            assertThat(IntStream.range(0, 100_000).mapToObj(_ -> names.unique(name))).doesNotHaveDuplicates().allMatch(given -> given.length() <= FileNames.MAX_LENGTH);
        }
        assertThat(names.unique("a.zip")).isEqualTo("a (100001).zip");
    }

    @Test
    void aNameIsGivenOnce() {
        var names = new FileNames();
        assertThat(names.unique("a.zip")).isEqualTo("a.zip");
        assertThat(names.unique("A.ZIP")).isEqualTo("A (2).ZIP");
        assertThat(names.unique("a (2).zip")).isEqualTo("a (2) (2).zip");
        assertThat(names.unique("x".repeat(200))).hasSize(200);
        assertThat(names.unique("x".repeat(200))).hasSize(200).endsWith(" (2)");
    }
}
