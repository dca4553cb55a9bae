package sekisho.mailhook.mime.check;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageCheckTest {

    private static final byte[] MESSAGE = lines("Subject: x", "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "text",
            "--b", "Content-Disposition: attachment; filename=a.txt", "", "the content of the attachment, long enough to be looked for",
            "--b--").getBytes(StandardCharsets.US_ASCII);

    @Test
    void anOrdinaryMessageHoldsEveryPromise() {
        CheckedMessage checked = MessageCheck.check(MESSAGE);
        assertThat(checked.violations()).isEmpty();
        assertThat(checked.attachments()).singleElement().satisfies(a -> {
            assertThat(a.name()).isEqualTo("a.txt");
            assertThat(a.octets()).isEqualTo(59);
            assertThat(a.sha256()).hasSize(64);
        });
        assertThat(checked.stays()).containsExactly("text/plain (text)");
        assertThat(checked.refused()).isNull();
    }

    /** With an attachment, and without. */
    @ParameterizedTest
    @ValueSource(strings = {"Content-Type: multipart/mixed; boundary=b||--b||text|--b|Content-Disposition: attachment; filename=a.txt||x|--b--|", "|text|"})
    void fieldsThatNoCopyHasAreGoneAndAllOthersStay(String content) {
        String message = "Subject: x|X-Sekisho-Held: from=1999-01-01T00:00:00Z; until=2000-01-01T00:00:00Z|X-SEKISHO-TRACE: a|Bcc: a@partner.example|X-Other: y|" + content;
        assertThat(MessageCheck.check(message.replace("|", "\r\n").getBytes(StandardCharsets.US_ASCII)).violations()).isEmpty();
    }

    @Test
    void aReportWithoutATextForPeopleIsStillOneWhenTheLinkIsIn() {
        CheckedMessage checked = MessageCheck.check(lines("Content-Type: multipart/report; report-type=delivery-status; boundary=b", "",
                "--b", "Content-Type: application/zip; name=x.zip", "", "the content of the attachment, long enough to be looked for",
                "--b", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; x", "", "--b--").getBytes(StandardCharsets.US_ASCII));
        assertThat(checked.attachments()).hasSize(1);
        assertThat(checked.stays()).containsExactly("message/delivery-status (report)");
        assertThat(checked.violations()).isEmpty();
    }

    /** @param lines of a message with an attachment, with | between them */
    private static void holdsEveryPromise(String lines) {
        CheckedMessage checked = MessageCheck.check(lines.replace("|", "\r\n").getBytes(StandardCharsets.US_ASCII));
        assertThat(checked.attachments()).isNotEmpty();
        assertThat(checked.violations()).isEmpty();
    }

    /** Found by fuzzing: a line in the header that is no field; a control character in front of a name; charsets that few readers understand. */
    @ParameterizedTest
    @ValueSource(strings = {
        "From: a@example.com|--RL|Content-Type: multipart/alternative; boundary=AL||--AL|Content-Type: text/plain||Hello|--AL|Content-Disposition: attachment; filename=a.pdf||x|--AL--|",
        "\u000BContent-Type: text/plain; charset=iso-8859-1|Content-Transfer-Encoding: 8bit||Hello|begin 644 a|#86)C|`|end|",
        "Content-Type: multipart/mixed; boundary=b||--b|Content-Type: text/plain; charset*=us-ascii''utf-8|Content-Transfer-Encoding: 8bit||--b|Content-Type: application/pdf||x|--b--|",
        "Content-Type: multipart/mixed; boundary=b||--b|Content-Type: text/html; charset*0=utf; charset*1=-8|Content-Transfer-Encoding: base64||PHA+|--b|Content-Type: application/pdf||x|--b--|"})
    void whatFewReadersUnderstandIsStillReadByThoseWhoDo(String lines) {
        holdsEveryPromise(lines);
    }

    /** Found by fuzzing: parts without a header, or whose header has no empty line, in front of one that is taken out. */
    @ParameterizedTest
    @ValueSource(strings = {
        "Content-Type: multipart/mixed; boundary=b|--b|--b||--b|Content-Disposition: attachment; filename=order.pdf|",
        "Content-Type: multipart/mixed; boundary=b|--b|--b|<p>item</p>|--b|Content-Disposition: attachment||x|--b--|",
        "Content-Type: multipart/mixed; boundary=b|=ybegin line=128 size=5 name=x|*****|--b||",
        "Content-Type: multipart/mixed; boundary=b|> no field|Resent-Bcc: secret@link.example|From: a@example.com|--b|--b|Content-Type: application/pdf|",
        "Content-Type: multipart/mixed; boundary=b||--b|Content-Type: text/plain; charset=ISO-2022-JP||\u001B$B;qNA\u001B(\u001B(BB|--b|Content-Type: application/pdf||",
        "Content-Type: multipart/mixed; boundary=b||--b|Content-Type: text/html|<html><head></head><body class=x><p>Good day.</p>|--b|Content-Type: application/pdf||x|--b--|",
        "Content-Type: multipart/mixed; boundary=b||--b|Content-Type: text/html|<body class=x>|<p>item</p>|--b|Content-Type: application/pdf|--b--|",
        "Content-Type: multipart/mixed; boundary=b||--b|Content-Type: text/plain|< 354|Hello|--b|Content-Type: application/pdf||x|--b|Content-Type: text/plain|< 354|Hello|--b|Content-Type: application/pdf||x|--b--|",
        "Content-Type: multipart/alternative; boundary=a||--a|--a|Content-Type: multipart/mixed; boundary=b|--b|--b|Content-Disposition: attachment||x|--b|\tcharset=utf-8||",
        "Content-Type: multipart/mixed; boundary=b||--b|Content-Type: multipart/alternative; boundary=alt||--alt|--alt|Content-Type: text/html|<html><body>x</body></html>|--b|Content-Disposition: attachment|"})
    void partsThatEndWhereNoneShouldAreKept(String lines) {
        holdsEveryPromise(lines);
    }

    @Test
    void aRefusalIsReportedWithItsReason() {
        CheckedMessage checked = MessageCheck.check(lines("Content-Type: message/partial; id=1", "", "x").getBytes(StandardCharsets.US_ASCII));
        assertThat(checked.refused()).isEqualTo("5.7.1 message/partial is not relayed");
        assertThat(checked.violations()).isEmpty();
    }

    @Test
    void lineEndsBecomeWhatAClientSends() {
        assertThat(MessageCheck.asSent("a\nb\r\nc\rd\n".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo("a\r\nb\r\nc\rd\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void aRunOfFortyEightOctetsIsFoundWhereverItStands() {
        byte[] source = new byte[500];
        for (int i = 0; i < source.length; i++) {
            source[i] = (byte) (i * 31 + i / 7);
        }
        var index = new RunIndex(source, LeakCheck.RUN);
        for (int at = 0; at + LeakCheck.RUN <= source.length; at++) {
            byte[] text = new byte[300];
            Arrays.fill(text, (byte) ' ');
            System.arraycopy(source, at, text, 100, LeakCheck.RUN);
            RunIndex.Run run = index.find(text, 0);   // the neighbours may fit by chance
            assertThat(run.at()).isBetween(98, 100);
            assertThat(run.at() + run.length()).isBetween(148, 150);
        }
        assertThat(index.find(new byte[300], 0)).isEqualTo(RunIndex.Run.NONE);
    }

    @Test
    void octetsOfAnAttachmentInWhatIsRelayedAreFound() {
        var original = new MemorySplit(MESSAGE, true);
        var leaking = new MemorySplit(lines("Subject: x", "", "the content of the attachment, long enough to be looked for")
                .getBytes(StandardCharsets.US_ASCII), true);
        var block = new sekisho.mailhook.mime.rewrite.LinkBlock("x\r\n", "x\r\n", "x\r\n");
        var layout = java.util.Objects.requireNonNull(original.layout());
        var relayed = java.util.Objects.requireNonNull(leaking.layout());
        assertThat(new LeakCheck(original, layout, leaking, relayed, block).violations()).hasSize(2);
    }

    @Test
    void aLinkMissingFromOneAlternativeIsFound() {
        var split = new MemorySplit(lines("Content-Type: multipart/alternative; boundary=b", "", "--b", "", "see https://x.example/d/1",
                "--b", "Content-Type: text/html", "", "<p>nothing</p>", "--b--").getBytes(StandardCharsets.US_ASCII), true);
        var layout = java.util.Objects.requireNonNull(split.layout());
        assertThat(new LinkCheck(split, layout, "https://x.example/d/1").violations())
                .containsExactly("one alternative shows the link, another (text/html) doesn't");
    }

    private static final String LINK = "https://x.example/d/1";

    private static java.util.List<String> strangers(String... message) {
        var block = new sekisho.mailhook.mime.rewrite.LinkBlock("Files\r\n" + LINK + "\r\n", "Files\r\n" + LINK + "\r\n", "x\r\n");
        byte[] octets = lines(message).getBytes(StandardCharsets.UTF_8);
        var split = new MemorySplit(octets, true);
        var layout = java.util.Objects.requireNonNull(split.layout());
        var touched = layout.root().walk().filter(part -> part.kind() == sekisho.mailhook.mime.PartKind.TEXT).limit(1).toList();
        return new StrangerCheck(split, layout.root(), touched, octets, block, LINK).violations();
    }

    /** RFC 2231 §3 lets a boundary be written in pieces, which we put together and mime4j doesn't. */
    @Test
    void whoSeesNoPartsInTheOriginalNeedNotFindTheLinkInOneAndWhoDoesMust() {
        String[] parts = {"", "--bc", "", "Files", LINK, "--bc", "", "Hello", "--bc--"};
        assertThat(strangers(with("Content-Type: multipart/mixed; boundary*0=b; boundary*1=c", parts))).noneMatch(told -> told.contains("the link is shown"));
        assertThat(strangers(with("Content-Type: multipart/mixed; boundary=bc", parts))).isEmpty();
        parts[4] = "";
        assertThat(strangers(with("Content-Type: multipart/mixed; boundary*0=b; boundary*1=c", parts))).noneMatch(told -> told.startsWith("mime4j: the link"));
        assertThat(strangers(with("Content-Type: multipart/mixed; boundary=bc", parts)))
                .containsExactly("mime4j: the link is shown 0 times", "Angus: the link is shown 0 times");
    }

    @Test
    void whoTakesAnotherPartOtherwiseMustFindTheLinkAllTheSame() {
        String[] pieces = {"Content-Type: multipart/mixed; boundary=b", "", "--b", "", "Files", "--b",
            "Content-Type: multipart/mixed; boundary*0=c; boundary*1=d", "", "--cd", "", "x", "--cd--", "--b--"};
        assertThat(strangers(pieces)).containsExactly("mime4j: the link is shown 0 times", "Angus: the link is shown 0 times");
    }

    private static String[] with(String field, String... lines) {
        return Stream.concat(Stream.of(field), Stream.of(lines)).toArray(String[]::new);
    }

    @Test
    void whatStrangersCannotReadIsFound() {
        assertThat(strangers("Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", "Files", LINK, "拝啓")).isEmpty();
        assertThat(strangers("Content-Type: text/plain; charset=utf-8", "", "Files", LINK, "拝啓"))
                .containsExactly("Angus: 8-bit octets in a part that is said to be 7bit");
        assertThat(strangers("Content-Type: text/plain", "", "Files", LINK, LINK)).contains("mime4j: the link is shown 2 times", "Angus: the link is shown 2 times");
        assertThat(strangers("Content-Type: text/plain", "", "Fi", "les", LINK)).contains("mime4j: not every line of the block can be read");
        assertThat(strangers("Content-Type: text/html", "", "<title>" + LINK + "</title><p>Hello")).contains("mime4j: the link is shown 0 times");
        assertThat(strangers("Content-Type: multipart/alternative; boundary=b", "", "--b", "", "Files", LINK, "--b", "Content-Type: text/html", "", "<p>no</p>", "--b--"))
                .containsExactly("mime4j: one alternative shows the link, another (text/html) doesn't", "Angus: one alternative shows the link, another (text/html) doesn't");
    }
}
