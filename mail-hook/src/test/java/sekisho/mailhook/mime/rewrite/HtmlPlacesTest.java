package sekisho.mailhook.mime.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.mailhook.mime.Reading;
import sekisho.mailhook.mime.check.MessageCheck;

/** Pitfall 44: whatever the HTML is like, browsers and Word show the block, once. */
class HtmlPlacesTest {

    private static final String URL = "https://files.example.co.jp/d/0123456789abcdefABCDEF";
    private static final String BLOCK = "<table><tr><td>" + URL + "</td></tr></table>\r\n";

    private static String linked(String html, Place place) {
        byte[] octets = Reading.linked(Reading.mixed("Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n", html),
                new LinkBlock(URL + "\r\n", URL + "\r\n", BLOCK, place));
        String text = new String(octets, StandardCharsets.UTF_8);
        String body = text.substring(text.indexOf("\r\n\r\n", text.indexOf("Content-Type: text/html")) + 4, text.lastIndexOf("\r\n--=_b--"));
        assertThat(body.replace(BLOCK, "")).as("everything else is as it was").isEqualTo(html);
        return body;
    }

    /** What a browser shows. */
    private static String browser(String html) {
        var document = Jsoup.parse(html);
        assertThat(document.head().text()).doesNotContain(URL);
        document.select("[style*=display:none]").remove();
        return document.body().text();
    }

    /** What Word shows: conditional comments for mso and what isn't kept from it. */
    private static String word(String html) {
        String without = Pattern.compile("(?s)<!--\\[if !mso\\]>\\s*(?:<!)?-->.*?<!--<!\\[endif\\]-->|<!\\[if !(?:mso|vml)\\]>.*?<!\\[endif\\]>").matcher(html).replaceAll("");
        return browser(Pattern.compile("(?s)<!--\\[if (?:gte )?mso[^>]*\\]>(.*?)<!\\[endif\\]-->").matcher(without).replaceAll("$1"));
    }

    private static void shownEverywhere(String html) {
        for (Place place : Place.values()) {
            String linked = linked(html, place);
            assertThat(browser(linked)).as(place + ": " + linked).containsOnlyOnce(URL);
            assertThat(word(linked)).as(place + " in Word: " + linked).containsOnlyOnce(URL);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "",
        "Hello",
        "<p>Hello",
        "a < b and <3 </>",
        "<html>Hello</html>",
        "<html><body>Hello</body></html>",
        "<HTML><BODY BGCOLOR=black TEXT=white BACKGROUND=\"cid:x\"\r\n>Hello</BODY></HTML>",
        "<!DOCTYPE html><html><head><title>t</title></head><body class='x > y'>Hello</body></html>",
        "<html><head><title>t</title><style>p {}</style>Hello",
        "<html><head><meta charset=utf-8><p>Hello</p>",
        "<html><head></head></html>",
        "<title>Hello",
        "<style>p > a { color: red }",
        "<html><head><style>body > p { content: '<body>' }</style></head><body>Hello</body>",
        "<html><head><script>document.write('<body></body>')</script></head><body>Hello</body></html>",
        "<html><head><!-- <body> --></head><body><!-- </body> -->Hello</body></html>",
        "<html><head><!-- a > b <body> -- > --></head><body>Hello</body></html>",
        "<!--><body>Hello</body>",
        "<!---><body>Hello</body>",
        "<html><![CDATA[ <body> ]]><body>Hello</body></html>",
        "<html><body><script>var x = '</body></html>';</script>Hello",
        "<html><body>Hello<script>var x = '</body>';</script></body></html>",
        "<html><body title=\"</body>\" data-x='<body>'>Hello</body></html>",
        "<html><body title=it's>Hello</body></html>",
        "<html><body>one</body></html>\r\n<html><body>two</body></html>",
        "<html><html><body>one<body>two</body></html>",
        "Before<html><head><style>x</style></head><body>Hello</body></html>",
        "<html><body>Hello<!-- never ends",
        "<html><body>Hello<style>p {",
        "<html><body>Hello<div class=\"",
        "<html><body>Hello</body></html>A footer of the list",
        "<html><body><table><tr><td>Hello",
        "<html><body><div style=\"color:red\"><p><b>Hello",
        "<?xml version=\"1.0\"?><!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"http://www.w3.org/\"><html xmlns=\"x\"><head><title/></head><body>Hello</body></html>",
        "<html><body><textarea></body></textarea>Hello</body></html>",
        "<html><head><noscript><body></noscript></head><body>Hello</body></html>",
        "<html><body/>Hello</html>",
        "<html><body\u00A0>Hello</body></html>",
        "<script><!--<script></script><body>--></script><body>Hello",
        "<script><!--<SCRIPT >x</script\r\n><body></script><body>Hello",
        "<script><!--<script></script></script><body>Hello",
        "<script><!--></script><body>Hello",
        "<script><!--<script>--></script><body>Hello",
        "<script><!--<scripts></script><body>Hello",
        "<script><!-- --><script></script><body>Hello",
        "<svg><style>p { fill: red }</style></svg><body>Hello",
        "<plaintext>Hello</plaintext>"})
    void theBlockIsShownOnce(String html) {
        if (!html.startsWith("<title>") && !html.startsWith("<style>")) {
            shownEverywhere(html);
        } else {
            assertThat(browser(linked(html, Place.TOP))).containsOnlyOnce(URL);
        }
    }

