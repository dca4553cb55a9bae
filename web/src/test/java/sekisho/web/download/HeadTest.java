package sekisho.web.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.gateway.access.Downloads.FileToServe;
import sekisho.storage.Place;
import sekisho.storage.Sealed;
import sekisho.storage.WrappedKey;

class HeadTest {

    private static final UUID FILE = UUID.fromString("0199b0a0-0000-7000-8000-000000000001");

    private static FileToServe file(String name, String type) {
        var sealed = new Sealed("f/x", null, new byte[74], 100, 206, new byte[32], new WrappedKey("x", 1, new byte[0]));
        return new FileToServe(FILE, FILE, name, type, 100, new byte[32], sealed, new Place(FILE, FILE));
    }

    private static String disposition(String name) {
        return Disposition.of(name);
    }

    @Test
    void aWholeFileIsAnAttachmentOfOpaqueTypeWhateverItsSenderSays() {
        var head = Head.of(file("page.html", "text/html"), new Selection.Whole(100));
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.fields()).containsEntry("Content-Type", "application/octet-stream").containsEntry("Content-Length", "100")
            .containsEntry("Content-Disposition", "attachment; filename=\"page.html\"").containsEntry("X-Content-Type-Options", "nosniff").containsEntry("X-Accel-Buffering", "no")
            .containsEntry("ETag", "\"" + FILE + "\"").containsEntry("Accept-Ranges", "bytes")
            .containsEntry("Repr-Digest", "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:");
        assertThat(head.fields().get("Content-Security-Policy")).contains("sandbox", "default-src 'none'");
        assertThat(head.fields().get("Cache-Control")).contains("no-store", "no-transform");
    }

    @Test
    void aPartSaysWhichAndHowLong() {
        var head = Head.of(file("a", "x/y"), new Selection.Part(10, 30, 100));
        assertThat(head.status()).isEqualTo(206);
        assertThat(head.fields()).containsEntry("Content-Range", "bytes 10-29/100").containsEntry("Content-Length", "20");
    }

    @Test
    void aRangePastTheEndTellsTheLengthAndNoName() {
        var head = Head.of(file("secret.txt", "x/y"), new Selection.Unsatisfiable(100));
        assertThat(head.status()).isEqualTo(416);
        assertThat(head.fields()).containsEntry("Content-Range", "bytes */100").containsEntry("Content-Length", "0")
            .doesNotContainKey("Content-Disposition");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "見積書.xlsx | attachment; filename=\"file.xlsx\"; filename*=UTF-8''%E8%A6%8B%E7%A9%8D%E6%9B%B8.xlsx",
        "報告 Q3.pdf | attachment; filename=\"__ Q3.pdf\"; filename*=UTF-8''%E5%A0%B1%E5%91%8A%20Q3.pdf",
        "①㈱.txt | attachment; filename=\"file.txt\"; filename*=UTF-8''%E2%91%A0%E3%88%B1.txt",
        "𠮷野家 menu.txt | attachment; filename=\"___ menu.txt\"; filename*=UTF-8''%F0%A0%AE%B7%E9%87%8E%E5%AE%B6%20menu.txt",
        "100%.txt | attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt",
        "it's (1).txt | attachment; filename=\"it's (1).txt\"",
        "a;b=c, d.txt | attachment; filename=\"a;b=c, d.txt\"",
        "見積書 | attachment; filename=\"file\"; filename*=UTF-8''%E8%A6%8B%E7%A9%8D%E6%9B%B8"})
    void namesAreGivenTwiceWhenTheyAreNotPlain(String name, String field) {
        assertThat(disposition(name)).isEqualTo(field);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\".txt", "a\\\".txt\"; x=\"", "a\r\nSet-Cookie: x=y\r\n\r\n.txt", "a\0b.txt", "..\\..\\a.txt", "../../etc/passwd",
        "\u202Etxt.exe", "\uD800.txt", "a\u2028b.txt", "", "...", "\"", "con.txt", "a\u007f\u0085b"})
    void noNameBreaksOutOfItsField(String name) {
        var field = disposition(name);
        assertThat(field).matches("attachment; filename=\"[ !#-\\[\\]-~]+\"(; filename\\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]+)?").doesNotContain("..");
    }

    @Test
    void aVeryLongNameKeepsItsExtension() {
        var field = disposition("長".repeat(5_000) + ".docx");
        assertThat(field).hasSizeLessThan(2_500).endsWith(".docx");
        var ascii = disposition("x".repeat(100_000) + ".docx");
        assertThat(ascii.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(250);
        assertThat(ascii).endsWith(".docx\"");
    }
}
