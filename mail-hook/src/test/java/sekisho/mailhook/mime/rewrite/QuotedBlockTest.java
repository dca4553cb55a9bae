package sekisho.mailhook.mime.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sekisho.mailhook.mime.Language;
import sekisho.mailhook.mime.Reading;
import sekisho.mailhook.mime.SplitMessage;
import sekisho.mailhook.mime.block.LinkBlockComposer;
import sekisho.mailhook.mime.block.LinkNotice;
import sekisho.mailhook.mime.block.LinkTemplates;

/** Pitfall 53: a block that is quoted is text like any other. It gets no new link, loses none, and is not taken for the new one. */
class QuotedBlockTest {

    private static final String OLD = "https://files.example.co.jp/d/oldoldoldoldoldoldoldo";
    private static final String NEW = "https://files.example.co.jp/d/newnewnewnewnewnewnewn";

    private static LinkBlock block(String url, Place place) {
        var notice = new LinkNotice("サンプル", List.of(new LinkNotice.FileLine("見積書.pdf", 1000)), LinkNotice.Names.LIST,
                ZonedDateTime.of(2026, 12, 8, 14, 0, 0, 0, ZoneId.of("Asia/Tokyo")), URI.create(url), "t•••@example.com");
        return LinkBlockComposer.compose(LinkTemplates.shipped(), notice, Language.JAPANESE, place);
    }

    private static String reply(String text) {
        return "承知しました。\r\n\r\n> 田中です。\r\n" + text.lines().map(line -> "> " + line).collect(Collectors.joining("\r\n")) + "\r\n-- \r\n鈴木\r\n";
    }

    private static int count(String text, String part) {
        return text.split(java.util.regex.Pattern.quote(part), -1).length - 1;
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void aReplyWithAFileHasOneNewLinkAndTheQuotedOneAsItWas(Place place) {
        String old = reply(block(OLD, Place.TOP).text());
        var text = Reading.one(Reading.mixed("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n", old), block(NEW, place));
        assertThat(count(text.text(), NEW)).isEqualTo(1);
        assertThat(count(text.text(), OLD)).isEqualTo(1);
        assertThat(text.text().replace(block(NEW, place).text(), "")).as("what was quoted").contains(block(OLD, Place.TOP).text().lines().map(line -> "> " + line + "\r\n").collect(Collectors.joining()));

        String html = "<html><body><p>承知しました。</p><blockquote>" + block(OLD, Place.TOP).html() + "</blockquote></body></html>";
        var shown = Reading.one(Reading.mixed("Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n", html), block(NEW, place)).text();
        assertThat(shown).contains(block(OLD, Place.TOP).html());
        assertThat(count(shown, NEW)).as("once to click, once to read").isEqualTo(2);
        assertThat(shown.indexOf(NEW) < shown.indexOf("<blockquote>")).isEqualTo(place != Place.BOTTOM);
    }

    @Test
    void aReplyWithoutAFileIsNotTouched() {
        byte[] octets = ("Subject: Re: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + reply(block(OLD, Place.TOP).text())).getBytes(StandardCharsets.UTF_8);
        var message = SplitMessage.of(octets);
        assertThat(message.layout().hasAttachments()).isFalse();
        assertThat(message.linked(block(NEW, Place.TOP))).isEqualTo(octets);
    }

    @Test
    void aForwardedMessageOfOursIsAFileLikeAnyOtherAndStaysAsItIs() {
        byte[] ours = Reading.linked(Reading.mixed("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n", "田中です。\r\n"), block(OLD, Place.TOP));
        String forward = lines("Subject: Fwd: x", "Content-Type: multipart/mixed; boundary=f", "", "--f", "Content-Type: text/plain; charset=utf-8", "", "転送します。", "--f",
                "Content-Type: message/rfc822", "Content-Disposition: attachment", "", new String(ours, StandardCharsets.UTF_8) + "--f--");
        var message = SplitMessage.of(forward);
        assertThat(message.layout().attachments()).hasSize(1);
        assertThat(message.content(0)).isEqualTo(java.util.Arrays.copyOf(ours, ours.length - 2));   // the line end before a boundary is the boundary's
        String linked = new String(message.linked(block(NEW, Place.TOP)), StandardCharsets.UTF_8);
        assertThat(linked).doesNotContain(OLD);
        assertThat(Reading.texts(linked.getBytes(StandardCharsets.UTF_8))).singleElement().satisfies(t -> assertThat(count(t.text(), NEW)).isEqualTo(1));
    }
}
