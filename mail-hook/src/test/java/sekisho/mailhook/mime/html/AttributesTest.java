package sekisho.mailhook.mime.html;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttributesTest {

    private static List<Attributes> tags(String html) {
        var found = new ArrayList<Attributes>();
        var scanner = new HtmlScanner(new HtmlScanner.Events() {
            @Override public void tag(String name, boolean closing, Attributes attributes, long start, long end) {
                found.add(attributes);
            }

            @Override public void comment(String head, String tail, long end) {
            }

            @Override public void text(byte octet, long at) {
            }
        }, false);
        byte[] octets = html.getBytes(StandardCharsets.ISO_8859_1);
        scanner.accept(octets, 0, octets.length);
        return found;
    }

    private static Map<String, String> browser(String html) {
        var found = new LinkedHashMap<String, String>();
        Element element = Jsoup.parse(html).body().child(0);
        element.attributes().forEach(each -> found.put(each.getKey(), each.getValue()));
        return found;
    }

    @ParameterizedTest
    @ValueSource(strings = {"<p>", "<p class=a>", "<p CLASS = 'a b'>", "<p class=\"a > b\"id=c>", "<p/class=a/id=b/>", "<p a b=c d>", "<p a= >", "<p a=b=c>", "<p =\"a>b\">", "<p a/=b>",
        "<p a=\"1\" A='2'>", "<p a='&quot;&amp;&#64;'>", "<p a=b'c d=\"e'\">", "<p a = = b>", "<p\r\na\r\n=\r\n'b'\r\n>", "<p a=\"\" b=''>", "<p a\"b=c>", "<p id=id=id=\"x y\" class>", "<p 'a' =b>"})
    void attributesAreWhatABrowserTakesThemFor(String html) {
        assertThat(tags(html).getFirst().values()).isEqualTo(browser(html));
    }

    @Test
    void whatStandsBehindTheFirstFourThousandOctetsIsNotKept() {
        var attributes = tags("<p a=b " + "x".repeat(5_000) + " class=gmail_quote>").getFirst();
        assertThat(attributes.written()).hasSize(HtmlScanner.ATTRIBUTES);
        assertThat(attributes.values()).hasSize(2).containsEntry("a", "b");
        assertThat(tags("<p title=\"" + ">".repeat(5_000) + "\">x<br>")).as("but the tag ends where it does").hasSize(2);
    }

    @Test
    void aQuotationIsMarkedInAClassOrAnIdAlone() {
        for (String tag : List.of("<blockquote>", "<div class=gmail_quote>", "<div class=\"a gmail_quote_container\">", "<div dir=ltr ID='divRplyFwdMsg'>", "<div class=gmail&#95;quote>")) {
            assertThat(Quotes.begins(tag.startsWith("<b") ? "blockquote" : "div", tags(tag).getFirst())).as(tag).isTrue();
        }
        for (String tag : List.of("<div>", "<div title='class=gmail_quote'>", "<div data-class=gmail_quote>", "<div class=my_gmail_quote>", "<div class=a title=gmail_quote>")) {
            assertThat(Quotes.begins("div", tags(tag).getFirst())).as(tag).isFalse();
        }
    }
}
