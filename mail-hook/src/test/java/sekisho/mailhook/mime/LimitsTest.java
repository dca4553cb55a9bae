package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static sekisho.mailhook.mime.SplitMessage.lines;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a message may cost. */
class LimitsTest {

    private static SplitResult.Refused refused(String message) {
        return SplitMessage.of(message).refused();
    }

    /** Whoever writes more hides one from who judges the first of them. */
    @Test
    void aFileHasSixteenNamesAtMost() {
        String sixteen = IntStream.range(0, 16).mapToObj(i -> "Content-Disposition: attachment; filename=a" + i + ".pdf\r\n").collect(Collectors.joining());
        assertThat(SplitMessage.of(sixteen + "\r\nx\r\n").layout().attachments().getFirst().otherNames()).hasSize(15);
        var expected = new SplitResult.Refused("5.6.0", "a part with more than 16 names");
        assertThat(refused(sixteen + "Content-Disposition: attachment; filename=plan.exe\r\n\r\nx\r\n")).isEqualTo(expected);
        assertThat(refused(sixteen + "Content-Type: a/b; name=plan.exe\r\n\r\nx\r\n")).isEqualTo(expected);
        String unread = IntStream.range(0, 17).mapToObj(i -> "(x name=a" + i + ".exe").collect(Collectors.joining("; "));
        assertThat(refused("Content-Disposition: attachment; " + unread + "\r\n\r\nx\r\n")).isEqualTo(expected);
    }

    @Test
    void tenThousandEmptyPartsAreRefused() {
        assertThat(refused("Content-Type: multipart/mixed; boundary=b\r\n\r\n" + "--b\r\n\r\n\r\n".repeat(10_000) + "--b--\r\n"))
                .isEqualTo(new SplitResult.Refused("5.6.0", "more than 1000 parts"));
    }

    @Test
    void aThousandPartsPass() {
        var message = SplitMessage.of("Content-Type: multipart/mixed; boundary=b\r\n\r\n" + "--b\r\nContent-Type: a/b\r\n\r\nx\r\n".repeat(999) + "--b--\r\n");
        assertThat(message.names()).hasSize(999).doesNotHaveDuplicates();
    }

    @Test
    void aThousandMultipartsInsideEachOtherAreRefused() {
        var message = new StringBuilder("Subject: x\r\n");
        for (int i = 0; i < 1000; i++) {
            message.append("Content-Type: multipart/mixed; boundary=b").append(i).append("x\r\n\r\n--b").append(i).append("x\r\n");
        }
        assertThat(refused(message.toString())).isEqualTo(new SplitResult.Refused("5.6.0", "multiparts nested more than 20 deep"));
    }

