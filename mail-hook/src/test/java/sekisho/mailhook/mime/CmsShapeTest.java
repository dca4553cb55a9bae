package sekisho.mailhook.mime;

import static org.assertj.core.api.Assertions.assertThat;
import static sekisho.mailhook.mime.CmsOctets.element;
import static sekisho.mailhook.mime.CmsOctets.endless;
import static sekisho.mailhook.mime.CmsOctets.id;
import static sekisho.mailhook.mime.CmsOctets.join;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.mailhook.mime.CmsShape.Kind;

/** What is a CMS message to its end, and what only begins like one. */
class CmsShapeTest {

    private static final byte[] MESSAGE = "Content-Type: text/plain\r\n\r\nhello\r\n".repeat(40).getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ZIP = "PK\u0003\u0004 and a file".getBytes(StandardCharsets.US_ASCII);

    private static final String RECEIPT = "2a864886f70d0109100101";

    private record Seen(CmsShape shape, byte[] content) {
    }

    private static Seen see(byte[] octets, int step) {
        var content = new ByteArrayOutputStream();
        var shape = new CmsShape(content::write);
        try {
            for (int at = 0; at < octets.length; at += step) {
                shape.accept(octets, at, Math.min(step, octets.length - at));
            }
        } catch (IOException memoryNeverFails) {
            throw new IllegalStateException(memoryNeverFails);
        }
        return new Seen(shape, content.toByteArray());
    }

