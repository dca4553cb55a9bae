package sekisho.mailhook.mime.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.URL;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import sekisho.mailhook.mime.PartKind;
import sekisho.mailhook.mime.SplitMessage;
import sekisho.mailhook.mime.codec.BodyDecoder;
import sekisho.mailhook.mime.codec.TransferEncoding;

/** What was no boundary line in the message is none in what is relayed: behind it would stand a part that nobody has looked at. */
class BoundaryLinesTest {

    private static final String PDF = "Content-Type: application/pdf; name=a.pdf\r\n\r\n%PDF-1.7";
    /** Behind a boundary line a file. */
    private static final String HIDDEN = "\r\nContent-Type: application/pdf; name=hidden.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQ\r\n";
    private static final String MARK = "\u00EF\u00BB\u00BF";

    private static LinkBlock block(String line, Place place) {
        String text = line + "\r\n" + URL + "\r\n";
        return new LinkBlock(text, text, "<p>\r\n" + line + "\r\n" + URL + "</p>\r\n", place);
    }

    /** @return the one text of what is relayed, decoded; one char for each octet */
    private static String relayed(String header, String body, LinkBlock block) {
        byte[] message = SplitMessage.multipart("mixed", header + "\r\n" + body, PDF).getBytes(StandardCharsets.ISO_8859_1);
        var split = SplitMessage.of(message);
        assertThat(split.names()).containsExactly("a.pdf");
        byte[] linked = split.linked(block);
        var again = SplitMessage.of(linked);
        assertThat(again.kinds()).containsExactly(PartKind.MULTIPART, PartKind.TEXT);
        var text = again.layout().root().children().getFirst();
        byte[] octets = java.util.Arrays.copyOfRange(linked, (int) text.body().from(), (int) text.body().to());
        return new String(BodyDecoder.decode(java.util.Objects.requireNonNull(text.text()).encoding(), octets), StandardCharsets.ISO_8859_1);
    }

    private static void staysText(String header, String body, String decoded) {
        for (Place place : Place.values()) {
            String relayed = relayed(header, body, block("Files", place));
            assertThat(relayed).contains(URL);
            assertThat(relayed.replace("\r\n", "")).as(place.name()).contains(decoded.replace("\r\n", ""));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"=2D-b", "-=\r\n-b", "=2D=2Db", "=2D-b--", "0123456789012345678901234567890123456789012345678901234567890123456789=\r\n01234--b"})
    void aHyphenThatWasEncodedBeginsNone(String line) {
        String decoded = new String(BodyDecoder.decode(TransferEncoding.QUOTED_PRINTABLE, line.getBytes(StandardCharsets.US_ASCII)), StandardCharsets.US_ASCII) + HIDDEN;
        staysText("Content-Transfer-Encoding: quoted-printable\r\n", "Hello\r\n" + line + HIDDEN, decoded);
        staysText("Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n", "<html><body>Hello\r\n" + line + HIDDEN, decoded);
        staysText("Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n", "<html><body>" + line + HIDDEN, decoded);
    }

    /** The link goes in between, and ends a line. */
    @ParameterizedTest
    @ValueSource(strings = {"<html><body>", "<!doctype html>", "<html><head></head>", MARK, MARK + "<body>", "<!--[if !mso]><!--><body><!--<![endif]-->"})
    void whatStoodInsideALineBeginsNone(String front) {
        for (String encoding : new String[] {"7bit", "8bit", "quoted-printable"}) {
            staysText("Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: " + encoding + "\r\n", front + "--b" + HIDDEN, "--b" + HIDDEN);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"7bit", "8bit", "quoted-printable"})
    void whatStoodBehindAByteOrderMarkBeginsNone(String encoding) {
        staysText("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: " + encoding + "\r\n", MARK + "--b" + HIDDEN, "--b" + HIDDEN);
    }

    /** A file may be called so, and a template begin a line with its name. */
    @ParameterizedTest
    @EnumSource(Place.class)
    void aLineOfTheBlockIsNone(Place place) {
        for (String encoding : new String[] {"7bit", "8bit", "quoted-printable", "base64"}) {
            for (String line : new String[] {"--b", "--b--", "--b (3 KB)"}) {
                String header = "Content-Transfer-Encoding: " + encoding + "\r\n";
                assertThat(relayed(header, "SGVsbG8=", block(line, place))).contains(line + "\r\n" + URL);
                assertThat(relayed("Content-Type: text/html\r\n" + header, "SGVsbG8=", block(line, place))).contains(line + "\r\n" + URL);
            }
        }
    }

    @Test
    void otherLinesOfDashesStayAsTheyAre() {
        String body = "Hello\r\n--\r\n----------\r\n- a\r\n";
        byte[] linked = SplitMessage.of(SplitMessage.multipart("mixed", "\r\n" + body, PDF)).linked(block("----------", Place.TOP));
        assertThat(new String(linked, StandardCharsets.ISO_8859_1)).contains("\r\n----------\r\n" + URL + "\r\n\r\n" + body);
    }
}