    /** Browsers see no tag in a body that comes when the body has begun; what is open then may be shown to nobody. */
    @ParameterizedTest
    @ValueSource(strings = {
        "<div style=\"display:none\">pre<html><body>Hello</body></html>",
        "<table style=\"display:none\"><tr><td>p<body>Hello</td></tr></table><p>Hello",
        "<details><summary>x</summary><body>Hello</details>",
        "<p>a</p><div style=display:none><br><body>Hello</div>",
        "<b><i style=display:none>a</b></i><body>Hello",
        "<i style=display:none>a<b></i></b><body>Hello",
        "<table><div style=display:none>a</table><body>Hello",
        "<meta><div style=display:none></p><body><div>Hello</div></div>",
        "<div style=display:none><style>p {}</style><body>Hello</div>"})
    void itIsNotFoldedAwayWithWhatIsOpenBeforeTheBody(String html) {
        for (Place place : Place.values()) {
            String linked = linked(html, place);
            var document = Jsoup.parse(linked);
            document.select("[style*=display:none], details").remove();
            assertThat(document.body().text()).as(linked).containsOnlyOnce(URL);
        }
    }

    @Test
    void aBodyBehindWhatIsClosedIsStillTheBody() {
        assertThat(linked("<p>Before</p><br><img src=x><html><body>Hello</body></html>", Place.TOP))
                .isEqualTo("<p>Before</p><br><img src=x><html><body>" + BLOCK + "Hello</body></html>");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "<html xmlns:v=\"urn:schemas-microsoft-com:vml\"><head><!--[if !mso]><style>v\\:* {}</style><![endif]--><style>p {}</style><!--[if gte mso 9]><xml>"
            + "<o:shapedefaults/></xml><![endif]--></head><body lang=JA><div class=WordSection1><p>Hello</p></div></body></html>",
        "<html><head></head><!--[if mso]><body class=\"mso\"><![endif]--><!--[if !mso]><!--><body class=\"web\"><!--<![endif]-->Hello</body></html>",
        "<html><head></head><!--[if !mso]> --><body class=\"web\"><!-- <![endif]-->Hello</body></html>",
        "<html><head></head><![if !mso]><body><![endif]>Hello</body></html>",
        "<html><body><!--[if mso]><table><tr><td><![endif]--><div>Hello</div><!--[if mso]></td></tr></table><![endif]--></body></html>",
        "<html><body><![if !vml]><img src=cid:x><![endif]>Hello<!--[if gte vml 1]><v:shape></v:shape><![endif]--></body></html>",
        "<html><body>Hello<!--[if !mso]><!--></body><!--<![endif]--></html>"})
    void wordShowsItToo(String html) {
        shownEverywhere(html);
    }

    @Test
    void onTopItStandsBehindTheBodyTag() {
        assertThat(linked("<html><head><title>t</title></head><body bgcolor=\"#fff\"><p>Hello</p></body></html>", Place.TOP))
                .isEqualTo("<html><head><title>t</title></head><body bgcolor=\"#fff\">" + BLOCK + "<p>Hello</p></body></html>");
    }

    @Test
    void atTheBottomItStandsBeforeTheLastBodyEnds() {
        assertThat(linked("<html><body><p>Hello</p><!-- </body> --></body></html>", Place.BOTTOM))
                .isEqualTo("<html><body><p>Hello</p><!-- </body> -->" + BLOCK + "</body></html>");
        assertThat(linked("<p>Hello</p>", Place.BOTTOM)).isEqualTo("<p>Hello</p>" + BLOCK);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            <body><p>Hello</p>@<div class="moz-signature">-- <br>A</div></body>
            <body><p>Hello</p>@<pre class="moz-signature" cols="72">-- A</pre></body>
            <body><div dir="ltr">Hello<div><br></div>@<span class="gmail_signature_prefix">-- </span><br><div class="gmail_signature">A</div></div></body>
            <body><div>Hello</div>@<div id="Signature"><p>A</p></div></body>
            <body>Hello<br>@-- <br>A</body>
            <body><p>Hello</p><p>@--&nbsp;<br>A</p></body>
            <body><table><tr><td>Hello@<div id=Signature>A</div></td></tr></table></body>
            <body><div style="display:none">x<div>y</div></div>Hello@<div id=Signature>A</div></body>
            <body><div style="line-height:0;opacity:0.9">Hello@<div id=Signature>A</div></div></body>
            <body>@Hello</body>
            <body>@<table><tr id="Signature"><td>A</td></tr></table></body>
            <body>@Hello<blockquote><div class="moz-signature">-- <br>B</div></blockquote></body>
            <body>@Hello<div class="gmail_quote"><div class="gmail_signature">B</div></div></body>
            <body>@Hello<div id="divRplyFwdMsg">From: B</div><div id="Signature">B</div></body>
            <body>@a -- <br>b</body>
            <body>@<p class="no-signature-here">Hello</p></body>
            """)
    void beforeTheSignatureOfMailPrograms(String html) {
        String original = html.replace("@", "");
        assertThat(linked(original, Place.BEFORE_SIGNATURE)).isEqualTo(html.replace("@", BLOCK));
        shownEverywhere(original);
    }

    /** As what mail programs show beside the subject, or a mark that a script of the sender's left: all of it is shown to nobody. */
    @ParameterizedTest
    @ValueSource(strings = {
        "<body><div style=\"display:none\"><div id=\"Signature\">x</div></div><p>Hello</p></body>",
        "<body><div hidden><p>x</p><div class=moz-signature>x</div></div><p>Hello</p><div class=moz-signature>A</div></body>",
        "<body><div style=\"Display : None !important; max-height:0\"><div>a</div><br>-- <br>x</div><p>Hello</p></body>",
        "<body><p>Hello</p><details><summary>x</summary><div id=Signature>x</div></details></body>",
        "<body><p>Hello</p><div style=\"display:none\"><table><tr><td><p>x<div id=Signature>x</div></body>",
        "<body><p>Hello</p><div style=\"display:none\">x</body>",
        "<p>Hello</p><div style=\"display:none\">x</html>",
        "<p>Hello</p><div style=\"display:none\">x"})
    void itIsNotPutIntoWhatIsHidden(String html) {
        for (Place place : Place.values()) {
            String linked = linked(html, place);
            var document = Jsoup.parse(linked);
            document.select("[style~=(?i)display *: *none], [hidden], details").remove();
            assertThat(document.body().text()).as(place + ": " + linked).containsOnlyOnce(URL);
        }
    }

    /** In an image or a formula a style holds HTML, and where such a thing is over only a parser knows: the block stands beside the text. */
    @ParameterizedTest
    @ValueSource(strings = {
        "<svg><style><!--</style><body>Hello",
        "<svg><style/><!--</style><body>Hello --></svg>",
        "<svg><title/><body>Hello</title></svg>",
        "<svg><foreignObject><div></svg></div></foreignObject><style><!--</style><body>Hello",
        "<svg><![CDATA[ > <body>Hello ]]></svg>",
        "<math><plaintext></math><body>Hello",
        "<select><title><!--</title></select><body>Hello",
        "<template><template></template><body>Hello</template>",
        "<html><head><noscript><!-- </noscript><body> --></noscript></head><body>Hello</body></html>",
        "<head><noscript><style></noscript><body></style></noscript></head><body>Hello",
        "<head><noscript><img title=\"</noscript><body>\"></noscript></head><body>Hello",
        "<head><noscript><NOSCRIPT><!--</noscript><body>--></noscript></head><body>Hello",
        "<head><noscript><iframe></noscript><body></iframe></head><body>Hello"})
    void whereOnlyAParserFindsTheBodyTheBlockStandsBeside(String html) {
        byte[] message = Reading.mixed("Content-Type: text/html\r\n", html);
        assertThat(MessageCheck.check(message).violations()).isEmpty();
        var texts = Reading.texts(Reading.linked(message, new LinkBlock(URL + "\r\n", URL + "\r\n", BLOCK, Place.TOP)));
        assertThat(texts).hasSize(3);
        assertThat(texts.getLast().text()).isEqualTo(html);
    }

    /** Mail programs run no scripts, and see what stands in it. */
    @ParameterizedTest
    @ValueSource(strings = {"<noscript><style>p { color: red }</style><!-- <body> --></noscript>", "<noscript></noscript>", "<noscript><img src=\"https://example.com/a.png\"></NOSCRIPT >",
        "<noscript><xml><o:p>1</o:p></xml></noscript>", "<noscript><link href='</style>'></noscript>"})
    void anOrdinaryNoscriptInTheHeadChangesNothing(String noscript) {
        assertThat(linked("<html><head>" + noscript + "</head><body>Hello</body></html>", Place.TOP)).isEqualTo("<html><head>" + noscript + "</head><body>" + BLOCK + "Hello</body></html>");
    }

    @Test
    void aHeadOfMegabytesHidesNothing() {
        String html = "<html><head><style>" + "p { color: red }\r\n".repeat(200_000) + "</style></head><body>Hello</body></html>";
        assertThat(linked(html, Place.TOP)).contains("<body>" + BLOCK + "Hello");
    }
}