    @Test
    void twentyMultipartsInsideEachOtherPass() {
        var message = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            message.append("Content-Type: multipart/mixed; boundary=b").append(i).append("x\r\n\r\n--b").append(i).append("x\r\n");
        }
        assertThat(SplitMessage.of(message + "Content-Type: a/b; name=deep\r\n\r\nx").names()).containsExactly("deep");
    }

    private static final String AN_ATTACHED_MESSAGE = "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n";

    @Test
    void tenThousandMessagesInsideEachOtherAreRefused() {
        var expected = new SplitResult.Refused("5.6.0", "in an attached message: multiparts nested more than 100 deep");
        var bomb = "Content-Type: message/rfc822\r\n\r\n".repeat(10_000) + "x";
        assertThat(refused(bomb)).isEqualTo(expected);
        assertThat(refused(AN_ATTACHED_MESSAGE + bomb + "\r\n--o--\r\n")).isEqualTo(expected);
        assertThat(refused(AN_ATTACHED_MESSAGE + "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                + Base64.getMimeEncoder().encodeToString(bomb.getBytes(StandardCharsets.US_ASCII)) + "\r\n--o--\r\n")).isEqualTo(expected);
    }

    @Test
    void multipartsAndPartsInsideAnAttachedMessageAreBounded() {
        var deep = new StringBuilder(AN_ATTACHED_MESSAGE + "Content-Type: message/rfc822\r\n\r\n");
        for (int i = 0; i < 1000; i++) {
            deep.append("Content-Type: multipart/mixed; boundary=b").append(i).append("x\r\n\r\n--b").append(i).append("x\r\n");
        }
        assertThat(refused(deep.toString())).isEqualTo(new SplitResult.Refused("5.6.0", "in an attached message: multiparts nested more than 100 deep"));
        assertThat(refused(AN_ATTACHED_MESSAGE + "Content-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
                + "--b\r\n\r\n\r\n".repeat(10_000) + "--b--\r\n--o--\r\n")).isEqualTo(new SplitResult.Refused("5.6.0", "in an attached message: more than 1000 parts"));
    }

    /** Each of them alone is no more than mail has. */
    @Test
    void partsOfAllAttachedMessagesTogetherAreBounded() {
        String attached = "Content-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + "--b\r\n\r\n\r\n".repeat(300) + "--b--\r\n--o\r\n";
        assertThat(SplitMessage.of(AN_ATTACHED_MESSAGE + attached.repeat(33) + "\r\nx\r\n--o--\r\n").layout().attachments()).hasSize(33);
        assertThat(refused(AN_ATTACHED_MESSAGE + attached.repeat(34) + "\r\nx\r\n--o--\r\n")).isEqualTo(new SplitResult.Refused("5.6.0", "in an attached message: more than 10000 parts"));
    }

    /** All parts are known to the end of the message, but what read one isn't needed any more. */
    @ParameterizedTest
    @ValueSource(strings = {"a/b", "text/plain", "image/png", "text/calendar; method=REQUEST", "application/ms-tnef", "message/rfc822", "message/delivery-status", "application/pkcs7-mime"})
    void aPartThatHasEndedKeepsLittle(String type) throws Exception {
        var splitter = new MessageSplitter(SplitLimits.defaults(), new NothingKept(), true);
        feed(splitter, ("Content-Type: multipart/mixed; boundary=b\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        byte[] part = ("--b\r\nContent-Type: " + type + "\r\nContent-Transfer-Encoding: base64\r\n\r\nQQ==\r\n").getBytes(StandardCharsets.US_ASCII);
        feed(splitter, part);
        long before = Held.octets(splitter);
        for (int i = 0; i < 50; i++) {
            feed(splitter, part);
        }
        assertThat(splitter.isRefused()).isFalse();
        assertThat((Held.octets(splitter) - before) / 50).isLessThan(4 << 10);
    }

    @Test
    void aMessagePassedOnFiftyTimesPassesAndSoDoesABrokenOne() {
        assertThat(SplitMessage.of(AN_ATTACHED_MESSAGE + "Content-Type: message/rfc822\r\n\r\n".repeat(50) + "Subject: deep\r\n\r\nx\r\n--o--\r\n").names())
                .hasSize(1);
        assertThat(SplitMessage.of(AN_ATTACHED_MESSAGE + "Content-Type: message/rfc822\r\n\r\nContent-Type: message/partial\r\n\r\nx\r\n--o--\r\n").names())
                .containsExactly("message.eml");
    }

    @Test
    void aHundredMegabytesOfHeaderAreRefusedWithoutBeingKept() throws IOException {
        var spooled = new AtomicLong();
        var splitter = new MessageSplitter(SplitLimits.defaults(), new Counting(spooled));
        byte[] line = ("X-Padding: " + "x".repeat(900) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 100_000; i++) {
            splitter.feed(line, 0, line.length);
        }
        assertThat(splitter.isRefused()).isTrue();
        assertThat(splitter.end()).isEqualTo(new SplitResult.Refused("5.6.0", "more than 1048576 octets of header"));
        assertThat(spooled.get()).isZero();
    }

    @Test
    void aHeaderLineWithoutEndIsRefused() {
        assertThat(refused("Subject: " + "x".repeat(300_000)).reason()).contains("a header line of more than");
    }

    @Test
    void aHeaderLineOfSixtyKilobytesPasses() {
        assertThat(SplitMessage.of("References: " + "x".repeat(60_000) + "\r\n\r\ntext").layout().hasAttachments()).isFalse();
    }

    @Test
    void tooManyHeaderLinesAreRefusedAndTwoThousandPass() {
        assertThat(SplitMessage.of("X: y\r\n".repeat(2000) + "\r\ntext").layout().hasAttachments()).isFalse();
        assertThat(refused("X: y\r\n".repeat(5001) + "\r\ntext").reason()).contains("header lines");
    }

    @Test
    void aHeaderFullOfBoundaryLikeLinesIsRefusedSoonInsteadOfParsedOften() {
        assertThat(refused("X: y\r\n".repeat(2000) + "--x\r\n".repeat(2000)).reason()).contains("look like boundaries");
    }

    @ParameterizedTest
    @ValueSource(strings = {"; a=b", "; name=b", "()", "(", "*", "\t", "name ", "\"", "; boundary=b", "=?utf-8?B?QQ==?= "})
    void aFieldAboutTheContentThatIsThereToKeepUsBusyDoesNot(String piece) {
        String folded = (piece.repeat(10_000 / piece.length()) + "\r\n ").repeat(80);
        for (String field : new String[] {"Content-Type: application/x; name", "Content-Type: ", "Content-Disposition: attachment name", "Content-Disposition: x; filename=\"",
            "Content-Type: a/b\r\nContent-Transfer-Encoding: "}) {
            var split = SplitMessage.of(field + folded + "x\r\n\r\nx");
            assertThat(split.result instanceof SplitResult.Refused || !split.names().isEmpty()).as(field).isTrue();   // blanks alone are no field
        }
    }

    @Test
    void manyBeginningsOfFilesInATextAreNoTrouble() {
        assertThat(SplitMessage.of("Subject: x\r\n\r\n" + "begin 644 x\r\n\r\n".repeat(100_000)).layout().hasAttachments()).isFalse();
    }

    @Test
    void aBodyLineOfAHundredKilobytesIsNotBroken() {
        byte[] message = ("Subject: x\r\n\r\n" + "x".repeat(100_000)).getBytes(StandardCharsets.US_ASCII);
        assertThat(SplitMessage.of(message).spool).isEqualTo(message);
    }

    @Test
    void linesThatAlmostMatchALongBoundaryCostLittle() {
        String boundary = "b".repeat(1000);
        String line = "--" + "b".repeat(999) + "c\r\n";
        var message = SplitMessage.inSteps(lines("Content-Type: multipart/mixed; boundary=" + boundary, "", "--" + boundary, "", line.repeat(2000),
                "--" + boundary, "Content-Type: a/b", "", "x", "--" + boundary + "--").getBytes(StandardCharsets.US_ASCII), 100);
        assertThat(message.text(0)).isEqualTo("x");
    }

    @Test
    void sixtyFourMegabytesStreamThroughUnharmed() throws Exception {
        byte[] block = new byte[57 * 1000];
        new Random(1).nextBytes(block);
        byte[] encoded = (Base64.getMimeEncoder().encodeToString(block) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        MessageDigest expected = MessageDigest.getInstance("SHA-256");
        MessageDigest found = MessageDigest.getInstance("SHA-256");
        var spooled = new AtomicLong();
        var splitter = new MessageSplitter(SplitLimits.defaults(), new Counting(spooled) {
            @Override public AttachmentSink open(AttachmentHead head) {
                return new Digesting(found);
            }
        });
        feed(splitter, lines("Content-Type: multipart/mixed; boundary=b", "", "--b", "", "text", "--b", "Content-Type: application/zip",
                "Content-Transfer-Encoding: base64", "").getBytes(StandardCharsets.US_ASCII));
        int blocks = (64 << 20) / block.length;
        for (int i = 0; i < blocks; i++) {
            feed(splitter, encoded);
            expected.update(block);
        }
        feed(splitter, lines("--b--").getBytes(StandardCharsets.US_ASCII));
        var layout = ((SplitResult.Split) splitter.end()).layout();
        assertThat(layout.attachments()).singleElement().satisfies(a -> assertThat(a.octets()).isEqualTo((long) blocks * block.length));
        assertThat(HexFormat.of().formatHex(found.digest())).isEqualTo(HexFormat.of().formatHex(expected.digest()));
        assertThat(spooled.get()).isLessThan(300);
    }

    private static void feed(MessageSplitter splitter, byte[] octets) throws IOException {
        splitter.feed(octets, 0, octets.length);
    }

    @Test
    void anErrorOfTheSinkReachesTheCaller() {
        var splitter = new MessageSplitter(SplitLimits.defaults(), new SplitSink() {
            @Override public void spool(byte[] octets, int offset, int length) throws IOException {
                throw new IOException("no space left");
            }

            @Override public AttachmentSink open(AttachmentHead head) throws IOException {
                throw new IOException("no store");
            }
        });
        byte[] message = "Subject: x\r\n\r\ntext".getBytes(StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> splitter.feed(message, 0, message.length)).hasMessage("no space left");
    }

    @Test
    void aLimitTooSmallForOrdinaryMailIsNoLimit() {
        assertThatThrownBy(() -> new SplitLimits(10, 998, 10, 1, 1, 0, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Counts what goes to the spool. */
    private static class Counting implements SplitSink {
        private final AtomicLong spooled;

        Counting(AtomicLong spooled) {
            this.spooled = spooled;
        }

        @Override public void spool(byte[] octets, int offset, int length) {
            spooled.addAndGet(length);
        }

        @Override public AttachmentSink open(AttachmentHead head) throws IOException {
            throw new IOException("there is no attachment here");
        }
    }

    private record Digesting(MessageDigest digest) implements AttachmentSink {
        @Override public void write(byte[] octets, int offset, int length) {
            digest.update(Arrays.copyOfRange(octets, offset, offset + length));
        }

        @Override public void finish(long decodedOctets) {
        }

        @Override public void withdraw() {
        }
    }
}
