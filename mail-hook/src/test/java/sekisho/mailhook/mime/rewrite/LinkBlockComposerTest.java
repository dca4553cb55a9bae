package sekisho.mailhook.mime.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import sekisho.mailhook.mime.Language;
import sekisho.mailhook.mime.SplitMessage;
import sekisho.mailhook.mime.codec.BodyDecoder;

class LinkBlockComposerTest {

    private static final String URL = "https://files.example.co.jp/d/abc";
    private static final ZonedDateTime CLOSES = ZonedDateTime.of(2026, 12, 6, 18, 0, 0, 0, ZoneId.of("Asia/Tokyo"));

    private static LinkBlock block(String company, String file, Language language) {
        return LinkBlockComposer.compose(new LinkNotice(company, List.of(new LinkNotice.FileLine(file, 1_258_291)), CLOSES,
                URI.create(URL), "t•••@example.co.jp"), language);
    }

    private static int count(String text, String part) {
        return text.split(java.util.regex.Pattern.quote(part), -1).length - 1;
    }

    @Test
    void theBlockSaysWhoWhatUntilWhenAndAsWhomInBothLanguages() {
        assertThat(block("株式会社サンプル", "見積書.pdf", Language.JAPANESE).text()).isEqualTo("""
                株式会社サンプル からの添付ファイル 1 件は、次のページでお受け取りください。
                The attached file from 株式会社サンプル can be downloaded from this page:

                https://files.example.co.jp/d/abc

                - 見積書.pdf (1.2 MB)

                受け取り期限: 2026年12月6日(日) 18:00 (日本時間)
                サインインするメールアドレス: t•••@example.co.jp
                Available until Sunday, 6 December 2026, 18:00 JST.
                Sign in as t•••@example.co.jp.
                ========================================

                """.replace("\n", "\r\n"));
    }

    @Test
    void anEnglishTextWithoutJapaneseGetsTheEnglishAlone() {
        assertThat(block("Example Corp", "offer.pdf", Language.ENGLISH).english()).isEqualTo("""
                The attached file from Example Corp can be downloaded from this page:

                https://files.example.co.jp/d/abc

                - offer.pdf (1.2 MB)

                Available until Sunday, 6 December 2026, 18:00 JST.
                Sign in as t•••@example.co.jp.
                ========================================

                """.replace("\n", "\r\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ISO-2022-JP", "Shift_JIS", "EUC-JP", "UTF-8", "US-ASCII", "ISO-8859-1"})
    void aJapaneseTextGetsBothLanguagesWhateverItsCharset(String charset) throws Exception {
        var text = charset.startsWith("US") || charset.startsWith("ISO-8859") ? "hello" : "こんにちは";
        var octets = new ByteArrayOutputStream();
        octets.writeBytes(("Subject: =?iso-2022-jp?B?GyRCOCtAUSROQFobKEI=?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
                + "--b\r\nContent-Type: text/plain; charset=" + charset + "\r\nContent-Transfer-Encoding: 8bit\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        octets.writeBytes((text + "\r\n").getBytes(charset));
        octets.writeBytes("--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\nPDF\r\n--b--\r\n".getBytes(StandardCharsets.US_ASCII));
        var message = SplitMessage.of(octets.toByteArray());
        var linked = SplitMessage.of(message.linked(block("サンプル", "a.pdf", message.layout().facts().language())));
        var part = linked.layout().root().children().getFirst();
        var body = Objects.requireNonNull(part.text());
        var shown = new String(BodyDecoder.decode(body.encoding(), Arrays.copyOfRange(linked.spool, (int) part.body().from(), (int) part.body().to())),
                Objects.requireNonNull(body.charset()));
        assertThat(shown).contains("お受け取りください", "The attached file from サンプル", "Sign in as t", text);
    }

    @Test
    void theLinkStandsOnce() {
        LinkBlock both = block("Example", "a.pdf", Language.BOTH);
        assertThat(both.text()).contains("受け取り期限").contains("Available until");
        assertThat(count(both.text(), URL)).isEqualTo(1);
        assertThat(count(both.html(), "href=")).isEqualTo(1);
    }

    @Test
    void namesAreEscapedInHtmlAndKeptOnOneLineInText() {
        LinkBlock block = block("A & B\r\nBcc: x", "<img src=x onerror=alert(1)>\r\n\u202Efdp.exe", Language.BOTH);
        assertThat(block.html()).doesNotContain("<img").contains("&lt;img src=x onerror=alert(1)&gt;").contains("A &amp; BBcc: x");
        assertThat(block.text()).doesNotContain("\r\nBcc").doesNotContain("\u202E");
    }

    @Test
    void theAsciiFormIsAscii() {
        String ascii = block("株式会社サンプル", "見積書.pdf", Language.JAPANESE).ascii();
        assertThat(ascii).contains(URL).contains("t***@example.co.jp").matches("[\\r\\n -~]*");
    }

    @Test
    void aLongListOfFilesIsCutShort() {
        var files = IntStream.range(0, 50).mapToObj(i -> new LinkNotice.FileLine("file" + i, i)).toList();
        String text = LinkBlockComposer.compose(new LinkNotice("X", files, CLOSES, URI.create(URL), "a"), Language.ENGLISH).text();
        assertThat(text).contains("The 50 attached files").contains("file19").doesNotContain("file20").contains("30 more");
    }

    @Test
    void onlyWebAddressesAreLinked() {
        assertThatThrownBy(() -> new LinkNotice("X", List.of(new LinkNotice.FileLine("a", 1)), CLOSES, URI.create("javascript:alert(1)"), "a"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sizesAreShort() {
        assertThat(LinkBlockComposer.size(0)).isEqualTo("0 B");
        assertThat(LinkBlockComposer.size(1023)).isEqualTo("1023 B");
        assertThat(LinkBlockComposer.size(1024)).isEqualTo("1.0 KB");
        assertThat(LinkBlockComposer.size(1024 * 1024 - 1)).isEqualTo("1.0 MB");
        assertThat(LinkBlockComposer.size(5L << 30)).isEqualTo("5.0 GB");
    }
}
