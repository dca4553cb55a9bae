package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The language is the one that the sender wrote in, not that of a subject, a signature, a quotation or a style sheet. */
class LanguageTest {

    private static final String ENGLISH = "Dear Mr Smith, please find attached the quotation that you asked for last week. Kind regards, Hanako Suzuki";
    private static final String JAPANESE = "スミス様 お世話になっております。お見積もりをお送りします。ご確認ください。";

    private static Language of(String subject, String text) {
        return Language.of(subject, text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            見積書                    |                          | JAPANESE
            資料                      | FYI                      | JAPANESE
            Re: 見積もりの件           | 了解です。                | JAPANESE
            ｶﾅ                        | ok                       | JAPANESE
            hello                     | see attached             | BOTH
            ''                        | ''                       | BOTH
            Re: Invoice 2026-11       | ''                       | BOTH
            报价单                    | 您好，请查收附件。谢谢！    | BOTH
            報價單                    | 您好，附件為本公司之報價單與產品型錄，敬請查收並確認，如有任何問題請隨時與我們聯絡，謝謝 | BOTH
            견적서                    | 안녕하세요. 첨부 파일을 확인해 주세요. | BOTH
            """)
    void shortAndForeignTexts(String subject, String text, Language language) {
        assertThat(of(subject, text == null ? "" : text)).isEqualTo(language);
    }

    @Test
    void wholeTexts() {
        assertThat(of("Quotation", ENGLISH)).isEqualTo(Language.ENGLISH);
        assertThat(of("Quotation", JAPANESE)).isEqualTo(Language.JAPANESE);
        assertThat(of("Angebot", "Sehr geehrte Damen und Herren, anbei erhalten Sie das gewünschte Angebot. Mit freundlichen Grüßen")).isEqualTo(Language.ENGLISH);
    }

    @Test
    void aJapaneseSubjectOrSignatureDoesNotMakeAnEnglishTextJapanese() {
        assertThat(of("見積書", ENGLISH)).isEqualTo(Language.ENGLISH);
        assertThat(of("Quotation", ENGLISH + "\r\n-- \r\n株式会社サンプル 営業部 鈴木花子 東京都千代田区丸の内一丁目\r\n電話 03-0000-0000")).isEqualTo(Language.ENGLISH);
        assertThat(of("Quotation", ENGLISH + "\r\n\r\n株式会社サンプル 鈴木花子")).isEqualTo(Language.ENGLISH);
    }

    @Test
    void englishWordsDoNotMakeAJapaneseTextEnglish() {
        assertThat(of("Kubernetes upgrade", "Kubernetes clusterのupgradeについて、release noteとrunbookをお送りします。Production環境への適用は来週です。")).isEqualTo(Language.JAPANESE);
    }

    @Test
    void whatIsQuotedDoesNotCount() {
        for (String mark : new String[] {"-----Original Message-----\r\n", "On Mon, 23 Nov 2026, John Smith <j@example.com> wrote:\r\n", "From: John Smith\r\n",
            "________________________________\r\n", "> ", "差出人: John Smith\r\n", "差出人：John Smith\r\n", "From:\r\nJohn Smith\r\n", "  From: John Smith\r\n", "From:\u00a0John Smith\r\n"}) {
            assertThat(of("Re: Quotation", JAPANESE + "\r\n\r\n" + mark + ENGLISH)).as(mark).isEqualTo(Language.JAPANESE);
            assertThat(of("Re: Quotation", ENGLISH + "\r\n\r\n" + mark + JAPANESE)).as(mark).isEqualTo(Language.ENGLISH);
        }
        assertThat(of("Fwd: Quotation", "\r\n-----Original Message-----\r\n" + ENGLISH)).as("nothing but a quotation").isEqualTo(Language.ENGLISH);
    }

    private static Language ofHtml(String html, String charset) {
        var body = html.getBytes(Charset.forName(charset));
        return SplitMessage.of(Reading.mixed("Content-Type: text/html; charset=" + charset + "\r\nContent-Transfer-Encoding: 8bit\r\n", body)).layout().facts().language();
    }

    @Test
    void ofHtmlOnlyWhatIsShownCounts() {
        String head = "<html><head><title>Quotation for you</title><style>" + "p.MsoNormal { margin: 0cm; font-family: Meiryo; color: windowtext }\r\n".repeat(400)
                + "</style><!-- " + ENGLISH + " --></head><body lang=JA>";
        for (String charset : new String[] {"utf-8", "ISO-2022-JP", "Shift_JIS"}) {
            assertThat(ofHtml(head + "<p class=MsoNormal style='font-size:10.5pt'>" + JAPANESE + "</p></body></html>", charset)).isEqualTo(Language.JAPANESE);
        }
        assertThat(ofHtml(head + "<p>" + ENGLISH + "</p></body></html>", "utf-8")).isEqualTo(Language.ENGLISH);
        assertThat(ofHtml(head + "<p>" + ENGLISH + "</p><blockquote><p>" + JAPANESE.repeat(9) + "</p></blockquote></body></html>", "utf-8")).isEqualTo(Language.ENGLISH);
        var references = new StringBuilder();
        JAPANESE.codePoints().forEach(c -> references.append("&#").append(c).append(';'));
        assertThat(ofHtml(head + "<p>" + references + "</p>", "us-ascii")).isEqualTo(Language.JAPANESE);
    }

    @Test
    void theCharsetDecidesOnlyWhereTheTextDoesNot() {
        for (String[] each : new String[][] {{"ISO-2022-JP", "x", "JAPANESE"}, {"ISO-2022-JP", ENGLISH, "ENGLISH"}, {"GB2312", "附件", "BOTH"}, {"Shift_JIS", "添付", "JAPANESE"}}) {
            var octets = each[1].getBytes(Charset.forName(each[0]));
            var message = Reading.mixed("Content-Type: text/plain; charset=" + each[0] + "\r\nContent-Transfer-Encoding: 8bit\r\n", octets);
            assertThat(SplitMessage.of(message).layout().facts().language()).as(each[0]).isEqualTo(Language.valueOf(each[2]));
        }
    }

    @Test
    void bulkMailIsKnownByAnyOfItsFields() {
        for (String field : new String[] {"List-Id: <l.example>", "List-Unsubscribe: <https://l.example/u>", "list-post: NO"}) {
            assertThat(SplitMessage.of((field + "\r\n\r\nx").getBytes(StandardCharsets.US_ASCII)).layout().facts().list()).as(field).isTrue();
        }
        assertThat(SplitMessage.of("Listing: x\r\n\r\nx").layout().facts().list()).isFalse();
    }
}
