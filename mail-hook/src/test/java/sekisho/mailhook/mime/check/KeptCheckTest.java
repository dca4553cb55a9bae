package sekisho.mailhook.mime.check;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sekisho.mailhook.mime.Forwarded;
import sekisho.mailhook.mime.SplitLimits;
import sekisho.mailhook.mime.SplitRules;

/** What a faulty rewriting would do to a message is found. */
class KeptCheckTest {

    private static final String LINK = "https://x.example/d/1";
    private static final String IMAGE = "Content-Type: image/png; name=i.png\r\nContent-ID: <i>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgoAAAANSUhEUgA=";
    private static final String HTML = "Content-Type: text/html\r\n\r\n<img src=\"cid:i\"><p>Hello</p>";
    private static final String FILE = "Content-Disposition: attachment; filename=a.zip\r\n\r\nPK";
    private static final String NOTES = "Content-Type: text/plain\r\n\r\nNotes";
    private static final String LINKED = HTML.replace("<img", "<p>" + LINK + "</p><img");

    private static String parts(String... parts) {
        return "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + String.join("\r\n--b\r\n", parts) + "\r\n--b--\r\n";
    }

    private static List<String> violations(String before, String after) {
        return violations(before.getBytes(StandardCharsets.UTF_8), after.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> violations(byte[] before, byte[] after) {
        return violations(SplitRules.defaults(), before, after);
    }

    private static List<String> violations(SplitRules rules, byte[] before, byte[] after) {
        var original = new MemorySplit(before, rules, false);
        var rewritten = new MemorySplit(after, rules, true);
        return new KeptCheck(original, Objects.requireNonNull(original.layout()), rewritten, Objects.requireNonNull(rewritten.layout()), LINK).violations();
    }

    private static final String BEFORE = parts(HTML, IMAGE, FILE, NOTES);

    @Test
    void whatIsThereOnceAndInOrderIsKept() {
        assertThat(violations(BEFORE, parts(LINKED, IMAGE, NOTES))).isEmpty();
        assertThat(violations(parts(HTML, IMAGE, NOTES, NOTES, FILE), parts(LINKED, IMAGE, NOTES, NOTES))).isEmpty();
    }

    @Test
    void aLostTextIsFound() {
        assertThat(violations(BEFORE, parts(LINKED, IMAGE))).containsExactly("part 3 of those that stay (text/plain) is lost or changed");
        assertThat(violations(BEFORE, parts(IMAGE, NOTES.replace("Notes", LINK + " Notes"))))
                .containsExactly("part 1 of those that stay (text/html) is lost or changed");
    }

    @Test
    void aTextThatIsThereLessOftenIsFound() {
        assertThat(violations(parts(HTML, IMAGE, NOTES, NOTES, FILE), parts(LINKED, IMAGE, NOTES)))
                .containsExactly("part 4 of those that stay (text/plain) stands in another place, or less often");
    }

    @Test
    void swappedPartsAreFound() {
        assertThat(violations(BEFORE, parts(LINKED, NOTES, IMAGE))).anyMatch(told -> told.endsWith("stands in another place, or less often"));
        assertThat(violations(parts(NOTES, NOTES.replace("Notes", "More"), FILE), parts(NOTES.replace("Notes", "More"), NOTES.replace("Notes", LINK + " Notes"))))
                .anyMatch(told -> told.endsWith("stands in another place, or less often"));
    }

    @Test
    void aChangedPartIsFound() {
        assertThat(violations(BEFORE, parts(LINKED, IMAGE.replace("iVBORw0KGgoAAAANSUhEUgA=", "iVBORw0KGgoAAAANSUhEUgB="), NOTES))).contains("part 2 of those that stay (image/png) is lost or changed");
        assertThat(violations(BEFORE, parts(LINKED, IMAGE.replace("<i>", " <i>"), NOTES))).contains("part 2 of those that stay (image/png) is lost or changed");
        assertThat(violations(BEFORE, parts(LINKED, IMAGE, NOTES.replace("Notes", "notes")))).contains("part 3 of those that stay (text/plain) is lost or changed");
    }

    @Test
    void aTextWithTheLinkThatLostSomethingIsFound() {
        for (String changed : List.of(LINKED.replace("Hello", "hello"), LINKED.replace("Hello", "Hell"), LINKED.replace("<p>Hello</p>", "")
                , LINKED.replace("Hello", "Hello!"), LINKED.replace("text/html", "text/plain"), "X: y\r\n" + LINKED, LINKED.replace("cid:i", LINK + " cid:i"))) {
            assertThat(violations(BEFORE, parts(changed, IMAGE, NOTES))).as(changed).contains("part 1 of those that stay (text/html) is lost or changed");
        }
    }

    @Test
    void aPartThatNobodySentIsFound() {
        assertThat(violations(BEFORE, parts(LINKED, IMAGE, NOTES, NOTES.replace("Notes", "Buy"))))
                .containsExactly("a part (text/plain) was not in the message, or not there");
    }

    @Test
    void aMessageOfOneTextIsLookedAtToo() {
        String text = "Subject: x\r\n\r\nHello\r\n";
        String file = "begin 644 a.txt\r\n#86)C\r\n`\r\nend\r\n";
        assertThat(violations(text + file, "Subject: x\r\n\r\n" + LINK + "\r\nHello\r\n")).isEmpty();
        assertThat(violations(text + file, "Subject: x\r\n\r\n" + LINK + "\r\n")).contains("part 0 of those that stay (text/plain) is lost or changed");
        assertThat(violations(text + file, "Subject: y\r\n\r\n" + LINK + "\r\nHello\r\n"))
                .containsExactly("the header of the message was changed in more than what it says of its content");
    }

    @ParameterizedTest
    @CsvSource({"windows-31j,Shift_JIS", "x-windows-iso2022jp,ISO-2022-JP", "UTF-16,utf-16"})
    void aTextRaisedToUtf8SaysWhatItSaid(String charset, String label) {
        byte[] before = bytes("Content-Type: text/plain; charset=" + label + "\r\n\r\n", "拝啓 表示\r\n", Charset.forName(charset));
        assertThat(textViolations(before, "拝啓 表示\r\n")).isEmpty();
        assertThat(textViolations(before, "拝啓 表\r\n")).isNotEmpty();
        assertThat(textViolations(before, "拝啓 表\ufffd\r\n")).isNotEmpty();
    }

    private static byte[] bytes(String header, String text, Charset charset) {
        var out = new java.io.ByteArrayOutputStream();
        out.writeBytes(("--b\r\n" + header).getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(text.getBytes(charset));
        return out.toByteArray();
    }

    private static List<String> textViolations(byte[] text, String said) {
        byte[] top = "Content-Type: multipart/mixed; boundary=b\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] end = "\r\n--b--\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] file = ("\r\n--b\r\n" + FILE).getBytes(StandardCharsets.US_ASCII);
        byte[] linked = bytes("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n", LINK + "\r\n" + said, StandardCharsets.UTF_8);
        return violations(joined(top, text, file, end), joined(top, linked, end));
    }

    private static byte[] joined(byte[]... all) {
        var out = new java.io.ByteArrayOutputStream();
        for (byte[] each : all) {
            out.writeBytes(each);
        }
        return out.toByteArray();
    }

    /** Its boundary line had no line end of its own, and has one when what stood behind it is gone. */
    @Test
    void aPartOfNothingMayGainTheLineEndThatEndsItsHeader() {
        String before = "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\n--b\r\n" + FILE + "\r\n--b--\r\n";
        assertThat(violations(before, parts("\r\nHello " + LINK, ""))).isEmpty();
        assertThat(violations(before, parts("\r\nHello " + LINK, "\r\nmore"))).isNotEmpty();
    }

    @Test
    void onlyARarerAlternativeMayGo() {
        String rich = "Content-Type: text/enriched\r\n\r\nHello";
        String alternative = parts(NOTES, rich, FILE).replace("multipart/mixed", "multipart/alternative");
        String linked = parts(NOTES.replace("Notes", LINK + " Notes")).replace("multipart/mixed", "multipart/alternative");
        assertThat(violations(alternative, linked)).isEmpty();
        assertThat(violations(parts(NOTES, rich, FILE), parts(NOTES.replace("Notes", LINK + " Notes"))))
                .containsExactly("part 2 of those that stay (text/enriched) is lost or changed");
    }

    @Test
    void aForwardedMessageKeepsItsHeaderAndLosesItsContent() {
        String forwarded = "Content-Type: message/rfc822\r\n\r\nFrom: a@example.com\r\nContent-Type: application/zip\r\nDate: x\r\n\r\nPK";
        String emptied = "Content-Type: message/rfc822\r\n\r\nFrom: a@example.com\r\nDate: x\r\n\r\n";
        var inside = new SplitRules(SplitLimits.defaults(), Forwarded.INSIDE, false);
        byte[] before = parts(NOTES, forwarded).getBytes(StandardCharsets.US_ASCII);
        String after = parts(NOTES.replace("Notes", LINK + " Notes"), emptied);
        assertThat(violations(inside, before, after.getBytes(StandardCharsets.US_ASCII))).isEmpty();
        assertThat(violations(inside, before, after.replace("Date: x\r\n", "").getBytes(StandardCharsets.US_ASCII))).isNotEmpty();
        assertThat(violations(inside, before, after.replace("From: a@", "From: b@").getBytes(StandardCharsets.US_ASCII))).isNotEmpty();
    }
}
