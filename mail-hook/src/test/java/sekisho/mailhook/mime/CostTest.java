package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.SplitMessage.lines;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.mailhook.mime.codec.TransferEncoding;

/** What a message costs grows as it does: each of these would run for minutes if something began anew at each octet of a tag, a rule or a line. */
class CostTest {

    private static final int OCTETS = 4 << 20;

    /** HTML of tags and rules that are as long as what is kept of them; the last shows the image. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            <p cid:|x|>
            <p cid:"|a|">
            <p cid: |x |>
            <p |class=|>
            <p class=|class=|>
            <p |id=|>
            <p class="|id=|">
            <p id='|signature-|'>
            <p class=|-gmail_quot|>
            <p cid:|&|>
            <p style='|url(|cid:'>
            <style>|url( |</style>
            <style>url(|.|</style>
            <style>url('|.|</style>
            <!--[if mso]><p cid:|x|><![endif]-->
            <!--|-|-->
            <script><!--|<script|</script>
            """)
    void oneTagAfterAnotherIsReadOnce(String before, String again, String behind) {
        String one = before + again.replace('.', ' ').repeat(4_080 / again.length()) + behind;
        String html = "<html><body>Hello" + one.repeat(OCTETS / one.length()) + "<p class=gmail_signature><img src=\"cid:logo@example\">\r\n";
        var message = SplitMessage.of("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n" + html
            + "\r\n--b\r\nContent-Type: image/png\r\nContent-ID: <logo@example>\r\n\r\n\u0089PNG\r\n\u001A\nlogo\r\n--b\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7\r\n--b--\r\n");
        assertThat(message.kinds()).startsWith(PartKind.MULTIPART, PartKind.TEXT).endsWith(PartKind.ATTACHMENT);
        assertThat(message.linked(SplitMessage.ENGLISH)).contains(SplitMessage.URL.getBytes(StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            (|UNKNOWN
            ((|UNKNOWN
            ()|BASE64
            (\\()|BASE64
            (\\))|BASE64
            \\(\\|UNKNOWN
            """)
    void commentsAroundATransferEncodingAreReadOnce(String again, TransferEncoding expected) {
        String field = again.repeat(OCTETS / again.length());
        assertThat(TransferEncoding.parse(field + (expected == TransferEncoding.BASE64 ? "base64" : ""))).isEqualTo(expected);
    }

    /** Signed in signed, and each time both readings of it go on: as it begins, and behind the field of a header that stands in it. */
    @Test
    void signedMessagesThatCanBeReadInTwoWaysAreReadOnce() throws IOException {
        for (int levels = 1; levels <= OpaqueSigned.MOST_NESTED + 1; levels++) {
            byte[] nested = nested(levels);
            var read = new AtomicLong();
            var splitter = new MessageSplitter(SplitLimits.defaults(), new Counting(read));
            byte[] message = lines("Content-Type: application/pkcs7-mime; name=smime.p7m", "Content-Transfer-Encoding: base64", "", CmsOctets.base64(nested)).getBytes(StandardCharsets.US_ASCII);
            splitter.feed(message, 0, message.length);
            boolean split = splitter.end() instanceof SplitResult.Split;
            assertThat(split).as(levels + " levels").isEqualTo(levels <= 3);
            assertThat(read.get()).as(levels + " levels").isLessThan(20L * nested.length);
        }
    }

    private static byte[] nested(int levels) {
        for (int octets = 0x8111; octets < 0x8911; octets++) {
            byte[] content = new byte[octets];
            boolean suits = true;
            for (int i = 0; i < levels; i++) {
                content = twoFaced(content);
                for (int length : new int[] {2, 3, 17, 18, 21, 22}) {
                    suits &= ":\r\n\0".indexOf(content[length]) < 0;
                }
            }
            if (suits) {
                return content;
            }
        }
        throw new AssertionError("no length without a sign that ends a line");
    }

    /** The set of algorithms holds a field and the empty line behind it. */
    private static byte[] twoFaced(byte[] content) {
        byte[] field = "\nContent-Type: application/pkcs7-mime\n\n".getBytes(StandardCharsets.US_ASCII);
        return CmsOctets.element(0x30, CmsOctets.id("2a864886f70d010702"), CmsOctets.element(0xA0, CmsOctets.element(0x30, new byte[] {2, 1, 1},
            CmsOctets.element(0x31, CmsOctets.element(0x04, field)), CmsOctets.data(content), CmsOctets.element(0x31))));
    }

    /** Counts what is given to those who look at it. */
    private record Counting(AtomicLong octets) implements SplitSink, AttachmentSink {
        @Override public void spool(byte[] buffer, int offset, int length) {
        }

        @Override public AttachmentSink open(AttachmentHead head) {
            return this;
        }

        @Override public void write(byte[] buffer, int offset, int length) {
            octets.addAndGet(length);
        }

        @Override public void ended() {
        }

        @Override public void stay(boolean asFile) {
        }

        @Override public void finish(long decodedOctets) {
        }

        @Override public void withdraw() {
        }
    }

    /** An invitation, line by line as long as what is kept behind {@code data:}. */
    @ParameterizedTest
    @ValueSource(strings = {"data:a/a;;;;;;;;", "data:a/b;data:;", "data:-/-;x=a ", "data:x,y ", "data://///////", "dadadadata:,"})
    void theLinesOfAnInvitationAreReadOnce(String again) {
        var calendar = new CalendarLines(null);
        byte[] line = ("X:" + again.substring(0, 5) + again.substring(5).repeat(190 / (again.length() - 5)) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] begin = "BEGIN:VCALENDAR\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] end = "END:VCALENDAR\r\n".getBytes(StandardCharsets.US_ASCII);
        calendar.accept(begin, 0, begin.length);
        for (int i = 0; i < 6 * OCTETS / line.length; i++) {
            calendar.accept(line, 0, line.length);
        }
        calendar.accept(end, 0, end.length);
        assertThat(calendar.convincing()).isEqualTo(!again.startsWith("dada"));
    }
}
