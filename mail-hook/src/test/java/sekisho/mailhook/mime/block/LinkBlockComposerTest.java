package sekisho.mailhook.mime.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import sekisho.mailhook.mime.Language;
import sekisho.mailhook.mime.rewrite.LinkBlock;
import sekisho.mailhook.mime.rewrite.Place;

class LinkBlockComposerTest {

    private static final String URL = "https://files.example.co.jp/d/abc";
    private static final ZonedDateTime CLOSES = ZonedDateTime.of(2026, 12, 8, 14, 0, 0, 0, ZoneId.of("Asia/Tokyo"));

    private static LinkNotice notice(String company, LinkNotice.Names names, ZonedDateTime closes, LinkNotice.FileLine... files) {
        return new LinkNotice(company, List.of(files), names, closes, URI.create(URL), "t•••@example.co.jp");
    }

    private static LinkBlock block(String company, String file, Language language) {
        return block(notice(company, LinkNotice.Names.LIST, CLOSES, new LinkNotice.FileLine(file, 1_258_291)), language);
    }

    private static LinkBlock block(LinkNotice notice, Language language) {
        return LinkBlockComposer.compose(LinkTemplates.shipped(), notice, language, Place.TOP);
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }

    @Test
    void aJapaneseMessageGetsAJapaneseBlock() {
        assertThat(block("株式会社サンプル", "見積書.pdf", Language.JAPANESE).text()).isEqualTo("""
                株式会社サンプル からの添付ファイルは、次のページでお受け取りください。

                https://files.example.co.jp/d/abc

                - 見積書.pdf (1.2 MB)

                受け取り期限: 2026年12月8日(火) 14:00
                サインインするメールアドレス: t•••@example.co.jp
                ========================================
                """.replace("\n", "\r\n"));
    }

    @Test
    void anEnglishMessageGetsAnEnglishBlock() {
        assertThat(block("Example Corp", "offer.pdf", Language.ENGLISH).text()).isEqualTo("""
                The attachments from Example Corp can be downloaded from this page:

                https://files.example.co.jp/d/abc

                - offer.pdf (1.2 MB)

                Available until Tuesday, 8 December 2026, 14:00 JST (UTC+9).
                Sign in as t•••@example.co.jp.
                ========================================
                """.replace("\n", "\r\n"));
    }