    private static Kind kind(byte[]... octets) {
        return see(join(octets), 8192).shape.kind();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 100_000})
    void everyShapeIsReadInStepsOfAnySize(int step) {
        for (byte[] signed : List.of(CmsOctets.signed(MESSAGE), CmsOctets.signedInPieces(MESSAGE, 100), CmsOctets.signedInPieces(MESSAGE, 1_000_000))) {
            var seen = see(signed, step);
            assertThat(seen.shape.kind()).isEqualTo(Kind.SIGNED);
            assertThat(seen.shape.hasContent()).isTrue();
            assertThat(seen.shape.hasSigners()).isTrue();
            assertThat(seen.content).isEqualTo(MESSAGE);
        }
        var signature = see(CmsOctets.signature(), step);
        assertThat(signature.shape.kind()).isEqualTo(Kind.SIGNED);
        assertThat(signature.shape.hasContent()).isFalse();
        assertThat(see(CmsOctets.enveloped(MESSAGE), step).shape.kind()).isEqualTo(Kind.ENCRYPTED);
        assertThat(see(CmsOctets.enveloped("2a864886f70d0109100117", MESSAGE), step).shape.kind()).isEqualTo(Kind.ENCRYPTED);
    }

    /** Written by OpenSSL. */
    @Test
    void whatAProgramWroteIsRead() {
        for (var file : Map.of("smime-opaque.eml", Kind.SIGNED, "smime-encrypted.eml", Kind.ENCRYPTED).entrySet()) {
            var text = new String(SplitMessage.octets(file.getKey()), StandardCharsets.US_ASCII);
            byte[] octets = Base64.getMimeDecoder().decode(text.substring(text.indexOf("\r\n\r\n")));
            var seen = see(octets, 1000);
            assertThat(seen.shape.kind()).as(file.getKey()).isEqualTo(file.getValue());
            assertThat(kind(Arrays.copyOf(octets, octets.length - 1))).isEqualTo(Kind.NONE);
        }
    }

    @Test
    void aFileBehindOneIsFoundOut() {
        for (byte[] whole : List.of(CmsOctets.signed(MESSAGE), CmsOctets.signedInPieces(MESSAGE, 100), CmsOctets.enveloped(MESSAGE), CmsOctets.signature())) {
            assertThat(kind(whole)).isNotEqualTo(Kind.NONE);
            assertThat(kind(whole, "\r\n".getBytes(StandardCharsets.US_ASCII))).isNotEqualTo(Kind.NONE);
            assertThat(kind(whole, ZIP)).isEqualTo(Kind.NONE);
            assertThat(kind(whole, new byte[1])).isEqualTo(Kind.NONE);
            assertThat(kind(whole, "\r\n\r\n".getBytes(StandardCharsets.US_ASCII))).isEqualTo(Kind.NONE);
        }
    }

    @Test
    void oneThatIsCutAnywhereIsNone() {
        for (byte[] whole : List.of(CmsOctets.signed(ZIP), CmsOctets.signedInPieces(ZIP, 5), CmsOctets.enveloped(ZIP))) {
            for (int length = 0; length < whole.length; length++) {
                assertThat(kind(Arrays.copyOf(whole, length))).isEqualTo(Kind.NONE);
            }
        }
    }

    /** The first 32 octets were once all that was asked for. */
    @Test
    void aBeginningProvesNothing() {
        byte[] beginning = Arrays.copyOf(CmsOctets.enveloped(new byte[500]), 32);
        assertThat(kind(beginning, ZIP)).isEqualTo(Kind.NONE);
        assertThat(kind(element(0x30, id("2a864886f70d010703"), element(0xA0, element(0x30, ZIP))))).isEqualTo(Kind.NONE);
        assertThat(kind(element(0x30, id("2a864886f70d010702"), element(0xA0, element(0x04, ZIP))))).isEqualTo(Kind.NONE);
        assertThat(kind(element(0x30, id("2a864886f70d010702"), element(0xA0, element(0x30))))).isEqualTo(Kind.NONE);
        assertThat(kind(element(0x30, id("2a864886f70d010702"), element(0xA0, element(0x30)), element(0x04, ZIP)))).isEqualTo(Kind.NONE);
    }

    /** Compressed, digested, encrypted with a key that both have: nothing that a mail program shows as signed or encrypted. */
    @ParameterizedTest
    @ValueSource(strings = {"2a864886f70d010701", "2a864886f70d010704", "2a864886f70d010705", "2a864886f70d010706", "2a864886f70d0109100109", "2a"})
    void otherKindsAreNone(String type) {
        assertThat(kind(CmsOctets.enveloped(type, MESSAGE))).isEqualTo(Kind.NONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 100_000})
    void whatIsNeitherSignedNorEncryptedIsReadButNone(int step) {
        byte[] pieces = endless(0x30, id("2a864886f70d010701"), endless(0xA0, endless(0x24, element(0x04, Arrays.copyOf(MESSAGE, 50)), element(0x04, Arrays.copyOfRange(MESSAGE, 50, MESSAGE.length)))));
        for (byte[] other : List.of(CmsOctets.digested(MESSAGE), CmsOctets.authenticated(MESSAGE), CmsOctets.data(MESSAGE), pieces)) {
            var seen = see(other, step);
            assertThat(seen.shape.kind()).isEqualTo(Kind.NONE);
            assertThat(seen.shape.isWrong()).isTrue();
            assertThat(seen.content).isEqualTo(MESSAGE);
        }
    }

    @Test
    void whatIsNoMessageInsideIsNone() {
        assertThat(kind(CmsOctets.signed(ZIP, "2a864886f70d0109100104", new byte[0]))).isEqualTo(Kind.NONE);
    }

    @Test
    void whatElseIsSignedIsReadButNoMessage() {
        var seen = see(CmsOctets.signed(MESSAGE, "2a864886f70d0109100104"), 100);
        assertThat(seen.shape.kind()).isEqualTo(Kind.NONE);
        assertThat(seen.shape.isWrong()).isTrue();
        assertThat(seen.content).isEqualTo(MESSAGE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 100_000})
    void aReceiptIsASignatureWithSomeOctets(int step) {
        byte[] receipt = CmsOctets.receipt(512);
        for (byte[] signed : List.of(CmsOctets.signed(receipt, RECEIPT), CmsOctets.signedInPieces(receipt, RECEIPT, 7))) {
            var seen = see(signed, step);
            assertThat(seen.shape.kind()).isEqualTo(Kind.SIGNED);
            assertThat(seen.shape.isReceipt()).isTrue();
            assertThat(seen.shape.besideOctets()).isGreaterThan(receipt.length);
            assertThat(seen.content).as("it is looked at like anything else").isEqualTo(receipt);
        }
        assertThat(see(CmsOctets.signed(receipt), step).shape.isReceipt()).as("by its type").isFalse();
    }

    /** The type of a receipt once let any file stay that was signed as one. */
    @Test
    void whatElseIsSignedAsAReceiptIsReadButNone() {
        byte[] receipt = CmsOctets.receipt(512);
        byte[] version = element(0x02, new byte[] {1});
        byte[] octets = element(0x04, new byte[20]);
        byte[] data = id("2a864886f70d010701");
        for (byte[] other : List.of(MESSAGE, ZIP, new byte[0], join(receipt, ZIP), join(ZIP, receipt), Arrays.copyOf(receipt, receipt.length - 1), CmsOctets.receipt(9_000),
                element(0x30, version, data, octets), element(0x30, version, data, octets, octets, ZIP), element(0x30, version, octets, data, octets),
                element(0x30, element(0x02, ZIP), data, octets, octets), element(0x30, version, element(0x06, new byte[200]), octets, octets), endless(0x30, version, data, octets, octets),
                element(0x31, version, data, octets, octets), new byte[] {0x30, (byte) 0x84, 0, 0, 0, 0}, new byte[] {0x30, (byte) 0x80})) {
            for (byte[] signed : List.of(CmsOctets.signed(other, RECEIPT), CmsOctets.signedInPieces(other, RECEIPT, 500))) {
                var seen = see(signed, 100);
                assertThat(seen.shape.kind()).isEqualTo(Kind.NONE);
                assertThat(seen.shape.isWrong()).isTrue();
                assertThat(seen.shape.isReceipt()).isFalse();
                assertThat(seen.content).isEqualTo(other);
            }
        }
    }

    /** An algorithm and something that it has encrypted make an encrypted message. */
    @Test
    void withoutAnythingEncryptedItIsNone() {
        byte[] version = element(0x02, new byte[] {1});
        byte[] recipients = element(0x31, element(0x30, version));
        byte[] data = id("2a864886f70d010701");
        byte[] algorithm = element(0x30, id("60864801650304012a"));
        for (byte[] inside : List.of(element(0x30, ZIP), element(0x30, data, algorithm), element(0x30, data, element(0x80, ZIP)), element(0x30, data, algorithm, element(0x04, ZIP)),
                element(0x30, data, algorithm, element(0x80, ZIP), element(0x04, ZIP)))) {
            assertThat(kind(element(0x30, id("2a864886f70d010703"), element(0xA0, element(0x30, version, recipients, inside))))).isEqualTo(Kind.NONE);
        }
        for (byte[] encrypted : List.of(element(0x80, ZIP), endless(0xA0, element(0x04, ZIP)))) {
            assertThat(kind(element(0x30, id("2a864886f70d010703"), element(0xA0, element(0x30, version, recipients, endless(0x30, data, algorithm, encrypted))))))
                .isEqualTo(Kind.ENCRYPTED);
        }
    }

    @Test
    void whatIsBesideTheMessageIsCounted() {
        var seen = see(CmsOctets.signed(MESSAGE, "2a864886f70d010701", new byte[100_000]), 8192);
        assertThat(seen.shape.kind()).isEqualTo(Kind.SIGNED);
        assertThat(seen.shape.besideOctets()).isBetween(100_000L, 101_000L);
    }

    @Test
    void elementsInsideEachOtherWithoutEndTakeNoMemory() {
        byte[] deep = new byte[1 << 20];
        for (int i = 0; i < deep.length; i += 2) {
            deep[i] = 0x24;
            deep[i + 1] = (byte) 0x80;
        }
        byte[] head = endless(0x30, id("2a864886f70d010702"), endless(0xA0, endless(0x30, element(0x02, new byte[] {1}), element(0x31), endless(0x30, id("2a864886f70d010701"),
                endless(0xA0)))));
        assertThat(kind(Arrays.copyOf(head, head.length - 10), deep)).isEqualTo(Kind.NONE);
    }

    @Test
    void lengthsThatDontFitAreNone() {
        for (var length : List.of("84ffffffff", "87ffffffffffffff", "88ffffffffffffffff", "ff")) {
            assertThat(kind(java.util.HexFormat.of().parseHex("30" + length + "0609"), ZIP)).isEqualTo(Kind.NONE);
            assertThat(kind(element(0x30, id("2a864886f70d010702"), java.util.HexFormat.of().parseHex("a0" + length), ZIP))).isEqualTo(Kind.NONE);
        }
    }
}
