package sekisho.mailhook.mime.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import sekisho.mailhook.mime.Language;
import sekisho.mailhook.mime.rewrite.LinkBlock;
import sekisho.mailhook.mime.rewrite.Place;

/** An operator's own words: whatever they are, they show the link and leave the message around them alone; else the start stops. */
class LinkTemplatesTest {

    private static final String HTML = "<p><a href=\"{link}\">open</a></p>\n<p>{link}</p>\n";
    private static final String TEXT = "Files:\n{link}\n";
    private static final String URL = "https://files.example.co.jp/d/abc";

    @TempDir
    Path folder;

    private void write(String file, String text) {
        try {
            Files.writeString(folder.resolve(file), text);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private LinkTemplates pair(String text, String html) {
        write("ja.txt", text);
        write("ja.html", html);
        return LinkTemplates.in(folder);
    }

    private static LinkBlock block(LinkTemplates templates, Language language, String... files) {
        var notice = new LinkNotice("A & B <x>", java.util.Arrays.stream(files).map(f -> new LinkNotice.FileLine(f, 2048)).toList(), LinkNotice.Names.LIST,
                ZonedDateTime.of(2026, 12, 8, 14, 0, 0, 0, ZoneId.of("Asia/Tokyo")), URI.create(URL), "t•••@example.co.jp");
        return LinkBlockComposer.compose(templates, notice, language, Place.TOP);
    }

    @Test
    void ownWordsAreFilledInAndWhatIsMissingIsOurs() {
        var templates = pair("\uFEFF{sender-company}: {file-count} / {file-count-en} ({closes-en})\r\n\r\n  * {files}\r\n{link}\r\n{{{recipient}}}   \r\n\r\n\r\n",
                "<table><tr><td>{sender-company}: {file-count}<br><a href='{link}'>open</a> {link}</td></tr></table>");
        var block = block(templates, Language.JAPANESE, "a.pdf", "<b>.pdf");
        assertThat(block.text()).isEqualTo("""
                A & B <x>: 2 件 / 2 files (Tuesday, 8 December 2026, 14:00 JST (UTC+9))

                  * a.pdf (2.0 KB)
                  * <b>.pdf (2.0 KB)
                https://files.example.co.jp/d/abc
                {t•••@example.co.jp}
                """.replace("\n", "\r\n"));
        assertThat(block.html()).isEqualTo("<table><tr><td>A &amp; B &lt;x&gt;: 2 件<br><a href='" + URL + "'>open</a> " + URL + "</td></tr></table>\r\n");
        assertThat(block(templates, Language.ENGLISH, "a.pdf")).isEqualTo(block(LinkTemplates.shipped(), Language.ENGLISH, "a.pdf"));
    }

    @Test
    void theShippedJapaneseTextFitsIso2022Jp() {
        String text = block(LinkTemplates.shipped(), Language.JAPANESE, "見積書.pdf").text();
        assertThat(Charset.forName("ISO-2022-JP").newEncoder().canEncode(text.replace("•", "*"))).isTrue();
        assertThat(text.lines()).as("RFC 5322 §2.1.1, in octets of any charset").allMatch(line -> line.getBytes(StandardCharsets.UTF_8).length < 200);
    }

    @ParameterizedTest
    @EnumSource(Language.class)
    void theShippedHtmlIsWholeAndLoadsNothing(Language language) {
        String html = block(LinkTemplates.shipped(), language, "a.pdf").html();
        var shown = Jsoup.parseBodyFragment("before" + html + "after");
        assertThat(shown.body().ownText()).isEqualTo("before after");
        assertThat(shown.select("[src], [background], link, style, script, img")).isEmpty();
        assertThat(html).doesNotContain("url(").startsWith("<table role=\"presentation\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "-", textBlock = """
            `Files:@{lnik}@`                      | 2 | there is no {lnik}; known are {sender-company}, {files}, {file-count}, {link}, {closes}, {recipient}
            `Files:@`                             | 1 | there is no {link}
            `{link}@@{link}@`                     | 3 | a second {link}
            `See {link}.@`                        | 1 | {link} stands on a line of its own
            `{link}@are {files}@`                 | 2 | {files} stands on a line of its own
            `{link}{files}@`                      | 1 | {link} stands on a line of its own
            `{link}@a { b@`                       | 2 | a single brace
            `{link}@a } b@`                       | 2 | a single brace
            `{link}@{Link}@`                      | 2 | there is no {Link}
            `{link}@{link-ja}@`                   | 2 | there is no {link-ja}
            `{link}@{closes-fr}@`                 | 2 | there is no {closes-fr}
            `{link}@{}@`                          | 2 | there is no {}
            `{link}@{files@}@`                    | 2 | a single brace
            """)
    void aFaultyTextStopsTheStartAndNamesItsLine(String text, int line, String what) {
        assertThatThrownBy(() -> pair(text.replace("@", "\n"), HTML)).isInstanceOf(FaultyTemplateException.class)
                .hasMessageStartingWith(folder.resolve("ja.txt") + ", line " + line + ": " + what);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `<p>@{link}</p>`                                             | 1 | there is no <a href="{link}">
            `<p><a href="{link}">open</a></p>`                           | 1 | the text shows {link} nowhere
            `<a href="{link}">{link}</a>@{link}`                         | 2 | the text shows {link} more than once
            `<a href="{link}">{link}</a>@<a href="{link}">x</a>`         | 2 | more than one <a href
            `HTML@<div>`                                                 | 4 | <div> is not closed
            `HTML@</div>`                                                | 4 | </div> closes something else, or nothing
            `<table><tr><td>@HTML@</table>`                              | 5 | </table> closes something else
            `HTML@</body>`                                               | 4 | <body> is not for a block within a message
            `HTML@<script>x</script>`                                    | 4 | <script> is not for a block
            `HTML@<style>p {{}}</style>`                                 | 4 | <style> is not for a block
            `HTML@<img src="https://x/">`                                | 4 | <img> is not for a block
            `HTML@<p onclick="x">x</p>`                                  | 4 | the attribute onclick is not
            `HTML@<table background="x"><tr><td>x</td></tr></table>`     | 4 | the attribute background is not
            `HTML@<p style="background:URL (x)">x</p>`                   | 4 | a style that loads
            `HTML@<p style="dis\\70lay:none">x</p>`                      | 4 | a style that loads
            `<div style="display: none">@HTML</div>`                     | 1 | a style that loads, moves or hides
            `HTML@<a href="https://x/">x</a>`                            | 4 | the only address is href="{link}"
            `HTML@<a href="javascript:{link}">x</a>`                     | 4 | the only address is href="{link}"
            `HTML@<a href="{link}&x">x</a>`                              | 4 | the only address is href="{link}"
            `HTML@<p title="{sender-company}">x</p>`                     | 4 | a placeholder in the attribute title
            `HTML@<p style="a" style="b">x</p>`                          | 4 | two attributes style
            `HTML@<p>{files}</p>`                                        | 4 | {files} is a list; it can't stand in <p>
            `HTML@<!-- x -->`                                            | 4 | a comment
            `HTML@<!DOCTYPE html>`                                       | 4 | a comment
            `HTML@<p`                                                    | 4 | a tag that doesn't end
            `HTML@<p title="x>y</p>`                                     | 4 | a tag that doesn't end
            `HTML@{lnik}`                                                | 4 | there is no {lnik}
            """)
    void aFaultyHtmlStopsTheStartAndNamesItsLine(String html, int line, String what) {
        assertThatThrownBy(() -> pair(TEXT, html.replace("HTML", HTML).replace("@", "\n"))).isInstanceOf(FaultyTemplateException.class)
                .hasMessageStartingWith(folder.resolve("ja.html") + ", line " + line + ": " + what);
    }

    @Test
    void aFolderMustBeASet() {
        assertThatThrownBy(() -> LinkTemplates.in(folder)).hasMessageContaining("there is none of ja.txt, ja.html, en.txt, en.html, both.txt, both.html");
        write("en.txt", TEXT);
        assertThatThrownBy(() -> LinkTemplates.in(folder)).hasMessageContaining("of en.txt and en.html one is there and the other not");
        write("en.html", HTML);
        write(".ja.txt.swp", "x");
        write("en.txt~", "x");
        assertThat(LinkTemplates.in(folder)).isNotNull();
        write("de.txt", TEXT);
        assertThatThrownBy(() -> LinkTemplates.in(folder)).hasMessageStartingWith(folder.resolve("de.txt") + ": not one of");
        assertThatThrownBy(() -> LinkTemplates.in(folder.resolve("none"))).isInstanceOf(UncheckedIOException.class).hasMessageContaining("none");
    }

    @Test
    void whatIsNotTextIsNoTemplate() throws IOException {
        write("ja.html", HTML);
        Files.write(folder.resolve("ja.txt"), "受け取り\n{link}\n".getBytes("Shift_JIS"));
        assertThatThrownBy(() -> LinkTemplates.in(folder)).hasMessage(folder.resolve("ja.txt") + ": not UTF-8");
        write("ja.txt", TEXT + "x".repeat(70_000));
        assertThatThrownBy(() -> LinkTemplates.in(folder)).hasMessageContaining("larger than");
    }

    @Test
    void theExamplesOfTheDocumentationLoad() throws IOException {
        var examples = Path.of("../docs/examples/link-block");
        for (Language language : Language.values()) {
            var block = block(LinkTemplates.in(examples), language, "a.pdf");
            assertThat(block.text()).contains(URL);
            assertThat(Jsoup.parseBodyFragment(block.html()).text()).contains(URL);
            assertThat(block).isNotEqualTo(block(LinkTemplates.shipped(), language, "a.pdf"));
        }
        String page = Files.readString(Path.of("../docs/link-block.md"));
        for (Placeholder placeholder : Placeholder.values()) {
            assertThat(page).contains("| `{" + placeholder.written() + "}` |");
        }
    }

    @Test
    void everyValueIsEscapedWhereverATemplatePutsIt() {
        var notice = new LinkNotice("\"><script>", List.of(new LinkNotice.FileLine("</td></table><a href=x>", 1)), LinkNotice.Names.LIST,
                ZonedDateTime.of(2026, 12, 8, 14, 0, 0, 0, ZoneId.of("Asia/Tokyo")), URI.create(URL + "?a=1&b='"), "<i>•@x.example");
        var block = LinkBlockComposer.compose(pair(TEXT, "<div>{sender-company}<div>{files}</div>{recipient}{closes}<a href=\"{link}\">x</a>{link}</div>"), notice, Language.JAPANESE, Place.TOP);
        var shown = Jsoup.parseBodyFragment(block.html());
        assertThat(shown.select("script, i, [href=x]")).isEmpty();
        assertThat(shown.select("a")).singleElement().satisfies(a -> assertThat(a.attr("href")).isEqualTo(URL + "?a=1&b='"));
        assertThat(shown.text()).contains("\"><script>", "</td></table><a href=x>", "<i>•@x.example");
    }
}