    @Test
    void aMessageThatDoesNotTellGetsBothAndTheLinkOnce() {
        LinkBlock both = block("Example", "a.pdf", Language.BOTH);
        assertThat(both.text()).contains("受け取り期限: 2026年12月8日(火) 14:00\r\n").contains("Available until Tuesday, 8 December 2026");
        assertThat(count(both.text(), URL)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Language.class)
    void theHtmlHasOneThingToClickAndShowsWhereItLeads(Language language) {
        LinkBlock block = block("株式会社サンプル", "見積書.pdf", language);
        assertThat(count(block.text(), URL)).isEqualTo(1);
        assertThat(count(block.ascii(), URL)).isEqualTo(1);
        var shown = Jsoup.parseBodyFragment(block.html());
        assertThat(shown.select("a[href]")).singleElement().satisfies(a -> {
            assertThat(a.attr("href")).isEqualTo(URL);
            assertThat(a.text()).isNotBlank().doesNotContain("http");
        });
        assertThat(count(shown.text(), URL)).isEqualTo(1);
        assertThat(shown.text()).contains("株式会社サンプル", "見積書.pdf", "1.2 MB", "t•••@example.co.jp");
        assertThat(block.html().lines()).as("RFC 5322 §2.1.1").allMatch(line -> line.length() < 990);
    }

    @Test
    void onlyTheCountIsToldWherePolicySaysSo() {
        var files = new LinkNotice.FileLine[] {new LinkNotice.FileLine("給与.xlsx", 10), new LinkNotice.FileLine("merger.pdf", 20)};
        for (Language language : Language.values()) {
            var block = block(notice("Example", LinkNotice.Names.COUNT, CLOSES, files), language);
            for (String form : List.of(block.text(), block.ascii(), block.html())) {
                assertThat(form).doesNotContain("給与", "xlsx", "merger", "10 B", "20 B");
            }
        }
        assertThat(block(notice("X", LinkNotice.Names.COUNT, CLOSES, files), Language.JAPANESE).text()).contains("- ファイル 2 件\r\n");
        assertThat(block(notice("X", LinkNotice.Names.COUNT, CLOSES, files), Language.ENGLISH).text()).contains("- 2 files\r\n");
        assertThat(block(notice("X", LinkNotice.Names.COUNT, CLOSES, files[0]), Language.ENGLISH).text()).contains("- 1 file\r\n");
    }

    @Test
    void namesAreEscapedInHtmlAndKeptOnOneLineInText() {
        LinkBlock block = block("A & B\r\nBcc: x\u2028y", "<img src=x onerror=alert(1)> \"'\r\n\u202Efdp.exe{link}", Language.BOTH);
        assertThat(block.html()).doesNotContain("<img").contains("&lt;img src=x onerror=alert(1)&gt; &quot;&#39;").contains("A &amp; BBcc: x");
        assertThat(block.text()).doesNotContain("\r\nBcc").doesNotContain("\u202E").contains("- <img src=x onerror=alert(1)> \"'fdp.exe{link} (1.2 MB)\r\n");
        assertThat(Jsoup.parseBodyFragment(block.html()).select("img, [onerror]")).isEmpty();
    }

    @Test
    void theAsciiFormIsAscii() {
        String ascii = block("株式会社サンプル", "見積書.pdf", Language.JAPANESE).ascii();
        assertThat(ascii).contains(URL).contains("t***@example.co.jp").matches("[\\r\\n -~]*");
    }

    @Test
    void aLongListOfFilesIsCutShort() {
        var files = IntStream.range(0, 50).mapToObj(i -> new LinkNotice.FileLine("file" + i, i)).toArray(LinkNotice.FileLine[]::new);
        var notice = notice("X", LinkNotice.Names.LIST, CLOSES, files);
        assertThat(block(notice, Language.ENGLISH).text()).contains("- file19 (19 B)\r\n- 30 more\r\n").doesNotContain("file20");
        assertThat(block(notice, Language.JAPANESE).text()).contains("- ほか 30 件\r\n");
    }

    @Test
    void onlyWebAddressesAreLinked() {
        assertThatThrownBy(() -> new LinkNotice("X", List.of(new LinkNotice.FileLine("a", 1)), LinkNotice.Names.LIST, CLOSES,
                URI.create("javascript:alert(1)"), "a")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Asia/Tokyo       | 2026年12月8日(火) 14:00                       | Tuesday, 8 December 2026, 14:00 JST (UTC+9)
            Europe/Berlin    | 2026年12月8日(火) 06:00 (Europe/Berlin)       | Tuesday, 8 December 2026, 06:00 CET (UTC+1)
            Asia/Kolkata     | 2026年12月8日(火) 10:30 (Asia/Kolkata)        | Tuesday, 8 December 2026, 10:30 IST (UTC+5:30)
            America/New_York | 2026年12月8日(火) 00:00 (America/New_York)    | Tuesday, 8 December 2026, 00:00 EST (UTC-5)
            UTC              | 2026年12月8日(火) 05:00 (UTC)                 | Tuesday, 8 December 2026, 05:00 UTC
            """)
    void theClosingDateIsLocal(String zone, String japanese, String english) {
        var words = new Words(notice("X", LinkNotice.Names.LIST, CLOSES.withZoneSameInstant(ZoneId.of(zone)), new LinkNotice.FileLine("a", 1)));
        assertThat(words.closes(Language.JAPANESE)).isEqualTo(japanese);
        assertThat(words.closes(Language.ENGLISH)).isEqualTo(english);
    }
}
